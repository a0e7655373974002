// Several sources of one secret in one verdict: findings, checks, gates, events.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "agent/rules/judge.hpp"
#include "agent/rules/transitions.hpp"
#include "tests/rules/wire_world.hpp"

using namespace wire_world;
using namespace std::chrono_literals;
using model::Code;
using model::Gate;
using model::SecretRole;
using model::Source;

namespace {

constexpr auto start = day(10);

struct World {
  Minted root = Recipe{"root"}.ca().self_signed();
  Minted old_leaf = Recipe{"a-1"}.dns({"a-1-node.example"}).issued_by(root);
  Minted new_leaf = Recipe{"a-1"}.dns({"a-1-node.example"}).valid(day(10), day(100)).issued_by(root);
  model::Snapshot snapshot;
  model::Policy policy;
  model::Verdict verdict;

  World() {
    snapshot.started_at = start - 1h;
    snapshot.config.loaded = true;
  }
  void serve(const Minted& leaf, common::WallTime at) {
    model::ProbeObservation seen;
    seen.target = self();
    seen.last_probe = at;
    seen.addresses = {{"127.0.0.1", ref(fine(chain({leaf}), at, "127.0.0.1")), nullptr, 0, nullptr}};
    snapshot.probes = {std::make_shared<const model::ProbeObservation>(std::move(seen))};
  }
  const model::Verdict& judge(common::WallTime now) {
    verdict = rules::judge(verdict, snapshot, policy, {now, now - snapshot.started_at});
    return verdict;
  }
  [[nodiscard]] const model::Check* check(Gate gate, std::string_view name) const {
    for (const auto& one : verdict.checks) {
      if (one.gate == gate && one.name == name) return &one;
    }
    return nullptr;
  }
  [[nodiscard]] std::string codes() const {
    std::string all;
    for (const auto& f : verdict.findings) {
      all += (all.empty() ? "" : " ") + std::string(name(f.code));
      if (f.source) all += "/" + std::string(name(*f.source));
    }
    return all;
  }
};

model::BundleRef written(const Minted& leaf, std::uint32_t mode = 0600) {
  auto bundle = leaf_bundle(leaf, SecretRole::server, Source::written);
  bundle->key_mode = mode;
  bundle->key_uid = 26;
  bundle->cert_uid = 26;
  return bundle;
}

model::BundleRef nothing_written() {
  return std::make_shared<model::Bundle>(
      rules::decode(support::secret_files("", "", ""), SecretRole::server, Source::written));
}

}  // namespace

TEST_CASE("each source is judged against its own CA, and what is said of the mounted copy is not said twice") {
  World w;
  w.snapshot.secrets = {
      secret(leaf_bundle(w.old_leaf)), secret(ca_bundle({w.root})), secret(written(w.old_leaf)),
      secret(ca_bundle({Recipe{"other"}.ca().self_signed()}, SecretRole::server_ca, Source::written))};
  w.judge(day(76));
  CHECK(w.codes() == "untrusted/written expires-soon/mounted renewal-overdue/mounted");
  CHECK(w.verdict.secret_times.size() == 1);
}

TEST_CASE("written files hold no gate; their troubles are the secret's advisory check") {
  World w;
  w.snapshot.secrets = {secret(leaf_bundle(w.new_leaf)), secret(ca_bundle({w.root})),
                        secret(written(w.new_leaf, 0644))};
  w.judge(start);
  CHECK(w.codes() == "key-permissions/written");
  CHECK(w.verdict.started);
  CHECK(w.verdict.ready);
  CHECK_FALSE(w.check(Gate::advisory, "secret-server")->ok);
  CHECK(std::count_if(w.verdict.checks.begin(), w.verdict.checks.end(),
                      [](const model::Check& c) { return c.name == "secret-server"; }) == 3);
}

TEST_CASE("that nothing is written yet is a finding only after Postgres had time to start") {
  World w;
  w.snapshot.started_at = start;
  w.snapshot.secrets = {secret(nothing_written())};
  w.judge(start);
  CHECK(w.codes().empty());
  CHECK(w.verdict.next_change == start + model::written_grace);
  w.judge(start + model::written_grace);
  CHECK(w.codes() == "missing-file/written missing-file/written");
}

TEST_CASE("a change of the written bundle alone is judged anew") {
  World w;
  w.snapshot.secrets = {secret(written(w.new_leaf))};
  w.judge(start);
  CHECK(w.codes().empty());
  w.snapshot.secrets = {secret(written(w.new_leaf, 0640))};
  w.judge(start);
  CHECK(w.codes() == "key-permissions/written");
}

TEST_CASE("the checks of the wire are there where there is something to check") {
  World w;
  w.judge(start);
  for (const auto* name : {"probes-self", "probes-peers", "drift"}) CHECK_FALSE(w.check(Gate::advisory, name));
  CHECK_FALSE(w.check(Gate::ready, "served"));
  w.snapshot.secrets = {secret(leaf_bundle(w.new_leaf)), secret(ca_bundle({w.root}))};
  w.serve(w.new_leaf, start);
  w.judge(start);
  for (const auto* name : {"probes-self", "drift"}) {
    REQUIRE(w.check(Gate::advisory, name));
    CHECK(w.check(Gate::advisory, name)->ok);
  }
  CHECK_FALSE(w.check(Gate::advisory, "probes-peers"));
  w.serve(w.old_leaf, start);
  w.judge(start);
  w.judge(start + 5min);
  CHECK_FALSE(w.check(Gate::advisory, "drift")->ok);
  CHECK(w.check(Gate::advisory, "probes-self")->ok);
  CHECK(w.check(Gate::advisory, "secret-server")->ok);
  CHECK(w.verdict.ready);

  auto peers = *w.snapshot.probes.front();
  peers.target = peer();
  peers.addresses.front().last = ref(broken(model::WireEnd::declined, model::ProbePhase::sslrequest, start));
  w.snapshot.probes.push_back(std::make_shared<const model::ProbeObservation>(peers));
  w.judge(start + 5min);
  REQUIRE(w.check(Gate::advisory, "probes-peers"));
  CHECK(w.check(Gate::advisory, "probes-peers")->reason.starts_with("peer-unreachable: "));
  CHECK(w.check(Gate::advisory, "probes-self")->ok);
}

TEST_CASE("ready check served: fails after three bad rounds of our own probe, recovers after two good ones") {
  World w;
  w.policy.gates.ready_checks = {model::ReadyCheck::served};
  w.snapshot.secrets = {secret(ca_bundle({w.root}))};
  const auto stranger = Recipe{"a-1"}.issued_by(Recipe{"elsewhere"}.ca().self_signed());
  auto now = start;
  const auto see = [&](const Minted& leaf, bool probed = true) {
    now += 1min;
    if (probed) w.serve(leaf, now);
    ++w.snapshot.sweeps;  // sweeps of names are no evaluation of what is served
    return w.judge(now).ready;
  };
  CHECK(see(w.old_leaf));
  CHECK(see(stranger));
  CHECK(see(stranger));
  CHECK(see(stranger, false));
  CHECK(see(stranger, false));
  CHECK_FALSE(see(stranger));
  CHECK(w.check(Gate::ready, "served")->reason.starts_with("untrusted: "));
  CHECK_FALSE(see(w.old_leaf));
  CHECK(see(w.old_leaf));
}

TEST_CASE("ready check drift: fails three rounds after drift is critical") {
  World w;
  w.policy.gates.ready_checks = {model::ReadyCheck::drift};
  w.snapshot.secrets = {secret(leaf_bundle(w.new_leaf)), secret(ca_bundle({w.root}))};
  std::vector<int> failed;
  for (int minute = 0; minute < 40; ++minute) {
    const auto now = start + std::chrono::minutes{minute};
    w.serve(w.old_leaf, now);
    if (!w.judge(now).ready) failed.push_back(minute);
  }
  REQUIRE_FALSE(failed.empty());
  CHECK(failed.front() == 32);
}

TEST_CASE("rotations of written files are events of their own") {
  const auto rotated = [](const Minted& leaf, std::uint64_t rotations) {
    auto seen = *secret(written(leaf));
    seen.rotations[0] = rotations;
    return std::make_shared<const model::SecretObservation>(std::move(seen));
  };
  World w;
  auto before = w.snapshot, after = w.snapshot;
  before.secrets = {secret(leaf_bundle(w.old_leaf)), rotated(w.old_leaf, 0)};
  after.secrets = {before.secrets[0], rotated(w.new_leaf, 1)};
  const auto verdict = std::make_shared<const model::Verdict>();
  const auto events = rules::transitions({std::make_shared<const model::Snapshot>(before), verdict},
                                         {std::make_shared<const model::Snapshot>(after), verdict});
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == model::EventKind::rotation);
  CHECK(events[0].subject == "server (written)");
}
