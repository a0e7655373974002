// The verdict: every finding, every check and the gates, at one instant; and the next instant at which time alone
// alters it.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/probe.hpp"

namespace model {

enum class Gate { startup, ready, live, advisory };
constexpr std::string_view name(Gate gate) {
  switch (gate) {
    case Gate::startup: return "startup";
    case Gate::ready: return "ready";
    case Gate::live: return "live";
    case Gate::advisory: return "advisory";
  }
  return "";
}

/// One named check of one gate, as `/readyz?verbose` lists it.
struct Check {
  std::string name;  ///< "config", "secret-server", "names-own", "monitor-dns"
  Gate gate = Gate::advisory;
  bool ok = false;
  std::string reason;                              ///< why not ("" while ok)
  std::optional<common::WallTime> since{};         ///< of the present state
  std::optional<common::WallTime> last_success{};  ///< last judged ok
  int streak = 0;  ///< evaluations in a row that contradict `ok` (hysteresis of opt-in checks)
};

/// An instant by both clocks: wall time for certificates, monotonic time since the start for bounds that a clock step
/// must not move.
struct Now {
  common::WallTime wall{};
  std::chrono::nanoseconds uptime{0};
};

/// When a leaf role's certificate stops being usable and when it should be renewed.
struct SecretTimes {
  SecretRole role = SecretRole::server;
  std::optional<common::WallTime>
      effective_not_after{};                      ///< the earliest end of leaf, intermediates and the best anchor
  std::optional<common::WallTime> renewal_due{};  ///< leaf: not_after minus renew_before (or a third of the lifetime)
};

/// A probe's verdict, kept while nothing it was judged by has changed before `next_change`.
struct JudgedProbe {
  ProbeObservationRef of;
  BundleRef ca;
  std::optional<common::WallTime> next_change{};
  ProbeVerdictRef verdict;                ///< never null
  BundleRef ca_before{};                  ///< what the last rotation of `ca` replaced
  std::vector<Finding> rotation_order{};  ///< ca-rotation-order of its served chains; each costs signatures
  std::optional<Finding> elsewhere{};     ///< points-elsewhere
};

struct Verdict {
  common::WallTime at{};
  std::vector<Finding> findings;  ///< gravest first, then area, subject, code
  std::vector<Check> checks;      ///< sorted by gate, then name
  bool started = false;           ///< latched
  bool ready = false;
  bool startup_released = false;  ///< the gate opened because startup_max_wait passed; latched
  std::string startup_reason;     ///< what holds the gate, or held it when it was released
  std::optional<common::WallTime> started_at{};
  std::optional<common::WallTime> next_change{};  ///< judge again then, even if nothing was observed

  /// Findings of secrets cost signatures: kept while the same bundles are judged under the same policy before
  /// `secrets_next`.
  std::vector<BundleRef> judged_bundles;
  std::string judged_policy;
  std::uint64_t judged_sweeps = 0;  ///< Snapshot::sweeps at the last evaluation of opt-in checks
  std::vector<Finding> secret_findings;
  std::vector<SecretTimes> secret_times;
  std::string judged_probes_policy;  ///< what else `probes` were judged by
  std::vector<JudgedProbe> probes;   ///< in the order of Snapshot::probes; not those never tried
  std::vector<Drift> drifts;         ///< by secret, between, port
  std::optional<common::WallTime> secrets_next{};
};

}  // namespace model
