// Many probes at a time: how many, towards whom, and that each is reported once.
#include "agent/app/run_probes.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "tests/support/await.hpp"
#include "tests/support/fake_postgres.hpp"

namespace asio = boost::asio;
using app::ProbeJob;
using support::FakePostgres;
using support::Gauge;
using support::PostgresScript;
using namespace std::chrono_literals;

namespace {

const support::Minted ca = support::Recipe("CA").ca().self_signed();
const support::Minted leaf = support::Recipe("n1").issued_by(ca);

ProbeJob job(std::uint16_t port, const std::string& host = "n1.example") {
  ProbeJob job;
  job.target = {host, port, model::ProbeScope::peer, model::NameRole::node, "a", "a-1"};
  job.question.address = "127.0.0.1";
  job.question.port = port;
  job.question.timeout = 10s;
  return job;
}

struct Rig {
  asio::io_context io;
  std::shared_ptr<Gauge> gauge = std::make_shared<Gauge>();
  std::vector<std::unique_ptr<FakePostgres>> servers;
  std::vector<std::pair<model::ProbeTarget, model::ProbeResultRef>> found;

  explicit Rig(std::size_t count, const PostgresScript& script = {.tls = {.chain = {leaf, ca}}, .delay = 20ms}) {
    while (servers.size() < count) servers.push_back(std::make_unique<FakePostgres>(io, script, gauge));
  }
  app::ProbeFound report() {
    return [this](const model::ProbeTarget& target, model::ProbeResultRef result) {
      found.emplace_back(target, std::move(result));
    };
  }
  static common::WallTime clock() { return common::WallTime{1'800'000'000s}; }
  void run(std::vector<ProbeJob> jobs, int concurrency) {
    support::await(io, app::run_probes(std::move(jobs), concurrency, clock, report()));
  }
};

}  // namespace

TEST_CASE("every job is reported once, with its target, its time and what was served") {
  Rig rig(3);
  std::vector<ProbeJob> jobs;
  for (const auto& server : rig.servers) jobs.push_back(job(server->port()));
  rig.run(jobs, 4);
  REQUIRE(rig.found.size() == 3);
  for (const auto& [target, result] : rig.found) {
    CHECK(target.port == result->exchange.port);
    CHECK(result->at == Rig::clock());
    CHECK(result->exchange.end == model::WireEnd::finished);
    REQUIRE(result->chain.size() == 2);
    CHECK(result->chain[0]->fingerprint_sha256 == common::sha256_hex(leaf.der()));
    CHECK(result->client_fingerprint.empty());
  }
}

TEST_CASE("as many at a time as allowed, and no more") {
  for (const int concurrency : {1, 3}) {
    Rig rig(9);
    std::vector<ProbeJob> jobs;
    for (const auto& server : rig.servers) jobs.push_back(job(server->port()));
    rig.run(jobs, concurrency);
    CHECK(rig.found.size() == 9);
    CHECK(rig.gauge->most == concurrency);
  }
  Rig rig(3);
  std::vector<ProbeJob> jobs;
  for (const auto& server : rig.servers) jobs.push_back(job(server->port()));
  rig.run(jobs, 64);  // more than there is to do
  CHECK(rig.gauge->most == 3);
  rig.run(jobs, 0);  // never nobody
  CHECK(rig.found.size() == 6);
}

TEST_CASE("never two at once towards one server, whatever names lead there") {
  Rig rig(3);
  std::vector<ProbeJob> jobs;
  for (int round = 0; round < 4; ++round) {
    for (const auto& server : rig.servers) jobs.push_back(job(server->port(), "n" + std::to_string(round)));
  }
  rig.run(jobs, 64);
  CHECK(rig.found.size() == 12);
  CHECK(rig.gauge->most == 3);  // but towards several
  for (const auto& server : rig.servers) {
    CHECK(server->seen().size() == 4);
    CHECK(server->most_at_once() == 1);
  }
}

TEST_CASE("a server that is silent holds up its own queue alone") {
  Rig rig(4);
  FakePostgres silent(rig.io, {.tls = {.chain = {leaf}}, .stops_at = support::ScriptPoint::sslrequest});
  std::vector<ProbeJob> jobs{job(silent.port()), job(silent.port(), "n2.example")};
  for (auto& one : jobs) one.question.timeout = 300ms;
  for (const auto& server : rig.servers) jobs.push_back(job(server->port()));
  rig.run(jobs, 2);
  REQUIRE(rig.found.size() == 6);
  const auto timeouts = std::count_if(rig.found.begin(), rig.found.end(), [](const auto& one) {
    return one.second->exchange.end == model::WireEnd::timeout;
  });
  CHECK(timeouts == 2);
  CHECK(rig.found.back().second->exchange.end == model::WireEnd::timeout);
  CHECK(silent.most_at_once() == 1);
}

TEST_CASE("what was offered is told by its fingerprint, where it was sent") {
  const auto client = support::Recipe("streaming_replica").client().issued_by(ca);
  const auto loaded = sources::Identity::load(support::secret_files(client.pem(), client.key_pem(), ""));
  REQUIRE(loaded.has_value());
  Rig asking(1, {.tls = {.chain = {leaf}, .client_cas = {ca}}});
  FakePostgres indifferent(asking.io, {.tls = {.chain = {leaf}}});
  std::vector<ProbeJob> jobs{job(asking.servers[0]->port()), job(indifferent.port())};
  for (auto& one : jobs) one.question.identity = *loaded;
  asking.run(jobs, 4);
  REQUIRE(asking.found.size() == 2);
  for (const auto& [target, result] : asking.found) {
    const bool was_asked = target.port == asking.servers[0]->port();
    CHECK(result->client_fingerprint == (was_asked ? common::sha256_hex(client.der()) : ""));
  }
}

TEST_CASE("nothing to do is done at once") {
  Rig rig(0);
  rig.run({}, 4);
  CHECK(rig.found.empty());
}

TEST_CASE("cancelled, a round ends at once and reports no more") {
  Rig rig(4, {.tls = {.chain = {leaf}}, .stops_at = support::ScriptPoint::handshake});
  std::vector<ProbeJob> jobs;
  for (const auto& server : rig.servers) {
    jobs.push_back(job(server->port()));
    jobs.push_back(job(server->port()));
  }
  asio::cancellation_signal stop;
  std::exception_ptr failure;
  bool ended = false;
  asio::co_spawn(rig.io, app::run_probes(jobs, 3, Rig::clock, rig.report()),
                 asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& error) {
                   failure = error;
                   ended = true;
                 }));
  rig.io.run_for(100ms);
  CHECK_FALSE(ended);
  CHECK(rig.gauge->now == 3);
  stop.emit(asio::cancellation_type::terminal);
  rig.io.run_for(200ms);
  CHECK(ended);
  REQUIRE(failure != nullptr);
  CHECK_THROWS_AS(std::rethrow_exception(failure), boost::system::system_error);
  CHECK(rig.found.empty());
  CHECK(rig.gauge->now == 0);
  CHECK(rig.gauge->most == 3);  // the others were never begun
}
