#include "agent/app/wall_timer.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace app {
namespace {

int new_timer() {
  const int fd = ::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  return fd;
}

}  // namespace

WallTimer::WallTimer(const boost::asio::any_io_executor& executor, std::function<void()> fired)
    : timer_(executor, new_timer()), fired_(std::move(fired)) {}

void WallTimer::arm(std::optional<common::WallTime> at) {
  using namespace std::chrono;
  itimerspec spec{};
  if (at) {
    // An all-zero time would disarm: an instant in the past is any instant in the past.
    const auto since_epoch = std::max<nanoseconds>(at->time_since_epoch(), nanoseconds{1});
    spec.it_value.tv_sec = duration_cast<seconds>(since_epoch).count();
    spec.it_value.tv_nsec = (since_epoch % seconds{1}).count();
  }
  ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &spec, nullptr);
  if (at && !waiting_) wait();
}

void WallTimer::wait() {
  waiting_ = true;
  timer_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                    [this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code error) {
                      if (error || alive.expired()) return;
                      waiting_ = false;
                      std::uint64_t expirations = 0;
                      const auto n = ::read(timer_.native_handle(), &expirations, sizeof expirations);
                      // EAGAIN: re-armed meanwhile, the readiness is of the old setting. ECANCELED: the clock was set.
                      if (n < 0 && errno == EAGAIN) return wait();
                      fired_();
                    });
}

}  // namespace app
