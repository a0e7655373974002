// Result<T>: a value or an Error that a person can read. Expected failures travel as values; exceptions mean a bug
// or a broken world.
#pragma once
#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace common {

/// `message` is complete in itself: "<where>: <why>", without trailing newline, never a key's bytes.
struct Error {
  std::string message;
  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = boost::system::result<T, Error>;

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

}  // namespace common
