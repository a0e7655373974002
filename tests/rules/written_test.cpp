// Files that Postgres was given: findings say what it makes of them, in its own words.
#include <catch2/catch_test_macros.hpp>

#include "agent/rules/postgres_says.hpp"
#include "tests/rules/pki_world.hpp"

using namespace pki_world;
using model::Code;
using model::ReadError;
using model::SecretRole;

namespace {

const char* const junk = "-----BEGIN CERTIFICATE-----\nMIIBtjCCAV!!\n-----END CERTIFICATE-----\n";

std::string other_key() { return Recipe{}.self_signed().key_pem(); }

}  // namespace

TEST_CASE("what Postgres or libpq says of a written file it refuses") {
  struct Case {
    const char* what;
    SecretRole role;
    void (*arrange)(World&);
    Code code;
    std::string said;
  };
  const std::string server = "on a reload Postgres logs: ";
  const std::string kept = ", and keeps what it had; it does not start with this.";
  const std::string libpq = "connections from this node fail: ";
  const std::vector<Case> cases{
      {"mode", SecretRole::server, [](World& w) { w.key_mode = 0644, w.key_uid = 26; }, Code::key_permissions,
       server + "private key file \"/secrets/test/tls.key\" has group or world access" + kept},
      {"owner", SecretRole::server, [](World& w) { w.key_mode = 0600, w.key_uid = 27, w.cert_uid = 26; },
       Code::key_permissions,
       server + "private key file \"/secrets/test/tls.key\" must be owned by the database user or root" + kept},
      {"owner, libpq", SecretRole::client, [](World& w) { w.key_mode = 0600, w.key_uid = 27, w.cert_uid = 26; },
       Code::key_permissions,
       libpq + "private key file \"/secrets/test/tls.key\" must be owned by the current user or root."},
      {"torn pair", SecretRole::server, [](World& w) { w.key = other_key(); }, Code::key_mismatch,
       server + "could not load private key file \"/secrets/test/tls.key\": key values mismatch" + kept},
      {"passphrase", SecretRole::server,
       [](World& w) { w.key = Recipe{}.self_signed().key_pem(support::KeyForm::encrypted_pkcs8); }, Code::key_encrypted,
       server + "private key file \"/secrets/test/tls.key\" cannot be reloaded because it requires a passphrase" +
           kept},
      {"bad certificate", SecretRole::server, [](World& w) { w.cert = junk, w.key = other_key(); }, Code::malformed_pem,
       server + "could not load server certificate file \"/secrets/test/tls.crt\"" + kept},
      {"bad certificate, libpq", SecretRole::client, [](World& w) { w.cert = junk, w.key = other_key(); },
       Code::malformed_pem, libpq + "could not read certificate file \"/secrets/test/tls.crt\"."},
      {"no key", SecretRole::server, [](World& w) { w.key = "-"; }, Code::missing_file,
       server + "could not access private key file \"/secrets/test/tls.key\": No such file or directory" + kept},
      {"bad client CA", SecretRole::client, [](World& w) { w.ca_file = junk; }, Code::malformed_pem,
       server + "could not load root certificate file \"/secrets/test/ca.crt\"" + kept},
      {"bad server CA", SecretRole::server, [](World& w) { w.ca_file = junk; }, Code::malformed_pem,
       libpq + "could not read root certificate file \"/secrets/test/ca.crt\"."},
      {"no server CA", SecretRole::server, [](World& w) { w.ca_file = "-"; }, Code::missing_file,
       libpq + "root certificate file \"/secrets/test/ca.crt\" does not exist."},
      {"unreadable", SecretRole::server,
       [](World& w) { w.key = "-", w.problems = {{"tls.key", ReadError::permission, ""}}; }, Code::unreadable,
       "where Postgres can't read it either, " + server + "could not load private key file \"/secrets/test/tls.key\"" +
           kept},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    World world;
    world.role = c.role;
    if (c.role == SecretRole::client) world.recipe = Recipe{"streaming_replica"}.client();
    world.key_mode = 0600;
    c.arrange(world);
    for (const auto source : {model::Source::written, model::Source::mounted}) {
      world.source = source;
      const auto secrets = decode(world);
      std::string messages;
      for (const auto& finding : judge(world, secrets, model::TlsMode::verify_ca, true, world.now)) {
        if (finding.code == c.code) messages += finding.message;
        CHECK((source == model::Source::mounted || !finding.holds_startup));
      }
      INFO(messages);
      CHECK(messages.ends_with(c.said) == (source == model::Source::written));
    }
  }
}

TEST_CASE("a block that OpenSSL passes over is no reason to refuse the file") {
  World world;
  world.source = model::Source::written;
  world.key_mode = 0600;
  world.ca_file = world.root.pem() + " " + world.root.pem();
  const auto findings = judge(world, decode(world), model::TlsMode::verify_ca, true, world.now);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].code == Code::malformed_pem);
  CHECK(findings[0].message.find("connections from this node") == std::string::npos);
  CHECK(rules::refusal({}, Code::expired, "tls.crt").empty());
}
