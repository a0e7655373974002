// The meaning, cause and remedy of every finding code; docs/findings.md is generated from this table.
#include <algorithm>

#include "agent/model/finding.hpp"

namespace model {

const std::vector<Explanation>& catalogue() {
  static const std::vector<Explanation> table{
    {Code::missing_file, "missing-file", "", "", ""},
    {Code::unreadable, "unreadable", "", "", ""},
    {Code::malformed_pem, "malformed-pem", "", "", ""},
    {Code::no_certificate, "no-certificate", "", "", ""},
    {Code::key_mismatch, "key-mismatch", "", "", ""},
    {Code::key_encrypted, "key-encrypted", "", "", ""},
    {Code::key_permissions, "key-permissions", "", "", ""},
    {Code::expired, "expired", "", "", ""},
    {Code::not_yet_valid, "not-yet-valid", "", "", ""},
    {Code::expires_soon, "expires-soon", "", "", ""},
    {Code::renewal_overdue, "renewal-overdue", "", "", ""},
    {Code::ca_expires_first, "ca-expires-first", "", "", ""},
    {Code::untrusted, "untrusted", "", "", ""},
    {Code::ca_key_changed, "ca-key-changed", "", "", ""},
    {Code::incomplete_chain, "incomplete-chain", "", "", ""},
    {Code::partial_chain_only, "partial-chain-only", "", "", ""},
    {Code::wrong_purpose, "wrong-purpose", "", "", ""},
    {Code::leaf_is_ca, "leaf-is-ca", "", "", ""},
    {Code::anchor_not_ca, "anchor-not-ca", "", "", ""},
    {Code::weak_signature, "weak-signature", "", "", ""},
    {Code::weak_key, "weak-key", "", "", ""},
    {Code::no_san, "no-san", "", "", ""},
    {Code::name_not_covered, "name-not-covered", "", "", ""},
    {Code::foreign_name, "foreign-name", "", "", ""},
    {Code::wrong_common_name, "wrong-common-name", "", "", ""},
    {Code::connection_manager_refuses, "connection-manager-refuses", "", "", ""},
    {Code::ca_copy_differs, "ca-copy-differs", "", "", ""},
    {Code::not_rotatable, "not-rotatable", "", "", ""},
    {Code::drift_written, "drift-written", "", "", ""},
    {Code::drift_served, "drift-served", "", "", ""},
    {Code::name_invalid, "name-invalid", "", "", ""},
    {Code::not_resolving, "not-resolving", "", "", ""},
    {Code::partial_answer, "partial-answer", "", "", ""},
    {Code::servers_disagree, "servers-disagree", "", "", ""},
    {Code::server_failing, "server-failing", "", "", ""},
    {Code::search_list_answer, "search-list-answer", "", "", ""},
    {Code::search_cost, "search-cost", "", "", ""},
    {Code::points_elsewhere, "points-elsewhere", "", "", ""},
    {Code::self_unreachable, "self-unreachable", "", "", ""},
    {Code::pending, "pending", "", "", ""},
    {Code::hosts_file_answers, "hosts-file-answers", "", "", ""},
    {Code::flapping, "flapping", "", "", ""},
    {Code::client_certificate_refused, "client-certificate-refused", "", "", ""},
    {Code::peer_unreachable, "peer-unreachable", "", "", ""},
    {Code::backends_differ, "backends-differ", "", "", ""},
    {Code::ca_rotation_order, "ca-rotation-order", "", "", ""},
    {Code::watch_degraded, "watch-degraded", "", "", ""},
    {Code::group_stale, "group-stale", "", "", ""},
    {Code::config_rejected, "config-rejected", "", "", ""},
  };
  return table;
}

std::string_view name(Code code) { return catalogue().at(static_cast<std::size_t>(code)).name; }

std::optional<Code> code_named(std::string_view name) {
  const auto& table = catalogue();
  const auto found = std::find_if(table.begin(), table.end(), [&](const Explanation& e) { return e.name == name; });
  if (found == table.end()) return std::nullopt;
  return found->code;
}

}  // namespace model
