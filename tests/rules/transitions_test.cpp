#include "agent/rules/transitions.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using model::EventKind;
using model::Level;

namespace {

const common::WallTime now{1'800'000'000s};

model::World world(model::Snapshot snapshot = {}, model::Verdict verdict = {}) {
  verdict.at = now;
  return {std::make_shared<const model::Snapshot>(std::move(snapshot)),
          std::make_shared<const model::Verdict>(std::move(verdict))};
}

model::CertificateRef certificate(std::string serial) {
  auto made = std::make_shared<model::Certificate>();
  made->serial = serial;
  made->fingerprint_sha256 = "f" + serial;
  made->not_after = now + 24h;
  return made;
}

std::shared_ptr<const model::SecretObservation> secret(std::string serial, std::string key, std::uint64_t rotations) {
  auto bundle = std::make_shared<model::Bundle>();
  if (!serial.empty()) bundle->chain = {certificate(serial)};
  bundle->key_fingerprint = std::move(key);
  bundle->content_hash = serial;
  model::SecretObservation seen;
  seen.directory = "/s";
  seen.rotations[0] = rotations;
  seen.bundle = std::move(bundle);
  return std::make_shared<const model::SecretObservation>(std::move(seen));
}

model::Finding finding(model::Severity severity) {
  return {model::Code::expires_soon,
          severity,
          model::Area::server,
          model::Source::mounted,
          "tls.crt",
          "expires in 3 days.",
          "Renew.",
          false,
          now};
}

}  // namespace

TEST_CASE("the same world has no transitions") { CHECK(rules::transitions(world(), world()).empty()); }

TEST_CASE("a rotation is one event with what changed and both serials") {
  model::Snapshot before, after;
  before.secrets = {secret("0a", "k1", 0)};
  after.secrets = {secret("0b", "k1", 1)};
  const auto events = rules::transitions(world(before), world(after));
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::rotation);
  CHECK(events[0].subject == "server");
  CHECK(events[0].message ==
        "rotated (certificate): serial 0a, expires 2027-01-16T08:00:00Z -> serial 0b, expires 2027-01-16T08:00:00Z");
  CHECK(events[0].at == now);
  after.secrets = {secret("0b", "k2", 1)};
  CHECK(rules::transitions(world(before), world(after)).at(0).message.starts_with("rotated (certificate, key): "));
}

TEST_CASE("a secret that appears or vanishes is said, and is no rotation") {
  model::Snapshot empty, full;
  empty.secrets = {secret("", "", 0)};
  full.secrets = {secret("0a", "k", 0)};
  auto events = rules::transitions(world(empty), world(full));
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::secret);
  CHECK(events[0].level == Level::info);
  events = rules::transitions(world(full), world(empty));
  REQUIRE(events.size() == 1);
  CHECK(events[0].level == Level::warning);
}

TEST_CASE("findings are said when raised, when they turn graver and when they are gone") {
  model::Verdict none, warned, critical;
  warned.findings = {finding(model::Severity::warning)};
  critical.findings = {finding(model::Severity::critical)};
  auto events = rules::transitions(world({}, none), world({}, warned));
  REQUIRE(events.size() == 1);
  CHECK(events[0].level == Level::warning);
  CHECK(rules::transitions(world({}, warned), world({}, warned)).empty());
  events = rules::transitions(world({}, warned), world({}, critical));
  REQUIRE(events.size() == 1);
  CHECK(events[0].level == Level::error);
  CHECK(std::find(events[0].fields.begin(), events[0].fields.end(),
                  std::pair<std::string, std::string>{"before", "warning"}) != events[0].fields.end());
  events = rules::transitions(world({}, critical), world({}, none));
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == EventKind::cleared);
}

TEST_CASE("configuration: applied, rejected once, mended") {
  model::Snapshot none, good, bad;
  good.config = {"c.toml", true, "", now, "h1"};
  bad.config = {"c.toml", true, "c.toml:1:1: no", now, "h1"};
  CHECK(rules::transitions(world(none), world(good)).at(0).message == "configuration applied");
  const auto events = rules::transitions(world(good), world(bad));
  REQUIRE(events.size() == 1);
  CHECK(events[0].level == Level::error);
  CHECK(rules::transitions(world(bad), world(bad)).empty());
  CHECK(rules::transitions(world(bad), world(good)).size() == 1);
}

TEST_CASE("gates: readiness both ways, startup once, its release loudly") {
  model::Verdict closed, open, released, unready;
  open.started = open.ready = true;
  released.started = released.startup_released = true;
  released.startup_reason = "secret-server: missing-file";
  unready.started = true;
  auto events = rules::transitions(world({}, closed), world({}, open));
  CHECK(events.size() == 2);
  events = rules::transitions(world({}, closed), world({}, released));
  REQUIRE(events.size() == 1);
  CHECK(events[0].level == Level::error);
  CHECK(events[0].message.find("secret-server: missing-file") != std::string::npos);
  events = rules::transitions(world({}, open), world({}, unready));
  REQUIRE(events.size() == 1);
  CHECK(events[0].message.starts_with("not ready"));
}

TEST_CASE("an address change carries before and after") {
  model::Snapshot before, after;
  model::NameObservation seen;
  seen.name.fqdn = "a.example.test";
  seen.last_addresses = {"10.0.0.1"};
  before.names = {std::make_shared<const model::NameObservation>(seen)};
  seen.last_addresses = {"10.0.0.2"};
  seen.address_changes = 1;
  after.names = {std::make_shared<const model::NameObservation>(seen)};
  const auto events = rules::transitions(world(before), world(after));
  REQUIRE(events.size() == 1);
  CHECK(events[0].message == "addresses changed: 10.0.0.1 -> 10.0.0.2");
}
