// The judgement of one Secret's material at one instant: every finding that files alone can show, less those that
// merely follow from another. Pure: no I/O, no clock; the OpenSSL error queue is left empty.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "common/time.hpp"

namespace rules {

/// What one judgement needs. Pointers may be null where said; all outlive the call.
struct SecretInput {
  const model::Bundle* bundle = nullptr;  ///< never null
  const model::Bundle* ca = nullptr;  ///< leaf roles: the CA role's bundle; null = not mounted, so no chain is judged
  const model::CertificatePolicy& policy;
  const model::Targets* targets = nullptr;  ///< server: names to cover and foreign names; null = none known
  std::string own_node{};                   ///< for sentences; "" = not known
  bool key_mismatch_settled = true;         ///< the debounce is over; while false a mismatch is not reported
  common::WallTime now{};
};

struct Judgement {
  std::vector<model::Finding> findings;           ///< gravest first, then code, then subject; `since` unset
  std::optional<common::WallTime> next_change{};  ///< the first instant > now at which time alone alters the findings
  /// Leaf roles: the earliest end of the leaf and its issuers, the anchor included where the chain reaches one.
  std::optional<common::WallTime> effective_not_after{};
  std::optional<common::WallTime>
      renewal_due{};  ///< leaf roles: not_after less renew_before (or a third of the lifetime)
};

/// Judges a bundle of any of the four roles. The purpose (server, client) follows from the role. Thresholds and
/// severities are policy's; times have the resolution of a second, and a certificate is expired from its notAfter on,
/// as for OpenSSL. A CA role's findings are its own: judge it beside the leaf role that uses it.
Judgement judge_secret(const SecretInput& input);

}  // namespace rules
