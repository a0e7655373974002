#include "agent/rules/judge_probe.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>

#include "agent/rules/probe_answer.hpp"
#include "tests/rules/wire_world.hpp"

using namespace wire_world;
using namespace std::chrono_literals;
using model::ProbePhase;
using model::ProbeResult;
using model::ProbeStatus;
using model::TlsMode;
using model::WireEnd;

namespace {

/// A server of root's, met on day 10 with nothing wrong, unless a case says otherwise.
struct World {
  Minted root = Recipe{"root"}.ca().self_signed();
  std::vector<Minted> served{Recipe{"b-1"}.dns({"b-1-node.example"}).issued_by(root)};
  std::vector<Minted> anchors{root};
  bool ca_mounted = true;
  TlsMode mode = TlsMode::verify_full;
  std::string host = "b-1-node.example";
  common::WallTime now = day(10);
  std::function<void(ProbeResult&)> exchange = [](ProbeResult&) {};

  [[nodiscard]] model::AddressVerdict judge() const {
    auto result = fine(chain(served), now);
    exchange(result);
    const auto ca = ca_bundle(anchors);
    model::CertificatePolicy policy;
    policy.mode = mode;
    return rules::judge_result(result, host, ca_mounted ? ca.get() : nullptr, policy, now);
  }
};

struct Case {
  const char* what;
  ProbeStatus status;
  std::string said;  ///< part of the detail
  std::function<void(World&)> arrange;
};

void ends(World& world, WireEnd end, ProbePhase phase, std::string detail = "") {
  world.exchange = [=](ProbeResult& result) {
    result.exchange.end = end;
    result.exchange.phase = phase;
    result.exchange.detail = detail;
    if (phase != ProbePhase::authenticate) result.chain.clear();
  };
}

/// TLS 1.2: in the handshake, the chain already there. TLS 1.3: after it, on the next read.
void alerts(World& world, int alert, bool tls12 = false, bool sent = true, bool requested = true) {
  world.exchange = [=](ProbeResult& result) {
    result.exchange.end = WireEnd::alert;
    result.exchange.alert = alert;
    result.exchange.tls_version = tls12 ? "TLSv1.2" : "TLSv1.3";
    result.exchange.phase = tls12 ? ProbePhase::handshake : ProbePhase::authenticate;
    result.exchange.certificate_sent = sent;
    result.exchange.certificate_requested = requested;
  };
}

void errs(World& world, std::string sqlstate, std::string routine, bool sent = true) {
  world.exchange = [=](ProbeResult& result) {
    result.exchange.level = model::ClientCertificate::login;
    result.exchange.end = WireEnd::server_error;
    result.exchange.error = model::ServerError{sqlstate, routine, "Meldung \xc3\xbc in any language"};
    result.exchange.certificate_sent = sent;
  };
}

void asks(World& world, int code) {
  world.exchange = [=](ProbeResult& result) {
    result.exchange.level = model::ClientCertificate::login;
    result.exchange.authentication = code;
  };
}

void check(const std::vector<Case>& cases) {
  for (const auto& c : cases) {
    INFO(c.what);
    World world;
    c.arrange(world);
    const auto verdict = world.judge();
    CHECK(name(verdict.status) == name(c.status));
    CHECK(verdict.address == "10.0.0.7");
    INFO(verdict.detail);
    CHECK(verdict.detail.find(c.said) != std::string::npos);
    if (verdict.status == ProbeStatus::ok) {
      CHECK(verdict.detail.empty());
      CHECK(verdict.remedy.empty());
      continue;
    }
    CHECK(verdict.detail.find("10.0.0.7:5432") != std::string::npos);
    for (const auto& text : {verdict.detail, verdict.remedy}) {
      CHECK(text.ends_with('.'));
      CHECK(std::all_of(text.begin(), text.end(), [](char x) { return x >= ' ' && x < 0x7f; }));
    }
  }
}

Minted elsewhere() { return Recipe{"elsewhere"}.ca().self_signed(); }

const std::vector<Case> transports{
    {"all is well", ProbeStatus::ok, "", [](World&) {}},
    {"refused", ProbeStatus::connect_refused, "Connection refused",
     [](World& w) { ends(w, WireEnd::refused, ProbePhase::connect, "Connection refused"); }},
    {"no SYN-ACK", ProbeStatus::connect_timeout, "", [](World& w) { ends(w, WireEnd::timeout, ProbePhase::connect); }},
    {"silent after the SSLRequest", ProbeStatus::handshake_timeout, "silent during the SSLRequest",
     [](World& w) { ends(w, WireEnd::timeout, ProbePhase::sslrequest); }},
    {"silent in the handshake", ProbeStatus::handshake_timeout, "silent during the TLS handshake",
     [](World& w) { ends(w, WireEnd::timeout, ProbePhase::handshake); }},
    {"silent after a good handshake", ProbeStatus::handshake_timeout, "silent during authentication",
     [](World& w) { ends(w, WireEnd::timeout, ProbePhase::authenticate); }},
    {"no route", ProbeStatus::unreachable, "No route to host",
     [](World& w) { ends(w, WireEnd::unreachable, ProbePhase::connect, "No route to host"); }},
    {"closed", ProbeStatus::closed, "closed the connection during the SSLRequest",
     [](World& w) { ends(w, WireEnd::closed, ProbePhase::sslrequest); }},
    {"ssl = off", ProbeStatus::tls_not_offered, "\"N\"",
     [](World& w) { ends(w, WireEnd::declined, ProbePhase::sslrequest); }},
    {"HTTP", ProbeStatus::not_postgres, "bytes that Postgres does not send",
     [](World& w) { ends(w, WireEnd::foreign, ProbePhase::sslrequest); }},
    {"no common version", ProbeStatus::handshake_failed, "unsupported protocol",
     [](World& w) { ends(w, WireEnd::tls_failed, ProbePhase::handshake, "unsupported protocol"); }},
    {"E to the SSLRequest", ProbeStatus::server_unavailable, "",
     [](World& w) { ends(w, WireEnd::server_error, ProbePhase::sslrequest); }},
};

const std::vector<Case> served{
    {"another CA", ProbeStatus::untrusted, "CN=elsewhere",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(elsewhere())}; }},
    {"the CA's name with another key", ProbeStatus::untrusted, "with the key",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(Recipe{"root"}.ca().self_signed())}; }},
    {"an intermediate left out", ProbeStatus::untrusted, "intermediate",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(Recipe{"issuing"}.ca().issued_by(w.root))}; }},
    {"no root in ca.crt", ProbeStatus::untrusted, "self-signed root",
     [](World& w) {
       w.anchors = {Recipe{"middle"}.ca().issued_by(w.root)};
       w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(w.anchors.front())};
     }},
    {"SHA-1", ProbeStatus::untrusted, "level 2",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).digest("SHA1").issued_by(w.root)}; }},
    {"RSA 1024", ProbeStatus::untrusted, "level 2",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).kind(support::KeyKind::rsa1024).issued_by(w.root)}; }},
    {"the only anchor is no CA", ProbeStatus::untrusted, "nor in the CA file",
     [](World& w) { w.anchors = {Recipe{"leaf"}.self_signed()}; }},
    {"a client certificate", ProbeStatus::wrong_purpose, "serverAuth",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).client().issued_by(w.root)}; }},
    {"expired", ProbeStatus::expired, "expired at 2026-04-01T00:00:00Z", [](World& w) { w.now = day(90); }},
    {"expired, in verify-ca too", ProbeStatus::expired, "",
     [](World& w) { w.now = day(90), w.mode = TlsMode::verify_ca; }},
    {"the only anchor expired", ProbeStatus::expired, "CN=root",
     [](World& w) {
       w.root = Recipe{"root"}.ca().lives(24h * 5).self_signed();
       w.anchors = {w.root};
       w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(w.root)};
     }},
    {"an expired anchor beside the good one", ProbeStatus::ok, "",
     [](World& w) { w.anchors.push_back(Recipe{"old"}.ca().lives(24h).self_signed()); }},
    {"an expired intermediate", ProbeStatus::expired, "CN=middle",
     [](World& w) {
       const auto middle = Recipe{"middle"}.ca().lives(24h).issued_by(w.root);
       w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(middle), middle};
     }},
    {"an expired certificate that the chain does without", ProbeStatus::ok, "",
     [](World& w) { w.served.push_back(Recipe{"old"}.ca().lives(24h).self_signed()); }},
    {"starts tomorrow", ProbeStatus::not_yet_valid, "2026-01-12",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).valid(day(11), day(90)).issued_by(w.root)}; }},
    {"starts in a minute: OpenSSL knows no skew", ProbeStatus::not_yet_valid, "no skew",
     [](World& w) { w.served = {Recipe{"b-1"}.dns({w.host}).valid(day(10) + 1min, day(90)).issued_by(w.root)}; }},
    {"an intermediate starts in a minute", ProbeStatus::not_yet_valid, "CN=middle",
     [](World& w) {
       const auto middle = Recipe{"middle"}.ca().valid(day(10) + 1min, day(90)).issued_by(w.root);
       w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(middle), middle};
     }},
    {"the anchor starts in a minute", ProbeStatus::not_yet_valid, "CN=root",
     [](World& w) {
       w.root = Recipe{"root"}.ca().valid(day(10) + 1min, day(90)).self_signed();
       w.anchors = {w.root};
       w.served = {Recipe{"b-1"}.dns({w.host}).issued_by(w.root)};
     }},
    {"another name", ProbeStatus::name_mismatch, "b-2-node.example", [](World& w) { w.host = "b-2-node.example"; }},
    {"another name in verify-ca", ProbeStatus::ok, "",
     [](World& w) { w.host = "b-2-node.example", w.mode = TlsMode::verify_ca; }},
    {"names not looked at", ProbeStatus::ok, "", [](World& w) { w.host = ""; }},
    {"untrusted wins over wrong purpose, date and name", ProbeStatus::untrusted, "",
     [](World& w) { w.served = {Recipe{"x"}.dns({"x"}).client().lives(24h).issued_by(elsewhere())}; }},
    {"wrong purpose wins over date and name", ProbeStatus::wrong_purpose, "",
     [](World& w) { w.served = {Recipe{"x"}.dns({"x"}).client().lives(24h).issued_by(w.root)}; }},
    {"a date wins over the name", ProbeStatus::expired, "",
     [](World& w) { w.served = {Recipe{"x"}.dns({"x"}).lives(24h).issued_by(w.root)}; }},
    {"require without a CA verifies nothing", ProbeStatus::ok, "",
     [](World& w) {
       w.served = {Recipe{"x"}.client().lives(24h).issued_by(elsewhere())};
       w.mode = TlsMode::require, w.ca_mounted = false;
     }},
    {"require with a CA does", ProbeStatus::untrusted, "",
     [](World& w) { w.served = {Recipe{"x"}.issued_by(elsewhere())}, w.mode = TlsMode::require; }},
    {"no CA mounted: trust is not judged", ProbeStatus::ok, "",
     [](World& w) { w.served = {Recipe{"x"}.dns({w.host}).issued_by(elsewhere())}, w.ca_mounted = false; }},
    {"no CA mounted: dates are", ProbeStatus::expired, "", [](World& w) { w.ca_mounted = false, w.now = day(91); }},
    {"a chain that fails comes before an alert, as libpq gives up there", ProbeStatus::expired, "",
     [](World& w) { w.now = day(91), alerts(w, 48, true); }},
    {"and before silence after it", ProbeStatus::expired, "",
     [](World& w) { w.now = day(91), ends(w, WireEnd::timeout, ProbePhase::authenticate); }},
    {"and before the login's answer", ProbeStatus::expired, "",
     [](World& w) { w.now = day(91), errs(w, "28000", "auth_failed"); }},
};

const std::vector<Case> answers{
    {"unknown_ca, TLS 1.3", ProbeStatus::client_cert_untrusted, "unknown_ca (48)", [](World& w) { alerts(w, 48); }},
    {"unknown_ca, TLS 1.2", ProbeStatus::client_cert_untrusted, "unknown_ca", [](World& w) { alerts(w, 48, true); }},
    {"certificate_expired, TLS 1.3", ProbeStatus::client_cert_expired, "", [](World& w) { alerts(w, 45); }},
    {"certificate_expired, TLS 1.2", ProbeStatus::client_cert_expired, "", [](World& w) { alerts(w, 45, true); }},
    {"bad_certificate", ProbeStatus::client_cert_rejected, "not yet valid", [](World& w) { alerts(w, 42); }},
    {"bad_certificate, TLS 1.2", ProbeStatus::client_cert_rejected, "", [](World& w) { alerts(w, 42, true); }},
    {"unsupported_certificate", ProbeStatus::client_cert_rejected, "usages", [](World& w) { alerts(w, 43); }},
    {"certificate_revoked", ProbeStatus::client_cert_rejected, "revocation", [](World& w) { alerts(w, 44); }},
    {"certificate_unknown", ProbeStatus::client_cert_rejected, "certificate_unknown", [](World& w) { alerts(w, 46); }},
    {"access_denied", ProbeStatus::client_cert_rejected, "access_denied", [](World& w) { alerts(w, 49); }},
    {"decrypt_error", ProbeStatus::client_cert_rejected, "decrypt_error", [](World& w) { alerts(w, 51); }},
    {"unknown_ca though none was sent", ProbeStatus::handshake_failed, "unknown_ca",
     [](World& w) { alerts(w, 48, false, false); }},
    {"certificate_required, TLS 1.3", ProbeStatus::client_cert_required, "certificate_required (116)",
     [](World& w) { alerts(w, 116, false, false); }},
    {"handshake_failure after a request, TLS 1.2", ProbeStatus::client_cert_required, "handshake_failure",
     [](World& w) { alerts(w, 40, true, false); }},
    {"handshake_failure without a request", ProbeStatus::handshake_failed, "handshake_failure (40)",
     [](World& w) { alerts(w, 40, true, false, false); }},
    {"handshake_failure with a certificate sent", ProbeStatus::handshake_failed, "handshake_failure",
     [](World& w) { alerts(w, 40, true); }},
    {"protocol_version", ProbeStatus::handshake_failed, "protocol_version (70)",
     [](World& w) { alerts(w, 70, true, false, false); }},
    {"an alert without a name", ProbeStatus::handshake_failed, "alert 200", [](World& w) { alerts(w, 200); }},
    {"starting up", ProbeStatus::server_unavailable, "57P03",
     [](World& w) { errs(w, "57P03", "ProcessStartupPacket"); }},
    {"too many clients", ProbeStatus::server_unavailable, "53300", [](World& w) { errs(w, "53300", "InitProcess"); }},
    {"protocol violation", ProbeStatus::server_unavailable, "",
     [](World& w) { errs(w, "08P01", "ProcessStartupPacket"); }},
    {"internal error", ProbeStatus::server_unavailable, "", [](World& w) { errs(w, "XX000", "x"); }},
    {"input/output error", ProbeStatus::server_unavailable, "", [](World& w) { errs(w, "58030", "x"); }},
    {"not told apart", ProbeStatus::server_unavailable, "", [](World& w) { errs(w, "0A000", "x"); }},
    {"certificate required by pg_hba", ProbeStatus::client_cert_required, "28000",
     [](World& w) { errs(w, "28000", "ClientAuthentication", false); }},
    {"no line in pg_hba", ProbeStatus::role_rejected, "pg_hba.conf",
     [](World& w) { errs(w, "28000", "ClientAuthentication"); }},
    {"CN not mapped", ProbeStatus::role_rejected, "pg_ident.conf", [](World& w) { errs(w, "28000", "auth_failed"); }},
    {"CN not mapped, none sent", ProbeStatus::role_rejected, "pg_ident.conf",
     [](World& w) { errs(w, "28000", "auth_failed", false); }},
    {"no such role", ProbeStatus::role_rejected, "does not exist",
     [](World& w) { errs(w, "28000", "InitializeSessionUserId"); }},
    {"wrong password", ProbeStatus::role_rejected, "28P01", [](World& w) { errs(w, "28P01", "auth_failed"); }},
    {"no REPLICATION", ProbeStatus::role_rejected, "REPLICATION", [](World& w) { errs(w, "42501", "InitPostgres"); }},
    {"no such database", ProbeStatus::role_rejected, "database", [](World& w) { errs(w, "3D000", "InitPostgres"); }},
    {"a message in any language is escaped", ProbeStatus::role_rejected, "Meldung \\C3\\BC",
     [](World& w) { errs(w, "28000", "auth_failed"); }},
    {"logged in", ProbeStatus::ok, "", [](World& w) { asks(w, 0); }},
    {"cleartext password asked", ProbeStatus::role_rejected, "password", [](World& w) { asks(w, 3); }},
    {"MD5 password asked", ProbeStatus::role_rejected, "password", [](World& w) { asks(w, 5); }},
    {"SCRAM asked", ProbeStatus::role_rejected, "password", [](World& w) { asks(w, 10); }},
    {"GSSAPI asked", ProbeStatus::role_rejected, "code 7", [](World& w) { asks(w, 7); }},
};

}  // namespace

TEST_CASE("an exchange's end is one status") { check(transports); }
TEST_CASE("a served chain is judged as libpq would") { check(served); }
TEST_CASE("what a server answers to our certificate and role is one status") { check(answers); }

TEST_CASE("the tables hold every status but the one without an exchange") {
  std::set<ProbeStatus> seen{ProbeStatus::dns_failed};
  for (const auto* table : {&transports, &served, &answers}) {
    for (const auto& c : *table) seen.insert(c.status);
  }
  for (const auto status : model::all_probe_statuses) {
    INFO(name(status));
    CHECK(seen.contains(status));
  }
}

TEST_CASE("findings of a served chain say so") {
  World world;
  world.now = day(76);
  const auto verdict = world.judge();
  CHECK(verdict.status == ProbeStatus::ok);
  REQUIRE(verdict.findings.size() == 2);
  CHECK(verdict.findings.front().code == model::Code::expires_soon);
  CHECK(verdict.findings.front().source == model::Source::served);
  CHECK(verdict.findings.front().area == model::Area::server);
  CHECK(verdict.findings.front().subject == "served chain: CN=b-1");
  CHECK_FALSE(verdict.findings.front().holds_startup);
}

TEST_CASE("gravity puts certificates before transport, and orders every status") {
  std::set<int> ranks;
  for (const auto status : model::all_probe_statuses) ranks.insert(rules::gravity(status));
  CHECK(ranks.size() == model::all_probe_statuses.size());
  CHECK(rules::gravity(ProbeStatus::name_mismatch) < rules::gravity(ProbeStatus::connect_refused));
  CHECK(rules::is_transport(ProbeStatus::server_unavailable));
  CHECK_FALSE(rules::is_transport(ProbeStatus::ok));
  CHECK_FALSE(rules::is_transport(ProbeStatus::dns_failed));
  CHECK_FALSE(rules::is_transport(ProbeStatus::not_postgres));
}

TEST_CASE("a refusal is what a server says of our certificate or its role") {
  const std::set<ProbeStatus> refusals{ProbeStatus::client_cert_required, ProbeStatus::client_cert_untrusted,
                                       ProbeStatus::client_cert_expired, ProbeStatus::client_cert_rejected,
                                       ProbeStatus::role_rejected};
  for (const auto status : model::all_probe_statuses) {
    INFO(name(status));
    CHECK(rules::is_refusal(status) == refusals.contains(status));
  }
}
