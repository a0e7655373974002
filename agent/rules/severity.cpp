#include "agent/rules/severity.hpp"

#include <algorithm>
#include <array>

namespace rules {

using model::Code;
using model::NameRole;
using model::Position;
using model::SecretRole;
using model::Severity;
using model::Source;
using model::TlsMode;

TlsMode effective_mode(TlsMode mode, SecretRole role, bool server_ca_present) {
  if (mode != TlsMode::require) return mode;
  return server_ca_present || ca_of(role) == SecretRole::client_ca ? TlsMode::verify_ca : TlsMode::require;
}

std::optional<Severity> severity(Code code, const SeverityFacts& facts, TlsMode mode) {
  constexpr auto none = std::optional<Severity>{};
  constexpr auto critical = std::optional{Severity::critical};
  constexpr auto warning = std::optional{Severity::warning};
  constexpr auto info = std::optional{Severity::info};
  // Nobody verifies: libpq's `require` without a root file.
  const bool unverified = mode == TlsMode::require;
  const bool anchor = facts.position == Position::anchor;

  switch (code) {
    case Code::missing_file:
    case Code::unreadable:
    case Code::no_certificate: return unverified && facts.role == SecretRole::server_ca ? none : critical;
    case Code::malformed_pem:
      if (unverified && facts.role == SecretRole::server_ca) return none;
      return facts.mild ? warning : critical;
    case Code::key_mismatch:
    case Code::key_encrypted:
    case Code::wrong_common_name: return critical;
    case Code::key_permissions: return facts.source == Source::written ? critical : info;

    case Code::expired:
    case Code::anchor_not_ca:
      if (anchor && unverified) return none;
      return facts.others_good ? warning : critical;
    case Code::not_yet_valid:
      if (anchor && unverified) return none;
      return facts.others_good || facts.mild ? warning : critical;
    case Code::expires_soon:
      if (anchor && unverified) return none;
      return facts.pressing && !facts.others_good ? critical : warning;
    case Code::renewal_overdue: return warning;
    case Code::ca_expires_first: return facts.mild ? info : warning;

    case Code::untrusted:
    case Code::ca_key_changed:
    case Code::incomplete_chain:
    case Code::partial_chain_only:
    case Code::wrong_purpose: return unverified && facts.role == SecretRole::server ? none : critical;
    case Code::leaf_is_ca:
    case Code::foreign_name:
    case Code::no_san:
    case Code::ca_copy_differs:
    case Code::not_rotatable: return warning;
    case Code::weak_signature:
    case Code::weak_key:
      if (anchor) return info;
      return unverified || facts.others_good ? warning : critical;
    case Code::name_not_covered:
      if (mode == TlsMode::verify_full) return facts.proxy_read ? warning : critical;
      return unverified || facts.proxy_read ? info : warning;
    case Code::connection_manager_refuses: return facts.connection_manager ? critical : info;
    case Code::drift_written:
    case Code::drift_served: return facts.pressing ? critical : warning;

    case Code::client_certificate_refused:
    case Code::peer_unreachable: return critical;
    case Code::backends_differ:
    case Code::ca_rotation_order: return unverified ? info : warning;
    case Code::name_invalid:
    case Code::not_resolving:
      return facts.name_role == NameRole::proxy_read || facts.name_role == NameRole::extra ? warning : critical;
    case Code::points_elsewhere: return unverified ? warning : critical;
    case Code::partial_answer:
    case Code::servers_disagree:
    case Code::server_failing:
    case Code::search_list_answer:
    case Code::flapping:
    case Code::self_unreachable:
    case Code::own_postgres_unreachable:
    case Code::group_stale:
    case Code::config_rejected: return warning;
    case Code::hosts_file_answers:
    case Code::search_cost:
    case Code::pending:
    case Code::watch_degraded: return info;
  }
  return none;
}

bool holds_startup(Code code) {
  constexpr std::array codes{Code::missing_file,   Code::unreadable,   Code::malformed_pem,
                             Code::no_certificate, Code::key_mismatch, Code::key_encrypted};
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace rules
