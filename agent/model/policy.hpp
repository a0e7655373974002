// Policy: defaults and thresholds of the agent, one value. The numbers and their reasons are documented in
// config.example.toml and docs/findings.md; change them here.
#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/group.hpp"

namespace model {

enum class StartupNames { none, own, peers };
constexpr std::string_view name(StartupNames names) {
  switch (names) {
    case StartupNames::none: return "none";
    case StartupNames::own: return "own";
    case StartupNames::peers: return "peers";
  }
  return "";
}
enum class StartupQuorum { any, majority, all };
constexpr std::string_view name(StartupQuorum quorum) {
  switch (quorum) {
    case StartupQuorum::any: return "any";
    case StartupQuorum::majority: return "majority";
    case StartupQuorum::all: return "all";
  }
  return "";
}
/// Opt-in readiness checks.
enum class ReadyCheck { names_own, names_peers, served, drift };
constexpr std::string_view name(ReadyCheck check) {
  switch (check) {
    case ReadyCheck::names_own: return "names-own";
    case ReadyCheck::names_peers: return "names-peers";
    case ReadyCheck::served: return "served";
    case ReadyCheck::drift: return "drift";
  }
  return "";
}

struct CertificatePolicy {
  TlsMode mode = TlsMode::verify_ca;
  int pgd_version = 6;
  std::string client_common_name = "streaming_replica";
  std::optional<std::chrono::seconds> renew_before{};  ///< absent: a third of the lifetime
  std::chrono::milliseconds mismatch_debounce{5000};   ///< and at least two reads
};

struct NamePolicy {
  int down_after = 3;                                ///< failures in a row; up after one success
  std::chrono::milliseconds pending_grace{600'000};  ///< from first sight of a name that never resolved
};

struct ProbePolicy {
  std::chrono::milliseconds drift_grace{300'000};             ///< kubelet and the operator take their time
  std::chrono::milliseconds drift_critical_after{1'800'000};  ///< from when copies began to differ
};

struct GatePolicy {
  StartupNames startup_names = StartupNames::none;
  StartupQuorum startup_quorum = StartupQuorum::any;
  std::chrono::milliseconds startup_max_wait{60'000};  ///< 0 = never released
  std::vector<ReadyCheck> ready_checks;
};

struct Policy {
  CertificatePolicy certificates;
  NamePolicy names;
  ProbePolicy probes;
  GatePolicy gates;
};

/// The files Postgres is given appear only once its container runs: until then that they are missing is no finding.
inline constexpr std::chrono::minutes written_grace{10};
/// An endpoint that can't be reached is a finding after this many probes in a row.
inline constexpr int probe_failures_to_report = 2;
/// A DNS server is failing after this many questions in a row without an answer.
inline constexpr int server_failures_to_report = 3;
// A name is flapping with more than so many changes in so long.
inline constexpr int changes_to_flap = 4;
inline constexpr std::chrono::minutes flapping_window{10};
// Hysteresis of opt-in readiness checks: fails after this many bad evaluations, recovers after that many good.
inline constexpr int bad_evaluations_to_fail = 3;
inline constexpr int good_evaluations_to_recover = 2;
// A stuck monitor fails liveness only after both.
inline constexpr std::chrono::minutes stuck_before_livez_fails{15};
inline constexpr std::chrono::minutes uptime_before_livez_fails{15};
// Certificates may start this much in the future: clock skew between issuer and node; cert-manager does not back-date.
inline constexpr std::chrono::minutes clock_skew_allowed{5};

}  // namespace model
