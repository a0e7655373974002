// Wall time as a value: rules and views get `now` as an argument; only the composition root asks a clock.
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace common {

using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using WallClock = std::function<WallTime()>;

/// "2026-03-01T12:00:00Z", or with milliseconds where `millis`. Years 0000–9999; outside is clamped.
std::string to_rfc3339(WallTime time, bool millis = false);

/// RFC 3339 §5.6 date-time, any offset, fraction up to nanoseconds; leap second 60 is read as 59.
Result<WallTime> parse_rfc3339(std::string_view text);

/// "250ms" "30s" "5m" "2h" "30d" "1h30m", or "0s". Units ms s m h d; never negative; at most 100 years.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads back to the same value: "90s" -> "90s", 2 h -> "2h".
std::string to_text(std::chrono::milliseconds duration);

/// For sentences, two units at most: "89 days", "3 d 4 h", "25 s", "120 ms". Sign is dropped.
std::string human(std::chrono::nanoseconds duration);

/// Seconds since the epoch as a double, for metrics.
inline double unix_seconds(WallTime time) { return std::chrono::duration<double>(time.time_since_epoch()).count(); }

inline std::chrono::seconds whole_seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration);
}

}  // namespace common
