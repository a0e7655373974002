// Runs an awaitable on a test's io_context until it ends, and gives its value or throws what it threw. A test that
// would wait for ever fails instead.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace support {

template <class T>
T await(boost::asio::io_context& io, boost::asio::awaitable<T> awaitable,
        std::chrono::steady_clock::duration patience = std::chrono::seconds{40}) {
  std::optional<T> value;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(awaitable), [&](std::exception_ptr error, T result) {
    failure = error;
    if (!error) value = std::move(result);
  });
  const auto give_up = std::chrono::steady_clock::now() + patience;
  io.restart();
  while (!value && !failure && std::chrono::steady_clock::now() < give_up) io.run_one_until(give_up);
  if (failure) std::rethrow_exception(failure);
  if (!value) throw std::runtime_error("the awaitable did not end in time");
  return std::move(*value);
}

inline void await(boost::asio::io_context& io, boost::asio::awaitable<void> awaitable,
                  std::chrono::steady_clock::duration patience = std::chrono::seconds{40}) {
  bool ended = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(io, std::move(awaitable), [&](std::exception_ptr error) {
    failure = error;
    ended = true;
  });
  const auto give_up = std::chrono::steady_clock::now() + patience;
  io.restart();
  while (!ended && std::chrono::steady_clock::now() < give_up) io.run_one_until(give_up);
  if (failure) std::rethrow_exception(failure);
  if (!ended) throw std::runtime_error("the awaitable did not end in time");
}

}  // namespace support
