// Durations as Go writes and reads them, which is what cert-manager and every operator's `metav1.Duration` take. Knows
// no days.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace pgd {

/// Go's time.ParseDuration: "2160h", "1h30m", "1.5h", "-5m", "0"; units ns us ms s m h. The error is the end of a
/// sentence: `unit "d" is none of ns, us, ms, s, m, h`.
common::Result<std::chrono::nanoseconds> parse_go_duration(std::string_view text);

/// As Go's Duration.String for whole seconds: "2160h0m0s", "5m0s", "0s".
std::string go_duration(std::chrono::nanoseconds duration);

/// "2160h" for "90d", likewise of w and y (365 days): what was meant by a unit that Go lacks; "" for anything else.
std::string in_hours(std::string_view days);

}  // namespace pgd
