// How many questions may be put to DNS servers: a ceiling over any 60 s. Counts what was asked; the clock is handed in.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>

namespace rules {

/// A sliding minute in slots of a second, rather than a bucket: a bucket that holds a minute's worth lets twice the
/// ceiling through in its first minute. Whoever was let begin is not stopped midway, so the questions of what is under
/// way may go beyond.
class QueryCeiling {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit QueryCeiling(std::uint64_t per_minute) : limit_(per_minute) {}

  void asked(Time now);
  /// Whether something new may begin. `now` must not decrease from call to call, here and in asked().
  [[nodiscard]] bool room(Time now);
  /// Questions put in the last minute.
  [[nodiscard]] std::uint64_t in_last_minute(Time now);

 private:
  void turn_to(Time now);

  std::uint64_t limit_;
  std::array<std::uint64_t, 61> slots_{};  ///< the present second and the 60 before it: never forgets too early
  std::int64_t second_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace rules
