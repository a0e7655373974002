// A loop that sleeps until a time or until something happens that it should look at sooner.
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace app {

class Wake {
 public:
  explicit Wake(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  /// Ends the wait under way, or the next one at once.
  void now() {
    pending_ = true;
    timer_.cancel();
  }

  /// One waiter at a time. Throws operation_aborted when the coroutine is cancelled.
  boost::asio::awaitable<void> wait(std::chrono::steady_clock::time_point until) {
    if (!pending_) {
      timer_.expires_at(until);
      const auto [error] = co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
      if (error && !pending_) throw boost::system::system_error(error);
    }
    pending_ = false;
  }

 private:
  boost::asio::steady_timer timer_;
  bool pending_ = false;
};

/// A wake for each of the loops that look at what was found.
struct News {
  explicit News(const boost::asio::any_io_executor& executor) : self(executor), peers(executor), servers(executor) {}
  Wake self;
  Wake peers;
  Wake servers;
  void now() {
    self.now();
    peers.now();
    servers.now();
  }
};

}  // namespace app
