// The snapshot: everything observed, as one immutable value. Members that are many are shared, so that a copy costs
// pointers.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/finding.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/probe.hpp"
#include "agent/model/verdict.hpp"

namespace model {

/// Configuration as it stands: the last good one is in force, an error is of the newest text.
struct ConfigState {
  std::string path;
  bool loaded = false;  ///< a good one has been read at least once
  std::string error;    ///< of the newest text, "" where that is good; may have several lines
  std::optional<common::WallTime> last_success{};
  std::string hash;  ///< of the text in force
};

/// The loops of the agent, for heartbeats. Closed list: the `monitor` label.
enum class Monitor { config, secrets, dns, probes, judge };
inline constexpr std::array all_monitors{Monitor::config, Monitor::secrets, Monitor::dns, Monitor::probes,
                                         Monitor::judge};
constexpr std::string_view name(Monitor monitor) {
  switch (monitor) {
    case Monitor::config: return "config";
    case Monitor::secrets: return "secrets";
    case Monitor::dns: return "dns";
    case Monitor::probes: return "probes";
    case Monitor::judge: return "judge";
  }
  return "";
}
struct MonitorState {
  bool running = false;                           ///< false where the configuration gives it nothing to do
  std::optional<common::WallTime> stuck_since{};  ///< its loop has not come round within its allowance
  bool fails_liveness = false;  ///< stuck and up for longer than policy allows, by the monotonic clock
  std::uint64_t restarts = 0;
  std::string last_error;  ///< of the last restart
};

enum class Level { error, warning, info, debug };
constexpr std::string_view name(Level level) {
  switch (level) {
    case Level::error: return "error";
    case Level::warning: return "warning";
    case Level::info: return "info";
    case Level::debug: return "debug";
  }
  return "";
}

/// One transition: written to the log once, kept for the page. `kind` is a closed word.
enum class EventKind { config, secret, rotation, finding, cleared, name, addresses, gate, monitor, agent, injection };
constexpr std::string_view name(EventKind kind) {
  switch (kind) {
    case EventKind::config: return "config";
    case EventKind::secret: return "secret";
    case EventKind::rotation: return "rotation";
    case EventKind::finding: return "finding";
    case EventKind::cleared: return "cleared";
    case EventKind::name: return "name";
    case EventKind::addresses: return "addresses";
    case EventKind::gate: return "gate";
    case EventKind::monitor: return "monitor";
    case EventKind::agent: return "agent";
    case EventKind::injection: return "injection";
  }
  return "";
}
struct Event {
  common::WallTime at{};
  EventKind kind = EventKind::agent;
  Level level = Level::info;
  std::string subject;  ///< fqdn, secret role, check …
  std::string message;  ///< what changed, with before and after
  std::vector<std::pair<std::string, std::string>>
      fields;  ///< the same facts, for JSON logs: ("code","expired"), ("before","…")
};
inline constexpr std::size_t events_kept = 200;

/// Cumulative histogram over fixed bounds; `counts[i]` is observations ≤ bounds[i], the last is +Inf. Not cumulative
/// here: views add up.
template <std::size_t N>
struct Histogram {
  std::array<std::uint64_t, N + 1> counts{};
  double sum = 0;
  void observe(const std::array<double, N>& bounds, double value) {
    std::size_t i = 0;
    while (i < N && value > bounds[i]) ++i;
    ++counts[i];
    sum += value;
  }
};
// Few bounds: a series each, and six roles and four phases have them all (docs/metrics.md, budget).
inline constexpr std::array<double, 5> dns_duration_bounds{.001, .01, .1, 1, 5};
inline constexpr std::array<double, 6> rotation_delay_bounds{.01, .02, .25, 1, 10, 60};
inline constexpr std::array<double, 4> probe_duration_bounds{.002, .01, .1, 3};

/// Why a server's c-ares channel was recreated: the `reason` label.
enum class RebuildReason { timeouts, resolv_conf, max_age };
inline constexpr std::array all_rebuild_reasons{RebuildReason::timeouts, RebuildReason::resolv_conf,
                                                RebuildReason::max_age};
constexpr std::string_view name(RebuildReason reason) {
  switch (reason) {
    case RebuildReason::timeouts: return "timeouts";
    case RebuildReason::resolv_conf: return "resolv_conf";
    case RebuildReason::max_age: return "max_age";
  }
  return "";
}

/// Counters with closed labels; they survive reconfiguration.
struct Counters {
  /// [role][family][status]
  std::array<std::array<std::array<std::uint64_t, all_dns_statuses.size()>, all_families.size()>, all_name_roles.size()>
      dns_lookups{};
  std::array<Histogram<dns_duration_bounds.size()>, all_name_roles.size()> dns_duration{};
  std::array<std::uint64_t, all_rebuild_reasons.size()> resolver_rebuilds{};
  std::uint64_t dns_queries = 0;           ///< questions put to servers
  std::uint64_t dns_lookups_deferred = 0;  ///< names put off to the next sweep by the ceiling on queries
  Histogram<rotation_delay_bounds.size()> rotation_delay{};
  /// [scope][status], one an address and exchange
  std::array<std::array<std::uint64_t, all_probe_statuses.size()>, all_probe_scopes.size()> probes{};
  std::array<Histogram<probe_duration_bounds.size()>, all_probe_phases.size()> probe_duration{};
};

struct Snapshot {
  common::WallTime started_at{};
  ConfigState config;
  std::shared_ptr<const Group> group;                             ///< null until a configuration was read
  std::shared_ptr<const Targets> targets;                         ///< likewise
  std::shared_ptr<const ResolverConfig> resolver;                 ///< in use, null until known
  std::string resolver_error;                                     ///< resolv.conf unreadable: why
  std::vector<DnsServerState> dns_servers;                        ///< of the resolver in use, in its order
  int dns_queries_per_minute_limit = 0;                           ///< as configured; 0 until a configuration was read
  std::vector<std::shared_ptr<const NameObservation>> names;      ///< sorted by fqdn
  std::vector<std::shared_ptr<const SecretObservation>> secrets;  ///< configured, by source, then role
  std::vector<ProbeObservationRef> probes;                        ///< sorted by target
  std::uint64_t sweeps = 0;                                       ///< DNS sweeps ended since the agent started
  std::array<MonitorState, all_monitors.size()> monitors{};
  std::deque<std::shared_ptr<const Event>> events;  ///< oldest first, at most events_kept
  std::shared_ptr<const Counters> counters = std::make_shared<const Counters>();

  [[nodiscard]] const MonitorState& of(Monitor monitor) const { return monitors[static_cast<std::size_t>(monitor)]; }
  [[nodiscard]] MonitorState& of(Monitor monitor) { return monitors[static_cast<std::size_t>(monitor)]; }
};

/// What a reader sees: one consistent world.
struct World {
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<const Verdict> verdict;
};

}  // namespace model
