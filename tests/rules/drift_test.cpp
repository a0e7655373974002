#include "agent/rules/drift.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/rules/wire_world.hpp"

using namespace wire_world;
using namespace std::chrono_literals;
using model::Between;
using model::Code;
using model::KeyState;
using model::SecretRole;
using model::Severity;
using model::Source;

namespace {

constexpr auto start = day(30);

/// Old and new certificates; which of them are mounted, written and served.
struct World {
  Minted root = Recipe{"root"}.ca().self_signed();
  Minted old_leaf = Recipe{"a-1"}.serial(0xa1).lives(24h * 90).issued_by(root);
  Minted new_leaf = Recipe{"a-1"}.serial(0xb2).valid(day(30), day(120)).issued_by(root);
  model::BundleRef mounted, written;
  std::vector<Minted> served;
  std::uint16_t port = 5432;
  std::vector<model::BundleRef> others;
  std::vector<model::Finding> secret_findings;
  std::vector<model::Drift> known;

  std::shared_ptr<model::Bundle> given(const Minted& leaf) const {
    auto bundle = leaf_bundle(leaf, SecretRole::server, Source::written);
    bundle->directory = "/controller/certificates";
    bundle->names = {"server.crt", "server.key", "client-ca.crt"};
    return bundle;
  }
  rules::DriftJudgement at(common::WallTime now) {
    model::Snapshot snapshot;
    for (const auto& bundle : {mounted, written}) {
      if (bundle) snapshot.secrets.push_back(secret(bundle));
    }
    for (const auto& bundle : others) snapshot.secrets.push_back(secret(bundle));
    if (!served.empty()) {
      model::ProbeObservation seen;
      seen.target = self(port);
      seen.last_probe = now;
      seen.addresses = {{"127.0.0.1", ref(fine(chain(served), now, "127.0.0.1")), nullptr, 0, nullptr}};
      snapshot.probes = {std::make_shared<const model::ProbeObservation>(seen)};
    }
    auto judged = rules::judge_drift(known, snapshot, {}, secret_findings, now);
    known = judged.drifts;
    return judged;
  }
};

/// "mounted_written" … "*" where it differs.
std::string text(const std::vector<model::Drift>& drifts) {
  std::string all;
  for (const auto& d : drifts) {
    all += (all.empty() ? "" : " ") + std::string(name(d.secret)) + ":" + std::string(name(d.between));
    if (d.port) all += ":" + std::to_string(d.port);
    if (d.since) all += "*";
  }
  return all;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("comparisons are those that can be made") {
  World w;
  CHECK(text(w.at(start).drifts).empty());
  w.mounted = leaf_bundle(w.new_leaf);
  CHECK(text(w.at(start).drifts).empty());
  w.served = {w.new_leaf, w.root};
  CHECK(text(w.at(start).drifts) == "server:mounted_served:5432");
  w.written = w.given(w.old_leaf);
  CHECK(text(w.at(start).drifts) == "server:mounted_written* server:mounted_served:5432 server:written_served:5432*");
  w.mounted = nullptr;
  CHECK(text(w.at(start).drifts) == "server:written_served:5432*");
  w.written = nullptr;
  CHECK(text(w.at(start).drifts).empty());
  // A bundle without its leaf is no side of a comparison.
  auto torn = leaf_bundle(w.new_leaf);
  torn->chain.clear();
  w.mounted = torn;
  CHECK(text(w.at(start).drifts).empty());
}

TEST_CASE("CA roles are compared by the set of their anchors") {
  World w;
  const auto other = Recipe{"other"}.ca().self_signed();
  const auto compare = [&](const std::vector<Minted>& a, const std::vector<Minted>& b) {
    w.others = {ca_bundle(a, SecretRole::client_ca), ca_bundle(b, SecretRole::client_ca, Source::written)};
    return text(w.at(start).drifts);
  };
  CHECK(compare({w.root, other}, {other, w.root, other}) == "client_ca:mounted_written");
  CHECK(compare({w.root, other}, {w.root}) == "client_ca:mounted_written*");
  const auto finding = w.at(start + 5min).findings;
  REQUIRE(finding.size() == 1);
  CHECK(finding[0].code == Code::drift_written);
  CHECK(finding[0].area == model::Area::client_ca);
  CHECK(finding[0].subject == "ca.crt");
}

TEST_CASE("drift is a finding after its grace, critical later, and its instants are announced") {
  World w;
  w.mounted = leaf_bundle(w.new_leaf);
  w.served = {w.old_leaf};
  auto judged = w.at(start);
  CHECK(judged.drifts.at(0).since == start);
  CHECK(judged.findings.empty());
  CHECK(judged.next_change == start + 5min);
  CHECK(w.at(start + 5min - 1s).findings.empty());
  judged = w.at(start + 5min);
  REQUIRE(judged.findings.size() == 1);
  const auto& finding = judged.findings[0];
  CHECK(finding.code == Code::drift_served);
  CHECK(finding.severity == Severity::warning);
  CHECK(finding.area == model::Area::server);
  CHECK(finding.source == Source::served);
  CHECK(finding.subject == "server: 127.0.0.1:5432");
  CHECK_FALSE(finding.holds_startup);
  CHECK(contains(finding.message, "serial a1 (expires 2026-04-01T00:00:00Z)"));
  CHECK(contains(finding.message, "serial b2 (expires 2026-05-01T00:00:00Z)"));
  CHECK(contains(finding.message, "since 2026-01-31T00:00:00Z"));
  CHECK(judged.next_change == start + 30min);
  CHECK(w.at(start + 30min - 1s).findings.at(0).severity == Severity::warning);
  judged = w.at(start + 30min);
  CHECK(judged.findings.at(0).severity == Severity::critical);
  CHECK_FALSE(judged.next_change);
  CHECK(judged.drifts.at(0).since == start);

  // Equal again, and another drift later: it counts from then.
  w.served = {w.new_leaf};
  CHECK(w.at(start + 1h).findings.empty());
  w.served = {w.old_leaf};
  CHECK(w.at(start + 2h).drifts.at(0).since == start + 2h);
  CHECK(w.at(start + 2h + 1min).findings.empty());
}

TEST_CASE("a served leaf in its last sixth is critical as soon as drift is reported") {
  World w;
  w.mounted = leaf_bundle(w.new_leaf);
  w.served = {w.old_leaf};
  w.at(day(75) - 10min);  // its last 15 days begin at day 75
  auto judged = w.at(day(75) - 1s);
  CHECK(judged.findings.at(0).severity == Severity::warning);
  CHECK(judged.next_change == day(75));
  CHECK(w.at(day(75)).findings.at(0).severity == Severity::critical);
  w.known.clear();
  w.at(day(80));
  CHECK(w.at(day(80) + 5min).findings.at(0).severity == Severity::critical);
}

TEST_CASE("the reason is said where it can be known") {
  World w;
  w.mounted = leaf_bundle(w.new_leaf);
  w.served = {w.old_leaf};
  const auto told = [&] {
    w.known.clear();
    w.at(start);
    std::vector<std::string> all;
    for (const auto& f : w.at(start + 6min).findings)
      all.push_back(std::string(name(f.code)) + ": " + f.message + " | " + f.remedy);
    return all;
  };
  SECTION("no written source: both reasons") {
    const auto said = told();
    REQUIRE(said.size() == 1);
    CHECK(contains(said[0], "either the instance manager has not written the new one, or Postgres was not reloaded"));
    CHECK(contains(said[0], "pg_reload_conf"));
    CHECK(contains(said[0], "k8s.enterprisedb.io/reload"));
  }
  SECTION("written: not reloaded, one finding for the port") {
    w.written = w.given(w.new_leaf);
    const auto said = told();
    REQUIRE(said.size() == 1);
    CHECK(contains(said[0], "Postgres was not reloaded after its files changed"));
    CHECK(contains(said[0], "pg_reload_conf"));
    CHECK(contains(said[0], "k8s.enterprisedb.io/reload"));
    CHECK(text(w.known) == "server:mounted_written server:mounted_served:5432* server:written_served:5432*");
  }
  SECTION("not written") {
    w.written = w.given(w.old_leaf);
    const auto said = told();
    REQUIRE(said.size() == 2);
    CHECK(contains(said[0], "drift-written: /controller/certificates/server.crt holds serial a1"));
    CHECK(contains(said[0], "the instance manager has not written the mounted one yet"));
    CHECK(contains(said[1], "drift-served: "));
    CHECK(contains(said[1], "the instance manager has not written the mounted one to Postgres' files yet"));
  }
  SECTION("refused for its key") {
    auto given = w.given(w.new_leaf);
    given->key_mode = 0644, given->key_uid = 26, given->cert_uid = 26;
    w.written = given;
    w.secret_findings = rules::judge_secret({.bundle = given.get(), .policy = {}, .now = start}).findings;
    const auto said = told();
    REQUIRE(said.size() == 1);
    CHECK(contains(said[0],
                   "Postgres refuses what it was given: private key file "
                   "\"/controller/certificates/server.key\" has group or world access."));
  }
  SECTION("refused as a torn pair") {
    auto given = w.given(w.new_leaf);
    given->key = KeyState::mismatch, given->key_mode = 0600;
    w.written = given;
    w.secret_findings = rules::judge_secret({.bundle = given.get(), .policy = {}, .now = start}).findings;
    REQUIRE(told().size() == 1);
    CHECK(contains(told()[0], "server.key\": key values mismatch."));
  }
  SECTION("refused for a certificate that can't be read, which leaves nothing to compare") {
    auto given = w.given(w.new_leaf);
    given->chain.clear();
    given->pem_problems = {{"server.crt", 0, 1, "bad", model::PemEffect::refuses_file}};
    w.written = given;
    w.secret_findings = rules::judge_secret({.bundle = given.get(), .policy = {}, .now = start}).findings;
    REQUIRE(told().size() == 1);
    CHECK(contains(told()[0], "could not load server certificate file \"/controller/certificates/server.crt\"."));
  }
  SECTION("refused for the client CA, which is loaded with the pair") {
    w.written = w.given(w.new_leaf);
    auto ca = ca_bundle({w.root}, SecretRole::client_ca, Source::written);
    ca->names.ca = "client-ca.crt";
    ca->pem_problems = {{"client-ca.crt", 1, 9, "bad", model::PemEffect::refuses_file}};
    w.others = {ca};
    w.secret_findings = rules::judge_secret({.bundle = ca.get(), .policy = {}, .now = start}).findings;
    REQUIRE(told().size() == 1);
    CHECK(contains(told()[0], "could not load root certificate file \"/secrets/test/client-ca.crt\"."));
  }
  SECTION("a trouble of the mounted copy is no reason") {
    w.written = w.given(w.new_leaf);
    auto mounted = leaf_bundle(w.new_leaf);
    mounted->key = KeyState::mismatch;
    w.secret_findings = rules::judge_secret({.bundle = mounted.get(), .policy = {}, .now = start}).findings;
    REQUIRE(told().size() == 1);
    CHECK(contains(told()[0], "was not reloaded after its files changed"));
  }
  SECTION("the mount lags behind") {
    w.mounted = leaf_bundle(w.old_leaf);
    w.served = {w.new_leaf};
    w.written = w.given(w.new_leaf);
    const auto said = told();
    REQUIRE(said.size() == 2);
    for (const auto& one : said) CHECK(contains(one, "the mounted copy is the older one"));
  }
  SECTION("served differs from written alone") {
    w.mounted = nullptr;
    w.written = w.given(w.new_leaf);
    const auto said = told();
    REQUIRE(said.size() == 1);
    CHECK(contains(said[0], "while its file /controller/certificates/server.crt holds serial b2"));
    CHECK(contains(said[0], "was not reloaded"));
  }
}

TEST_CASE("each port is its own comparison, endpoints of one port are one") {
  World w;
  model::Snapshot snapshot;
  snapshot.secrets = {secret(leaf_bundle(w.new_leaf))};
  const auto probe = [&](std::string host, std::uint16_t port, const Minted& leaf) {
    model::ProbeObservation seen;
    seen.target = self(port);
    seen.target.host = host;
    seen.last_probe = start;
    seen.addresses = {{host, ref(fine(chain({leaf}), start, host)), nullptr, 0, nullptr}};
    snapshot.probes.push_back(std::make_shared<const model::ProbeObservation>(seen));
  };
  probe("127.0.0.1", 5432, w.new_leaf);
  probe("127.0.0.1", 6432, w.old_leaf);
  probe("::1", 5432, w.old_leaf);
  const auto judged = rules::judge_drift({}, snapshot, {}, {}, start);
  CHECK(text(judged.drifts) == "server:mounted_served:5432* server:mounted_served:6432*");
  const auto later = rules::judge_drift(judged.drifts, snapshot, {}, {}, start + 6min);
  REQUIRE(later.findings.size() == 2);
  CHECK(later.findings[0].subject == "server: 127.0.0.1:6432");
  CHECK(later.findings[1].subject == "server: [::1]:5432");
}
