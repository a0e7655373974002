// The documented severities. Where two are given the note says what decides.
#include "agent/views/explain.hpp"

namespace views {

const std::vector<Gravity>& gravities() {
  using model::Code;
  static constexpr std::string_view C = "critical", W = "warning", I = "info", none = "-";
  static constexpr std::string_view C_or_W = "critical or warning", C_or_I = "critical or info",
                                    W_or_C = "warning or critical";
  static constexpr std::string_view no_ca = "server_ca in mode require: not raised";
  static constexpr std::string_view dates =
      "critical: leaf, an intermediate that is needed, or no good anchor is left; warning: an intermediate or anchor "
      "that "
      "the chain does without";
  static constexpr std::string_view early = "; at most 5 minutes ahead is a warning (clock skew)";
  static const std::string not_yet = std::string(dates) + std::string(early);
  static constexpr std::string_view soon =
      "leaf: warning below min(lifetime/6, 30 d), critical below min(lifetime/15, 7 d); CA: "
      "warning below min(lifetime/4, 180 d), critical below min(lifetime/12, 30 d)";
  static constexpr std::string_view overdue =
      "remaining below D - clamp(D/10, 10 min, 3 d), D being renewBefore or a third of the "
      "lifetime";
  static constexpr std::string_view weak =
      "leaf, or an intermediate that is needed: critical, where the chain is not verified warning; an intermediate "
      "that "
      "the chain does without: warning; anchor: info";
  static constexpr std::string_view c_w_or_i = "critical or warning or info";
  static constexpr std::string_view names = "own names / proxy_read names";
  static constexpr std::string_view reach =
      "critical: node, group, proxy, discovery names; warning: proxy_read and extra names";
  static constexpr std::string_view drift =
      "warning after 5 minutes; critical after 30 minutes, or while the served leaf is in the "
      "last sixth of its lifetime";
  static constexpr std::string_view client_too = "of the client certificate critical in every mode";
  static constexpr std::string_view taken =
      "warning, and not held: a block that OpenSSL passes over or takes; server_ca in mode require: not raised";
  static const std::vector<Gravity> table{
      {Code::missing_file, C, C, C, true, no_ca},
      {Code::unreadable, C, C, C, true, no_ca},
      {Code::malformed_pem, C_or_W, C_or_W, C_or_W, true, taken},
      {Code::no_certificate, C, C, C, true, no_ca},
      {Code::key_mismatch, C, C, C, true, "after two reads and the debounce of 5 s"},
      {Code::key_encrypted, C, C, C, true},
      {Code::key_permissions, C_or_I, C_or_I, C_or_I, false, "critical: the file Postgres was given; info: mounted"},
      {Code::expired, C_or_W, C_or_W, C_or_W, false, dates},
      {Code::not_yet_valid, C_or_W, C_or_W, C_or_W, false, not_yet},
      {Code::expires_soon, W_or_C, W_or_C, W_or_C, false, soon},
      {Code::renewal_overdue, W, W, W, false, overdue},
      {Code::ca_expires_first, "info or warning", "info or warning", "info or warning", false,
       "warning inside the CA's own warning window"},
      {Code::untrusted, C, C, none, false, client_too},
      {Code::ca_key_changed, C, C, none, false, client_too},
      {Code::incomplete_chain, C, C, none, false, client_too},
      {Code::partial_chain_only, C, C, none, false, client_too},
      {Code::wrong_purpose, C, C, none, false, client_too},
      {Code::leaf_is_ca, W, W, W},
      {Code::anchor_not_ca, C_or_W, C_or_W, none, false,
       "critical: no good anchor is left; warning: another is good, or it is self-signed"},
      {Code::weak_signature, c_w_or_i, c_w_or_i, "warning or info", false, weak},
      {Code::weak_key, c_w_or_i, c_w_or_i, "warning or info", false, weak},
      {Code::no_san, W, W, W},
      {Code::name_not_covered, C_or_W, "warning or info", I, false, names},
      {Code::foreign_name, W, W, W},
      {Code::wrong_common_name, C, C, C},
      {Code::connection_manager_refuses, C_or_I, C_or_I, C_or_I, false, "critical: PGD 6 and later; info: before"},
      {Code::ca_copy_differs, W, W, W},
      {Code::not_rotatable, W, W, W},
      {Code::drift_written, W_or_C, W_or_C, W_or_C, false, drift},
      {Code::drift_served, W_or_C, W_or_C, W_or_C, false, drift},
      {Code::name_invalid, C_or_W, C_or_W, C_or_W, false, reach},
      {Code::not_resolving, C_or_W, C_or_W, C_or_W, false, reach},
      {Code::partial_answer, W, W, W, false, "a family that answered before or errors; never plain NODATA"},
      {Code::servers_disagree, W, W, W},
      {Code::server_failing, W, W, W},
      {Code::search_list_answer, W, W, W},
      {Code::search_cost, I, I, I, false, "one an agent"},
      {Code::points_elsewhere, C, C, W},
      {Code::self_unreachable, W, W, W},
      {Code::pending, I, I, I},
      {Code::hosts_file_answers, I, I, I, false, "libpq would use it: the name counts as up"},
      {Code::flapping, W, W, W},
      {Code::client_certificate_refused, C, C, C},
      {Code::peer_unreachable, C, C, C},
      {Code::backends_differ, W, W, I},
      {Code::ca_rotation_order, W, W, I},
      {Code::own_postgres_unreachable, W, W, W, false,
       "after two probes in a row, and the start-up grace of 10 minutes"},
      {Code::watch_degraded, I, I, I},
      {Code::group_stale, W, W, W},
      {Code::config_rejected, W, W, W},
  };
  return table;
}

}  // namespace views
