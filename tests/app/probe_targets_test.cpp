// Which endpoints are probed, where they are, and what is asked of them.
#include "agent/app/probe_targets.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

using app::addresses_of;
using app::probe_jobs;
using app::probe_targets;
using model::NameRole;
using model::ProbeScope;
using model::ProbeTarget;
using namespace std::chrono_literals;

namespace {

model::Group group() {
  model::Group group;
  group.name = "a";
  group.node = "a-1";
  return group;
}

std::vector<model::Name> names() {
  return {
      {"a-1-node.example", NameRole::node, "a", "a-1", true}, {"a-2-node.example", NameRole::node, "a", "a-2", false},
      {"a-group.example", NameRole::group, "a", "", true},    {"b-1-node.example", NameRole::node, "b", "b-1", false},
      {"b-group.example", NameRole::group, "b", "", false},   {"c.example", NameRole::discovery, "", "", false},
      {"lb.example", NameRole::extra, "", "", false}};
}

std::vector<std::string> hosts(const std::vector<ProbeTarget>& targets) {
  std::vector<std::string> out;
  for (const auto& target : targets)
    out.push_back((target.scope == ProbeScope::self ? "self " : "") + target.host + ":" + std::to_string(target.port));
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("own Postgres is probed by address and by the node's names, peers by the names of the roles asked for") {
  config::Probe probe;
  const auto usual = probe_targets(group(), names(), probe);
  CHECK(hosts(usual) ==
        Texts{"self 127.0.0.1:5432", "self a-1-node.example:5432", "a-2-node.example:5432", "b-1-node.example:5432"});
  CHECK(usual[0] == ProbeTarget{"127.0.0.1", 5432, ProbeScope::self, NameRole::node, "a", "a-1"});
  CHECK(usual[1] == ProbeTarget{"a-1-node.example", 5432, ProbeScope::self, NameRole::node, "a", "a-1", true});
  CHECK(usual[3] == ProbeTarget{"b-1-node.example", 5432, ProbeScope::peer, NameRole::node, "b", "b-1"});
  CHECK_FALSE(usual[0].by_name());
  CHECK(usual[1].by_name());
  CHECK(usual[3].by_name());

  probe.peer_roles = {NameRole::group, NameRole::discovery, NameRole::extra};
  probe.peer_port = 15432;
  probe.self = {{"::1", 6432}, {"127.0.0.1", 5432}, {"::1", 6432}};
  CHECK(hosts(probe_targets(group(), names(), probe)) ==
        Texts{"self 127.0.0.1:5432", "self ::1:6432", "b-group.example:15432", "c.example:15432", "lb.example:15432"});
  probe.peer_port = 65'535;
  probe.peer_roles = {NameRole::node};
  CHECK(probe_targets(group(), names(), probe).back().port == 65'535);
}

TEST_CASE("no roles, no peers allowed and no own address: nothing is probed") {
  config::Probe probe;
  probe.peer_roles = {};
  CHECK(hosts(probe_targets(group(), names(), probe)) == Texts{"self 127.0.0.1:5432"});
  probe.peer_roles = {NameRole::node};
  probe.max_peers = 0;
  CHECK(hosts(probe_targets(group(), names(), probe)) == Texts{"self 127.0.0.1:5432"});
  probe.self = {};
  CHECK(probe_targets(group(), names(), probe).empty());
  CHECK(probe_targets({}, {}, probe).empty());
}

TEST_CASE("an endpoint is at its own address, or at the last known ones of its name, at most 16") {
  const auto seen = std::make_shared<model::NameObservation>();
  seen->name = names()[1];
  seen->last_addresses = {"10.0.0.1", "10.0.0.2", "fd00::1"};
  seen->up = false;  // DNS is down: where it was is where it is asked
  model::Snapshot snapshot;
  snapshot.names = {seen};
  const ProbeTarget own{"127.0.0.1", 5432, ProbeScope::self, NameRole::node, "a", "a-1"};
  const ProbeTarget peer{"a-2-node.example", 5432, ProbeScope::peer, NameRole::node, "a", "a-2"};
  const ProbeTarget gone{"a-3-node.example", 5432, ProbeScope::peer, NameRole::node, "a", "a-3"};
  const ProbeTarget own_name{"a-2-node.example", 5432, ProbeScope::self, NameRole::node, "a", "a-2", true};
  CHECK(addresses_of(own, snapshot) == Texts{"127.0.0.1"});
  CHECK(addresses_of(own_name, snapshot) == Texts{"10.0.0.1", "10.0.0.2", "fd00::1"});
  CHECK(addresses_of(peer, snapshot) == Texts{"10.0.0.1", "10.0.0.2", "fd00::1"});
  CHECK(addresses_of(gone, snapshot).empty());
  seen->last_addresses.clear();
  for (int i = 10; i < 40; ++i) seen->last_addresses.push_back("10.0.0." + std::to_string(i));
  const auto many = addresses_of(peer, snapshot);
  CHECK(many.size() == 16);
  CHECK(many.front() == "10.0.0.10");
  CHECK(many.back() == "10.0.0.25");
}

TEST_CASE("each address is a job that asks as libpq would") {
  config::Config config;
  config.probe.timeout = 7s;
  config.probe.negotiation = model::Negotiation::direct;
  config.secrets.client_common_name = "somebody";
  const ProbeTarget peer{"a-2-node.example", 15432, ProbeScope::peer, NameRole::node, "a", "a-2"};
  const auto jobs = probe_jobs(peer, {"10.0.0.1", "fd00::1"}, model::ClientCertificate::login, config, nullptr);
  REQUIRE(jobs.size() == 2);
  CHECK(jobs[0].target == peer);
  CHECK(jobs[1].question.address == "fd00::1");
  const auto& question = jobs[0].question;
  CHECK(question.address == "10.0.0.1");
  CHECK(question.port == 15432);
  CHECK(question.server_name == "a-2-node.example");
  CHECK(question.level == model::ClientCertificate::login);
  CHECK(question.negotiation == model::Negotiation::direct);
  CHECK(question.user == "somebody");
  CHECK(question.timeout == 7s);
  CHECK(question.connect_timeout == 3s);
  CHECK(question.identity == nullptr);
  CHECK(probe_jobs(peer, {}, model::ClientCertificate::off, config, nullptr).empty());

  // No name for an address: RFC 6066 §3, and libpq.
  for (const auto* host : {"127.0.0.1", "::1"}) {
    const ProbeTarget own{host, 5432, ProbeScope::self, NameRole::node, "a", "a-1"};
    CHECK(probe_jobs(own, {host}, model::ClientCertificate::off, config, nullptr).at(0).question.server_name.empty());
  }
}

TEST_CASE("our client certificate: the mounted one, else the one written for Postgres, else none") {
  const support::TempDir dir;
  const auto ca = support::Recipe("CA").ca().self_signed();
  const auto mounted = support::Recipe("streaming_replica").client().issued_by(ca);
  const auto written = support::Recipe("streaming_replica").client().issued_by(ca);
  config::Secrets secrets;
  secrets.server = secrets.server_ca = secrets.client_ca = "";
  secrets.client = dir / "client";
  secrets.written = dir / "written";
  CHECK(app::load_identity(secrets) == nullptr);

  support::write_plain_secret(secrets.written,
                              {{"streaming_replica.crt", written.pem()}, {"streaming_replica.key", written.key_pem()}});
  const auto second = app::load_identity(secrets);
  REQUIRE(second != nullptr);
  CHECK(second->fingerprint() == common::sha256_hex(written.der()));

  support::write_plain_secret(secrets.client, {{"tls.crt", mounted.pem()}, {"tls.key", mounted.key_pem()}});
  const auto first = app::load_identity(secrets);
  REQUIRE(first != nullptr);
  CHECK(first->fingerprint() == common::sha256_hex(mounted.der()));

  // One that can't be used is passed over.
  support::write_plain_secret(secrets.client, {{"tls.crt", mounted.pem()}, {"tls.key", written.key_pem()}});
  CHECK(app::load_identity(secrets)->fingerprint() == second->fingerprint());
  secrets.written = "";
  CHECK(app::load_identity(secrets) == nullptr);
}
