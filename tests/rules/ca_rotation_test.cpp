#include "agent/rules/ca_rotation.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/rules/wire_world.hpp"

using namespace wire_world;
using namespace std::chrono_literals;
using model::Purpose;
using rules::SkippedStep;

namespace {

const auto now = day(50);

Minted ca(std::string name, int from) {
  return Recipe{std::move(name)}.ca().valid(day(from), day(from + 3650)).self_signed();
}
Minted leaf(const Minted& issuer, int from, std::string name = "b-1") {
  return Recipe{std::move(name)}.valid(day(from), day(from + 90)).issued_by(issuer);
}

SkippedStep step(const std::vector<Minted>& served, const std::vector<Minted>& anchors,
                 const std::vector<Minted>& before = {}, Purpose purpose = Purpose::server) {
  const auto of = [](const std::vector<Minted>& list) {
    return list.empty() ? std::vector<model::CertificateRef>{} : ca_bundle(list)->anchors;
  };
  return rules::skipped_step(chain(served), of(anchors), of(before), purpose, now);
}

}  // namespace

TEST_CASE("which step of a rotation was skipped when a chain does not verify") {
  const auto old_ca = ca("ca", 0), new_ca = ca("ca-2", 40), renamed = ca("ca", 40), third = ca("third", 0);
  // It verifies: nothing was skipped, whatever else is in the file.
  CHECK(step({leaf(old_ca, 1)}, {old_ca}) == SkippedStep::none);
  CHECK(step({leaf(new_ca, 45)}, {old_ca, new_ca}) == SkippedStep::none);
  CHECK(step({leaf(old_ca, 1)}, {old_ca, new_ca}, {old_ca}) == SkippedStep::none);
  // History: the file held the CA before.
  CHECK(step({leaf(old_ca, 45)}, {new_ca}, {old_ca, new_ca}) == SkippedStep::replace_all_leaves);
  CHECK(step({leaf(old_ca, 45)}, {renamed}, {old_ca}) == SkippedStep::replace_all_leaves);
  // No history: dates.
  CHECK(step({leaf(old_ca, 1)}, {new_ca}) == SkippedStep::replace_all_leaves);
  CHECK(step({leaf(new_ca, 45)}, {old_ca}) == SkippedStep::add_everywhere);
  CHECK(step({leaf(renamed, 45)}, {old_ca}) == SkippedStep::add_everywhere);
  CHECK(step({leaf(third, 1)}, {new_ca}, {old_ca}) == SkippedStep::replace_all_leaves);
  CHECK(step({leaf(new_ca, 45)}, {old_ca}, {third}) == SkippedStep::add_everywhere);
  // The client's side.
  const auto client = Recipe{"streaming_replica"}.client().valid(day(45), day(90)).issued_by(new_ca);
  CHECK(step({client}, {old_ca}, {}, Purpose::client) == SkippedStep::add_everywhere);
}

TEST_CASE("chains that break of something else are not blamed on a rotation") {
  const auto root = ca("root", 0);
  const auto middle = Recipe{"issuing"}.ca().issued_by(root);
  CHECK(step({leaf(middle, 1)}, {root}) == SkippedStep::none);    // the intermediate was left out
  CHECK(step({leaf(middle, 1)}, {middle}) == SkippedStep::none);  // no root in the file
  CHECK(step({leaf(root, 1)}, {}) == SkippedStep::none);          // nothing to judge by
  CHECK(step({}, {root}) == SkippedStep::none);
  const auto forbids = Recipe{"strict"}.ca().name_constraints("critical,permitted;DNS:elsewhere.example").self_signed();
  CHECK(step({Recipe{"b-1"}.dns({"b-1.example"}).issued_by(forbids)}, {forbids}) == SkippedStep::none);
}

TEST_CASE("the rehearsal says of each chain whether it would hold, and what to do first") {
  const auto old_ca = ca("ca", 0), new_ca = ca("ca-2", 40);
  model::Snapshot snapshot;
  snapshot.secrets = {
      secret(leaf_bundle(leaf(new_ca, 45, "a-1"))), secret(ca_bundle({old_ca, new_ca})),
      secret(leaf_bundle(Recipe{"streaming_replica"}.client().issued_by(old_ca), model::SecretRole::client)),
      secret(ca_bundle({old_ca}, model::SecretRole::client_ca))};
  const auto probe = [](model::ProbeTarget target, const std::vector<Minted>& served, std::string address) {
    model::ProbeObservation seen;
    seen.target = std::move(target);
    seen.last_probe = now;
    seen.addresses = {{address, ref(fine(chain(served), now, address)), nullptr, 0, nullptr}};
    return std::make_shared<const model::ProbeObservation>(std::move(seen));
  };
  snapshot.probes = {probe(self(), {leaf(new_ca, 45, "a-1")}, "127.0.0.1"),
                     probe(peer("b-1-node.example"), {leaf(old_ca, 1)}, "10.0.0.7"),
                     probe(peer("c-1-node.example"), {leaf(ca("foreign", 0), 1, "c-1")}, "10.0.0.8")};

  const auto both = rules::rehearse(snapshot, ca_bundle({old_ca, new_ca})->anchors, now);
  std::string text;
  for (const auto& line : both)
    text += line.who + (line.holds_now ? " now" : "") + (line.holds_next ? " next" : "") + "\n";
  CHECK(text ==
        "b-1-node.example:5432 (10.0.0.7) now next\n"
        "c-1-node.example:5432 (10.0.0.8)\n"
        "client certificate now next\n"
        "own Postgres at 127.0.0.1:5432 now next\n"
        "server certificate now next\n");

  const auto dropped = rules::rehearse(snapshot, ca_bundle({new_ca})->anchors, now);
  REQUIRE(dropped.size() == 5);
  CHECK_FALSE(dropped[0].holds_next);
  CHECK(dropped[0].holds_now);
  CHECK(dropped[0].why.find("CN=ca") != std::string::npos);
  CHECK(dropped[0].step.find("steps 3 and 4 come before step 5") != std::string::npos);
  CHECK_FALSE(dropped[1].holds_now);
  CHECK(dropped[1].step.starts_with("Add the CA"));
  CHECK_FALSE(dropped[2].holds_next);  // the client certificate
  CHECK(dropped[3].holds_next);
  CHECK(dropped[4].why.empty());
  CHECK(dropped[4].step.empty());

  for (const auto& line : rules::rehearse(snapshot, {}, now)) {
    CHECK_FALSE(line.holds_next);
    CHECK(line.why == "The file holds no CA certificate.");
  }
}

TEST_CASE("the rehearsal minds trust and purpose, not dates") {
  const auto root = ca("ca", 0);
  model::Snapshot snapshot;
  snapshot.secrets = {secret(leaf_bundle(Recipe{"a-1"}.lives(24h).issued_by(root))), secret(ca_bundle({root})),
                      secret(leaf_bundle(Recipe{"streaming_replica"}.issued_by(root), model::SecretRole::client))};
  const auto lines = rules::rehearse(snapshot, ca_bundle({root})->anchors, now);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].who == "client certificate");
  CHECK_FALSE(lines[0].holds_now);  // no client CA is mounted
  CHECK_FALSE(lines[0].holds_next);
  CHECK(lines[0].why.find("client certificate") != std::string::npos);
  CHECK(lines[1].holds_next);  // though expired
}
