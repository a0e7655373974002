#include "agent/views/probe_facts.hpp"

#include <catch2/catch_test_macros.hpp>

#include "world.hpp"

using namespace support;
using model::ProbeStatus;
using views::OurCertificate;

namespace {

model::ProbeResult exchange(bool requested, bool sent, model::ClientCertificate level) {
  model::ProbeResult result;
  result.exchange.level = level;
  result.exchange.certificate_requested = requested;
  result.exchange.certificate_sent = sent;
  result.exchange.tls_version = "TLSv1.3";
  return result;
}

}  // namespace

TEST_CASE("what became of our certificate") {
  using model::ClientCertificate;
  const auto handshake = ClientCertificate::handshake;
  const auto told = [](const model::ProbeResult& result, ProbeStatus status) {
    return views::our_certificate(&result, status);
  };
  const model::ProbeResult sent = exchange(true, true, handshake);
  CHECK(told(sent, ProbeStatus::ok) == OurCertificate::accepted);
  CHECK(told(exchange(true, true, ClientCertificate::login), ProbeStatus::role_rejected) == OurCertificate::accepted);
  CHECK(told(sent, ProbeStatus::client_cert_untrusted) == OurCertificate::rejected);
  CHECK(told(sent, ProbeStatus::client_cert_expired) == OurCertificate::rejected);
  CHECK(told(sent, ProbeStatus::client_cert_rejected) == OurCertificate::rejected);
  // libpq gives up before the server says anything.
  CHECK(told(sent, ProbeStatus::untrusted) == OurCertificate::unknown);
  CHECK(told(sent, ProbeStatus::handshake_failed) == OurCertificate::unknown);
  CHECK(told(exchange(true, false, handshake), ProbeStatus::ok) == OurCertificate::not_offered);
  CHECK(told(exchange(true, false, handshake), ProbeStatus::client_cert_required) == OurCertificate::required);
  CHECK(told(exchange(false, false, handshake), ProbeStatus::ok) == OurCertificate::not_requested);
  CHECK(told(exchange(true, false, ClientCertificate::off), ProbeStatus::client_cert_required) == OurCertificate::off);
  model::ProbeResult before_tls = exchange(false, false, handshake);
  before_tls.exchange.tls_version.clear();
  CHECK(told(before_tls, ProbeStatus::server_unavailable) == OurCertificate::unknown);
  CHECK(views::our_certificate(nullptr, ProbeStatus::dns_failed) == OurCertificate::unknown);
  std::size_t index = 0;
  for (const OurCertificate each : views::all_our_certificates) {
    CHECK(static_cast<std::size_t>(each) == index++);
    CHECK(name(each) != "");
    CHECK(views::in_words(each) != "");
  }
}

TEST_CASE("endpoints are called as in a URL") {
  CHECK(views::endpoint("127.0.0.1", 5432) == "127.0.0.1:5432");
  CHECK(views::endpoint("fd00::1", 6432) == "[fd00::1]:6432");
}

TEST_CASE("endpoints are shown our own first, those never tried without a verdict") {
  const model::World world = rich_world();
  const auto shown = views::shown_probes(world);
  REQUIRE(shown.size() == world.snapshot->probes.size());
  CHECK(shown[0].of->target.scope == model::ProbeScope::self);
  std::size_t untried = 0;
  for (const views::ShownProbe& each : shown) {
    if (!each.verdict) {
      ++untried;
      CHECK(each.of->target.host == "region-b-3-node.example.com");
    } else {
      CHECK(each.verdict->target == each.of->target);
    }
  }
  CHECK(untried == 1);
  CHECK(views::shown_probes({}).empty());
  CHECK(views::shown_probes({world.snapshot, nullptr}).front().verdict == nullptr);
}

TEST_CASE("verdicts of endpoints that are gone, or of facts since replaced, disturb nothing") {
  const model::World world = rich_world();
  model::Snapshot snapshot = *world.snapshot;
  snapshot.probes.erase(snapshot.probes.begin() + 1, snapshot.probes.begin() + 3);
  model::ProbeObservation newer = *snapshot.probes.back();
  newer.addresses.clear();
  snapshot.probes.back() = std::make_shared<const model::ProbeObservation>(newer);
  const auto shown = views::shown_probes({std::make_shared<const model::Snapshot>(snapshot), world.verdict});
  REQUIRE(shown.size() == snapshot.probes.size());
  for (const views::ShownProbe& each : shown) {
    if (each.verdict) CHECK(each.verdict->target == each.of->target);
  }
  CHECK(shown.back().of->addresses.size() == 1);  // what the verdict is about
}

TEST_CASE("addresses differ by status, by what is served, by what became of our certificate") {
  const auto of = [](std::size_t index) {
    const model::World world = rich_world();
    const model::JudgedProbe& judged = world.verdict->probes.at(index);
    return views::addresses_differ(views::probed_addresses(*judged.of, *judged.verdict));
  };
  CHECK_FALSE(of(0));  // one address
  CHECK(of(1));        // one is silent
  CHECK_FALSE(of(2));  // none
  CHECK_FALSE(of(4));  // both refuse our certificate
}

TEST_CASE("what is served by our own is the newest of the first endpoint that presents a chain") {
  CHECK(views::served_by_self({}) == nullptr);
  const model::World world = rich_world();
  const model::ProbeResult* served = views::served_by_self(*world.snapshot);
  REQUIRE(served);
  CHECK(served->chain.front()->subject == "CN=region-a-1-node");
  // Postgres is down: what it served before is no longer served.
  model::ProbeObservation down = *world.snapshot->probes.front();
  model::ProbeResult refused = *down.addresses[0].last;
  refused.chain.clear();
  down.addresses[0].last = std::make_shared<const model::ProbeResult>(refused);
  model::Snapshot snapshot = *world.snapshot;
  snapshot.probes.front() = std::make_shared<const model::ProbeObservation>(down);
  CHECK(views::served_by_self(snapshot) == nullptr);
}
