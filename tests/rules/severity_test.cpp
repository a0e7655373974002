#include "agent/rules/severity.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>

using model::Code;
using model::NameRole;
using model::Position;
using model::SecretRole;
using model::Severity;
using model::TlsMode;
using rules::severity;
using rules::SeverityFacts;

namespace {

char letter(std::optional<Severity> grave) {
  return !grave ? '-' : *grave == Severity::critical ? 'C' : *grave == Severity::warning ? 'W' : 'I';
}

/// One letter a mode: verify-full, verify-ca, require without CA.
std::string letters(Code code, const SeverityFacts& facts) {
  std::string text;
  for (const auto mode : {TlsMode::verify_full, TlsMode::verify_ca, TlsMode::require})
    text += letter(severity(code, facts, mode));
  return text;
}

}  // namespace

TEST_CASE("severities are those of the table") {
  const SeverityFacts leaf;
  const SeverityFacts middle{.position = Position::intermediate};
  const SeverityFacts anchor{.role = SecretRole::server_ca, .position = Position::anchor};
  const SeverityFacts spare_anchor{.role = SecretRole::server_ca, .position = Position::anchor, .others_good = true};
  const SeverityFacts client{.role = SecretRole::client};
  const SeverityFacts written{.source = model::Source::written};
  struct Row {
    Code code;
    SeverityFacts facts;
    const char* expected;
  };
  const Row rows[] = {
      {Code::missing_file, leaf, "CCC"},
      {Code::missing_file, anchor, "CC-"},
      {Code::missing_file, client, "CCC"},
      {Code::unreadable, leaf, "CCC"},
      {Code::unreadable, anchor, "CC-"},
      {Code::malformed_pem, leaf, "CCC"},
      {Code::malformed_pem, anchor, "CC-"},
      {Code::malformed_pem, {.mild = true}, "WWW"},
      {Code::no_certificate, leaf, "CCC"},
      {Code::no_certificate, anchor, "CC-"},
      {Code::key_mismatch, leaf, "CCC"},
      {Code::key_encrypted, leaf, "CCC"},
      {Code::key_permissions, leaf, "III"},
      {Code::key_permissions, written, "CCC"},
      {Code::expired, leaf, "CCC"},
      {Code::expired, middle, "CCC"},
      {Code::expired, anchor, "CC-"},
      {Code::expired, spare_anchor, "WW-"},
      {Code::not_yet_valid, leaf, "CCC"},
      {Code::not_yet_valid, {.mild = true}, "WWW"},
      {Code::not_yet_valid, anchor, "CC-"},
      {Code::not_yet_valid, spare_anchor, "WW-"},
      {Code::expires_soon, leaf, "WWW"},
      {Code::expires_soon, {.pressing = true}, "CCC"},
      {Code::renewal_overdue, leaf, "WWW"},
      {Code::ca_expires_first, leaf, "WWW"},
      {Code::ca_expires_first, {.mild = true}, "III"},
      {Code::untrusted, leaf, "CC-"},
      {Code::untrusted, client, "CCC"},
      {Code::ca_key_changed, leaf, "CC-"},
      {Code::ca_key_changed, client, "CCC"},
      {Code::incomplete_chain, leaf, "CC-"},
      {Code::partial_chain_only, leaf, "CC-"},
      {Code::wrong_purpose, leaf, "CC-"},
      {Code::wrong_purpose, client, "CCC"},
      {Code::leaf_is_ca, leaf, "WWW"},
      {Code::foreign_name, leaf, "WWW"},
      {Code::no_san, leaf, "WWW"},
      {Code::ca_copy_differs, leaf, "WWW"},
      {Code::not_rotatable, leaf, "WWW"},
      {Code::anchor_not_ca, anchor, "CC-"},
      {Code::anchor_not_ca, spare_anchor, "WW-"},
      {Code::weak_signature, leaf, "CCW"},
      {Code::weak_signature, middle, "CCW"},
      {Code::weak_signature, anchor, "III"},
      {Code::weak_key, leaf, "CCW"},
      {Code::weak_key, anchor, "III"},
      {Code::name_not_covered, leaf, "CWI"},
      {Code::name_not_covered, {.proxy_read = true}, "WII"},
      {Code::wrong_common_name, client, "CCC"},
      {Code::connection_manager_refuses, leaf, "CCC"},
      {Code::connection_manager_refuses, {.connection_manager = false}, "III"},
      {Code::drift_written, leaf, "WWW"},
      {Code::drift_served, {.pressing = true}, "CCC"},
      {Code::client_certificate_refused, leaf, "CCC"},
      {Code::peer_unreachable, leaf, "CCC"},
      {Code::own_postgres_unreachable, leaf, "WWW"},
      {Code::backends_differ, leaf, "WWI"},
      {Code::ca_rotation_order, leaf, "WWI"},
      {Code::not_resolving, {.name_role = NameRole::group}, "CCC"},
      {Code::not_resolving, {.name_role = NameRole::proxy_read}, "WWW"},
      {Code::name_invalid, {.name_role = NameRole::discovery}, "CCC"},
      {Code::name_invalid, {.name_role = NameRole::extra}, "WWW"},
      {Code::points_elsewhere, leaf, "CCW"},
      {Code::partial_answer, leaf, "WWW"},
      {Code::servers_disagree, leaf, "WWW"},
      {Code::server_failing, leaf, "WWW"},
      {Code::search_list_answer, leaf, "WWW"},
      {Code::flapping, leaf, "WWW"},
      {Code::self_unreachable, leaf, "WWW"},
      {Code::group_stale, leaf, "WWW"},
      {Code::config_rejected, leaf, "WWW"},
      {Code::hosts_file_answers, leaf, "III"},
      {Code::search_cost, leaf, "III"},
      {Code::pending, leaf, "III"},
      {Code::watch_degraded, leaf, "III"},
  };
  for (const auto& row : rows) {
    INFO(name(row.code));
    CHECK(letters(row.code, row.facts) == row.expected);
  }
  for (const auto& entry : model::catalogue()) {
    INFO(entry.name);
    CHECK(std::any_of(std::begin(rows), std::end(rows), [&](const Row& row) { return row.code == entry.code; }));
  }
}

TEST_CASE("which column applies") {
  using rules::effective_mode;
  CHECK(effective_mode(TlsMode::require, SecretRole::server, true) == TlsMode::verify_ca);
  CHECK(effective_mode(TlsMode::require, SecretRole::server, false) == TlsMode::require);
  CHECK(effective_mode(TlsMode::require, SecretRole::server_ca, false) == TlsMode::require);
  CHECK(effective_mode(TlsMode::require, SecretRole::client, false) == TlsMode::verify_ca);
  CHECK(effective_mode(TlsMode::require, SecretRole::client_ca, false) == TlsMode::verify_ca);
  CHECK(effective_mode(TlsMode::verify_full, SecretRole::server, false) == TlsMode::verify_full);
}

TEST_CASE("every code has its meaning, cause and remedy, and a name of its own") {
  for (const auto& entry : model::catalogue()) {
    INFO(entry.name);
    CHECK(name(entry.code) == entry.name);
    CHECK(model::code_named(entry.name) == entry.code);
    for (const auto text : {entry.meaning, entry.cause, entry.remedy}) {
      CHECK(text.size() > 30);
      CHECK(text.ends_with('.'));
      CHECK(text.find('\n') == std::string_view::npos);
    }
  }
  CHECK(model::catalogue().size() == 50);
  CHECK_FALSE(model::code_named("no-such-code"));
}
