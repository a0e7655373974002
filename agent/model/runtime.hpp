// What changes by merely being read or by time passing: appended fresh to /metrics and /status.json, never part of a
// snapshot.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "agent/model/snapshot.hpp"

namespace model {

/// /proc/self at this moment.
struct ProcessFacts {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  double start_time_seconds = 0;  ///< Unix time
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};

/// `path` label of the request counter: a closed list, anything else is "other".
inline constexpr std::array<std::string_view, 8> counted_paths{"/livez", "/startupz",    "/readyz", "/metrics",
                                                               "/",      "/status.json", "/inject", "other"};
inline constexpr std::array<int, 9> counted_codes{200, 400, 403, 404, 405, 413, 415, 431, 503};

struct Runtime {
  ProcessFacts process;
  std::uint64_t log_lines_dropped = 0;
  std::map<std::pair<std::string, int>, std::uint64_t> http_requests;             ///< (path label, status code)
  std::array<std::optional<common::WallTime>, all_monitors.size()> heartbeats{};  ///< a monitor's loop last came round
};

}  // namespace model
