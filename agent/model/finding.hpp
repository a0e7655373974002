// Findings: a closed list of codes, how grave each is, and the sentence with its remedy.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/pki.hpp"
#include "common/time.hpp"

namespace model {

enum class Severity { critical, warning, info };
inline constexpr std::array all_severities{Severity::critical, Severity::warning, Severity::info};
constexpr std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::critical: return "critical";
    case Severity::warning: return "warning";
    case Severity::info: return "info";
  }
  return "";
}

/// What a finding is about; the `area` label. The first four are the secret roles.
enum class Area { server, server_ca, client, client_ca, names, peers, config, agent };
constexpr std::string_view name(Area area) {
  switch (area) {
    case Area::server: return "server";
    case Area::server_ca: return "server_ca";
    case Area::client: return "client";
    case Area::client_ca: return "client_ca";
    case Area::names: return "names";
    case Area::peers: return "peers";
    case Area::config: return "config";
    case Area::agent: return "agent";
  }
  return "";
}
constexpr Area area_of(SecretRole role) {
  switch (role) {
    case SecretRole::server: return Area::server;
    case SecretRole::server_ca: return Area::server_ca;
    case SecretRole::client: return Area::client;
    case SecretRole::client_ca: return Area::client_ca;
  }
  return Area::agent;
}

enum class Code {
  missing_file,
  unreadable,
  malformed_pem,
  no_certificate,
  key_mismatch,
  key_encrypted,
  key_permissions,
  expired,
  not_yet_valid,
  expires_soon,
  renewal_overdue,
  ca_expires_first,
  untrusted,
  ca_key_changed,
  incomplete_chain,
  partial_chain_only,
  wrong_purpose,
  leaf_is_ca,
  anchor_not_ca,
  weak_signature,
  weak_key,
  no_san,
  name_not_covered,
  foreign_name,
  wrong_common_name,
  connection_manager_refuses,
  ca_copy_differs,
  not_rotatable,
  drift_written,
  drift_served,
  name_invalid,
  not_resolving,
  partial_answer,
  servers_disagree,
  server_failing,
  search_list_answer,
  search_cost,
  points_elsewhere,
  self_unreachable,
  pending,
  hosts_file_answers,
  flapping,
  client_certificate_refused,
  peer_unreachable,
  backends_differ,
  ca_rotation_order,
  own_postgres_unreachable,
  watch_degraded,
  group_stale,
  config_rejected,
};

/// What a code means, for `explain` and docs/findings.md. One sentence or two each, no markup.
struct Explanation {
  Code code;
  std::string_view name;  ///< kebab-case
  std::string_view meaning;
  std::string_view cause;
  std::string_view remedy;
};
/// In the order of the enumeration, one for every code.
const std::vector<Explanation>& catalogue();
std::string_view name(Code code);
std::optional<Code> code_named(std::string_view name);

struct Finding {
  Code code = Code::missing_file;
  Severity severity = Severity::info;
  Area area = Area::agent;
  std::optional<Source> source{};  ///< of secrets only
  std::string subject;             ///< what it is about: a file, a certificate, an FQDN
  std::string message;             ///< one plain sentence with the facts in it
  std::string remedy;
  bool holds_startup = false;               ///< code H of policy.md, on a mounted source
  std::optional<common::WallTime> since{};  ///< first judged so; set by judge, absent from one-shot commands

  /// Two findings with the same key are the same trouble at different times (message may differ).
  [[nodiscard]] bool same_trouble(const Finding& other) const {
    return code == other.code && area == other.area && source == other.source && subject == other.subject;
  }
};

}  // namespace model
