// A timer on the wall clock: fires at a calendar instant, and at once when the clock is set, so that an expiry is acted
// on in its second whatever NTP does. A steady timer would do neither.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "common/time.hpp"

namespace app {

class WallTimer {
 public:
  /// Calls `fired` from the executor, once per arming and on each step of the clock while armed. May be re-armed from
  /// `fired`.
  WallTimer(const boost::asio::any_io_executor& executor, std::function<void()> fired);
  WallTimer(const WallTimer&) = delete;
  WallTimer& operator=(const WallTimer&) = delete;
  ~WallTimer() = default;

  /// Absolute (a past instant fires at once); nothing disarms.
  void arm(std::optional<common::WallTime> at);

 private:
  void wait();

  boost::asio::posix::stream_descriptor timer_;
  std::function<void()> fired_;
  bool waiting_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace app
