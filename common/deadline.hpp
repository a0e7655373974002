// Waiting in coroutines. Asio 1.83 has no cancel_after: `operation || sleep` is the deadline, so operations given here
// must not throw for expected failures (an exception would be swallowed until the deadline).
#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>
#include <utility>

namespace common {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Completes at the time; throws operation_aborted when the coroutine is cancelled.
inline boost::asio::awaitable<void> sleep_until(SteadyTime time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

inline boost::asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration duration) {
  co_await sleep_until(std::chrono::steady_clock::now() + duration);
}

/// The operation's value, or nothing when the deadline came first (the operation is then cancelled).
template <class T>
boost::asio::awaitable<std::optional<T>> with_deadline(boost::asio::awaitable<T> operation, SteadyTime deadline) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto first = co_await (std::move(operation) || sleep_until(deadline));
  if (first.index() == 1) co_return std::nullopt;
  co_return std::get<0>(std::move(first));
}

}  // namespace common
