// Probes many addresses, a few at a time and one at a time towards one server. Judges nothing.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <vector>

#include "agent/app/probe_targets.hpp"
#include "common/time.hpp"

namespace app {

using ProbeFound = std::function<void(const model::ProbeTarget&, model::ProbeResultRef)>;

/// `found` is called as each ends. Cancelled, it throws operation_aborted.
boost::asio::awaitable<void> run_probes(std::vector<ProbeJob> jobs, int concurrency, common::WallClock clock,
                                        ProbeFound found);

}  // namespace app
