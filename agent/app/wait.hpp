// Waiting for a gate, within bounds: until it is open, until time is up, or until nobody has said anything for too
// long. What is said of it comes from a source: an agent that is asked, or the gate judged here. Prints nothing.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>

#include "agent/views/gate_report.hpp"
#include "common/deadline.hpp"
#include "common/result.hpp"

namespace app {

/// What the gate says, or why nothing does.
using GateSaid = common::Result<views::GateReport>;

/// Completes with what is known when there may be something new, and now and then where there is not; a little after
/// `until` at the latest. One caller at a time.
using GateSource = std::function<boost::asio::awaitable<GateSaid>(common::SteadyTime until)>;

struct WaitBounds {
  std::chrono::milliseconds timeout{0};  ///< 0 = none
  std::chrono::milliseconds silence{0};  ///< the longest time in which nothing was said; 0 = none
};

enum class WaitEnd { passed, released, timed_out, silent };

struct WaitOutcome {
  WaitEnd end = WaitEnd::timed_out;
  GateSaid last;
  std::chrono::nanoseconds waited{0};
};

/// Told after each look at the source.
using WaitListener = std::function<void(const GateSaid& said, std::chrono::nanoseconds waited)>;

boost::asio::awaitable<WaitOutcome> wait_for_gate(GateSource source, WaitBounds bounds, WaitListener listener);

}  // namespace app
