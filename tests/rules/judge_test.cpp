#include "agent/rules/judge.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using common::WallTime;
using model::Code;
using model::DnsStatus;
using model::Gate;
using model::Severity;

namespace {

const WallTime start{1'800'000'000s};

model::Lookup answers(std::vector<std::string> v4, DnsStatus v6 = DnsStatus::nodata) {
  model::Lookup lookup;
  lookup.ipv4.status = v4.empty() ? DnsStatus::nodata : DnsStatus::noerror;
  for (auto& text : v4) lookup.ipv4.addresses.push_back({std::move(text), 30s});
  lookup.ipv6.status = v6;
  return lookup;
}

model::Lookup fails(DnsStatus status) {
  model::Lookup lookup;
  lookup.ipv4.status = lookup.ipv6.status = status;
  return lookup;
}

/// A name as it stands after these lookups, one every 30 s.
std::shared_ptr<const model::NameObservation> name(std::string fqdn, model::NameRole role, int failures, bool up,
                                                   model::Lookup last) {
  model::NameObservation seen;
  seen.name = {std::move(fqdn), role, "region-a", "", false};
  seen.first_seen = start;
  seen.failures = failures;
  seen.up = up;
  if (up) seen.last_success = start;
  seen.last = std::move(last);
  return std::make_shared<const model::NameObservation>(std::move(seen));
}

model::Snapshot loaded() {
  model::Snapshot snapshot;
  snapshot.started_at = start;
  snapshot.config.loaded = true;
  snapshot.config.path = "config.toml";
  return snapshot;
}

const model::Finding* only(const model::Verdict& verdict) {
  return verdict.findings.size() == 1 ? &verdict.findings.front() : nullptr;
}

const model::Check* check(const model::Verdict& verdict, Gate gate, std::string_view name) {
  const auto found = std::find_if(verdict.checks.begin(), verdict.checks.end(),
                                  [&](const auto& c) { return c.gate == gate && c.name == name; });
  return found == verdict.checks.end() ? nullptr : &*found;
}

model::Verdict judge_at(const model::Snapshot& snapshot, std::chrono::nanoseconds uptime,
                        const model::Verdict& previous = {}, const model::Policy& policy = {}) {
  return rules::judge(previous, snapshot, policy, {start + uptime, uptime});
}

std::shared_ptr<const model::SecretObservation> missing_server() {
  auto bundle = std::make_shared<model::Bundle>();
  bundle->file_problems = {{"", model::ReadError::missing, "no such directory"}};
  bundle->content_hash = "missing";
  model::SecretObservation secret;
  secret.directory = "/etc/pgd-agent/server";
  secret.watch_active = true;
  secret.bundle = std::move(bundle);
  return std::make_shared<const model::SecretObservation>(std::move(secret));
}

}  // namespace

TEST_CASE("without any configuration the startup gate holds until its bound and opens loudly") {
  model::Snapshot snapshot;
  snapshot.started_at = start;
  snapshot.config.error = "config.toml: No such file or directory";
  const auto before = judge_at(snapshot, 0s);
  CHECK_FALSE(before.started);
  CHECK_FALSE(before.ready);
  REQUIRE(only(before));
  CHECK(only(before)->code == Code::config_rejected);
  REQUIRE(before.next_change);
  CHECK(*before.next_change == start + 60s);
  CHECK_FALSE(judge_at(snapshot, 60s - 1ns, before).started);
  const auto after = judge_at(snapshot, 60s, before);
  CHECK(after.started);
  CHECK(after.startup_released);
  CHECK(after.startup_reason == "config: config.toml: No such file or directory");
  CHECK_FALSE(after.next_change);
}

TEST_CASE("startup_max_wait of zero never releases") {
  model::Policy policy;
  policy.gates.startup_max_wait = 0s;
  auto snapshot = loaded();
  snapshot.secrets = {missing_server()};
  CHECK_FALSE(judge_at(snapshot, 24h, {}, policy).started);
}

TEST_CASE("a missing secret holds startup and readiness; a mended one opens both, and startup stays latched") {
  auto snapshot = loaded();
  snapshot.secrets = {missing_server()};
  auto verdict = judge_at(snapshot, 1s);
  CHECK_FALSE(verdict.started);
  CHECK_FALSE(verdict.ready);
  REQUIRE(check(verdict, Gate::startup, "secret-server"));
  CHECK(check(verdict, Gate::startup, "secret-server")->reason.starts_with("missing-file: "));

  auto mended = snapshot;
  mended.secrets.clear();
  verdict = judge_at(mended, 2s, verdict);
  CHECK(verdict.started);
  CHECK(verdict.ready);
  CHECK_FALSE(verdict.startup_released);
  verdict = judge_at(snapshot, 3s, verdict);
  CHECK(verdict.started);
  CHECK_FALSE(verdict.ready);
}

TEST_CASE("a rejected newer configuration is a warning and holds nothing") {
  auto snapshot = loaded();
  snapshot.config.error = "config.toml:3:1: unknown key";
  const auto verdict = judge_at(snapshot, 1s);
  CHECK(verdict.started);
  CHECK(verdict.ready);
  REQUIRE(only(verdict));
  CHECK(only(verdict)->severity == Severity::warning);
  CHECK_FALSE(check(verdict, Gate::advisory, "config-current")->ok);
}

TEST_CASE("names: what is raised, and how gravely") {
  using model::NameRole;
  struct Case {
    const char* what;
    NameRole role;
    int failures;
    bool up;
    model::Lookup last;
    std::chrono::seconds age;
    std::optional<Code> code;
    Severity severity;
  };
  const std::vector<Case> cases{
      {"up", NameRole::node, 0, true, answers({"10.0.0.1"}), 1s, std::nullopt, {}},
      {"first time-outs", NameRole::node, 2, false, fails(DnsStatus::timeout), 60s, std::nullopt, {}},
      {"three time-outs", NameRole::node, 3, false, fails(DnsStatus::timeout), 90s, Code::not_resolving,
       Severity::critical},
      {"three refusals, extra", NameRole::extra, 3, false, fails(DnsStatus::refused), 90s, Code::not_resolving,
       Severity::warning},
      {"read service", NameRole::proxy_read, 3, false, fails(DnsStatus::servfail), 90s, Code::not_resolving,
       Severity::warning},
      {"not there yet", NameRole::group, 5, false, fails(DnsStatus::nxdomain), 300s, Code::pending, Severity::info},
      {"headless, not ready", NameRole::group, 5, false, fails(DnsStatus::nodata), 300s, Code::pending, Severity::info},
      {"not there for too long", NameRole::group, 5, false, fails(DnsStatus::nxdomain), 600s, Code::not_resolving,
       Severity::critical},
      {"IPv6 errs", NameRole::node, 0, true, answers({"10.0.0.1"}, DnsStatus::servfail), 1s, Code::partial_answer,
       Severity::warning},
      {"IPv6 has no data", NameRole::node, 0, true, answers({"10.0.0.1"}, DnsStatus::nodata), 1s, std::nullopt, {}},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    auto snapshot = loaded();
    snapshot.names = {name("region-b-group.example.test", c.role, c.failures, c.up, c.last)};
    const auto verdict = judge_at(snapshot, c.age);
    if (!c.code) {
      CHECK(verdict.findings.empty());
      continue;
    }
    REQUIRE(only(verdict));
    CHECK(only(verdict)->code == *c.code);
    CHECK(only(verdict)->severity == c.severity);
    CHECK(only(verdict)->subject == "region-b-group.example.test");
    CHECK(only(verdict)->message.find("region-b-group.example.test") == 0);
    CHECK_FALSE(only(verdict)->remedy.empty());
    CHECK(verdict.ready);
  }
}

TEST_CASE("a family that answered before and is gone is a partial answer") {
  auto snapshot = loaded();
  auto seen = *name("n.example.test", model::NameRole::node, 0, true, answers({"10.0.0.1"}));
  seen.family_seen = {true, true};
  snapshot.names = {std::make_shared<const model::NameObservation>(seen)};
  REQUIRE(only(judge_at(snapshot, 1s)));
  CHECK(only(judge_at(snapshot, 1s))->code == Code::partial_answer);
}

TEST_CASE("pending turns into not-resolving at the announced instant, and since is kept while it lasts") {
  auto snapshot = loaded();
  snapshot.names = {name("n.example.test", model::NameRole::node, 9, false, fails(DnsStatus::nxdomain))};
  const auto first = judge_at(snapshot, 10s);
  REQUIRE(first.next_change);
  CHECK(*first.next_change == start + 600s);
  const auto second = judge_at(snapshot, 20s, first);
  REQUIRE(only(second));
  CHECK(only(second)->since == start + 10s);
  const auto third = rules::judge(second, snapshot, {}, {*first.next_change, 600s});
  REQUIRE(only(third));
  CHECK(only(third)->code == Code::not_resolving);
  CHECK(only(third)->since == *first.next_change);
}

TEST_CASE("an opt-in readiness check fails after three bad sweeps and recovers after two good ones") {
  model::Policy policy;
  policy.gates.ready_checks = {model::ReadyCheck::names_peers};
  auto good = loaded();
  good.names = {name("p.example.test", model::NameRole::node, 0, true, answers({"10.0.0.1"}))};
  auto bad = good;
  bad.names = {name("p.example.test", model::NameRole::node, 3, false, fails(DnsStatus::timeout))};
  model::Verdict verdict;
  std::uint64_t sweep = 0;
  const auto see = [&](model::Snapshot snapshot, bool new_sweep) {
    snapshot.sweeps = sweep += new_sweep ? 1 : 0;
    verdict = judge_at(snapshot, std::chrono::seconds{sweep}, verdict, policy);
    return verdict.ready;
  };
  CHECK(see(good, true));
  CHECK(see(bad, true));
  CHECK(see(bad, false));  // judged again in the same sweep: no evaluation
  CHECK(see(bad, false));
  CHECK(see(bad, true));
  CHECK_FALSE(see(bad, true));
  CHECK_FALSE(see(good, true));
  CHECK(see(good, true));
}

TEST_CASE("startup names: own all up, or the quorum of peers") {
  using model::StartupNames;
  using model::StartupQuorum;
  auto snapshot = loaded();
  for (int i = 0; i < 3; ++i) {
    auto seen = *name("peer-" + std::to_string(i) + ".example.test", model::NameRole::node, i == 0 ? 0 : 3, i == 0,
                      i == 0 ? answers({"10.0.0.1"}) : fails(DnsStatus::timeout));
    snapshot.names.push_back(std::make_shared<const model::NameObservation>(seen));
  }
  const auto started = [&](StartupNames names, StartupQuorum quorum) {
    model::Policy policy;
    policy.gates.startup_names = names;
    policy.gates.startup_quorum = quorum;
    return judge_at(snapshot, 1s, {}, policy).started;
  };
  CHECK(started(StartupNames::none, StartupQuorum::all));
  CHECK(started(StartupNames::own, StartupQuorum::any));  // no own names: nothing to wait for
  CHECK(started(StartupNames::peers, StartupQuorum::any));
  CHECK_FALSE(started(StartupNames::peers, StartupQuorum::majority));
  CHECK_FALSE(started(StartupNames::peers, StartupQuorum::all));
}

TEST_CASE("a stuck monitor is advisory until it fails liveness") {
  auto snapshot = loaded();
  snapshot.of(model::Monitor::dns).stuck_since = start;
  auto verdict = judge_at(snapshot, 60s);
  CHECK_FALSE(check(verdict, Gate::advisory, "monitor-dns")->ok);
  CHECK(check(verdict, Gate::live, "monitor-dns")->ok);
  snapshot.of(model::Monitor::dns).fails_liveness = true;
  verdict = judge_at(snapshot, 1000s);
  CHECK_FALSE(check(verdict, Gate::live, "monitor-dns")->ok);
  CHECK(verdict.ready);
}

TEST_CASE("findings come gravest first, and the agent's own are among them") {
  auto snapshot = loaded();
  auto group = std::make_shared<model::Group>();
  group->node = "region-a-4";
  group->nodes = {"region-a-1"};
  snapshot.group = group;
  snapshot.resolver_error = "/etc/resolv.conf can't be read: No such file or directory";
  auto secret = *missing_server();
  secret.watch_active = false;
  secret.watch_problem = "too many inotify instances";
  snapshot.secrets = {std::make_shared<const model::SecretObservation>(secret)};
  const auto verdict = judge_at(snapshot, 1s);
  std::vector<Code> codes;
  for (const auto& finding : verdict.findings) codes.push_back(finding.code);
  CHECK(codes == std::vector{Code::missing_file, Code::server_failing, Code::group_stale, Code::watch_degraded});
}
