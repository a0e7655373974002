// What a probe learned, as it goes into the store.
#include "agent/app/publish_probe.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "agent/rules/decode.hpp"
#include "tests/support/test_pki.hpp"

using model::ProbeScope;
using model::ProbeStatus;
using model::Source;
using support::Minted;
using support::Recipe;
using namespace std::chrono_literals;

namespace {

constexpr auto now = support::pki_epoch + 240h;

std::shared_ptr<const model::SecretObservation> ca_secret(const Minted& ca, Source source) {
  model::SecretObservation seen;
  seen.role = model::SecretRole::server_ca;
  seen.source = source;
  seen.bundle =
      std::make_shared<const model::Bundle>(rules::decode(support::secret_files("", "", ca.pem()), seen.role, source));
  return std::make_shared<const model::SecretObservation>(std::move(seen));
}

/// How a server that presents `leaf` is counted by an agent with these Secrets.
ProbeStatus counted(const Minted& leaf, std::vector<std::shared_ptr<const model::SecretObservation>> secrets) {
  boost::asio::io_context io;
  app::Store store(
      io.get_executor(), [] { return common::WallTime{now}; }, [](const auto&, const auto&, const auto&) {});
  app::Log log;
  sources::DirectoryWatch watch(io.get_executor());
  app::News news(io.get_executor());
  const app::Context context{store, log, watch, news, {}, {}, {}};

  model::ProbeObservation probe;
  probe.target.host = "n1.example";
  store.change([&](model::Snapshot& snapshot) {
    snapshot.secrets = std::move(secrets);
    snapshot.probes = {std::make_shared<const model::ProbeObservation>(probe)};
  });
  model::ProbeResult result;
  result.at = now;
  result.exchange.address = "10.0.0.7";
  result.exchange.end = model::WireEnd::finished;
  result.exchange.phase = model::ProbePhase::authenticate;
  result.chain = rules::decode_chain({leaf.der()});
  app::publish_probe(context, probe.target, {"10.0.0.7"}, std::make_shared<const model::ProbeResult>(result));

  CHECK(store.snapshot().probes.at(0)->addresses.at(0).last->chain.size() == 1);
  const auto& counts = store.snapshot().counters->probes[static_cast<std::size_t>(ProbeScope::peer)];
  CHECK(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == 1);
  const auto one = std::find(counts.begin(), counts.end(), 1u);
  REQUIRE(one != counts.end());
  return static_cast<ProbeStatus>(one - counts.begin());
}

}  // namespace

TEST_CASE("a probe is counted by the CA that its verdict goes by: the mounted one, else the one Postgres was given") {
  const Minted ca = Recipe("CA").ca().self_signed();
  const Minted foreign = Recipe("foreign CA").ca().self_signed();
  const Minted leaf = Recipe("n1").dns({"n1.example"}).issued_by(ca);
  const auto mounted = [](const Minted& one) { return ca_secret(one, Source::mounted); };
  const auto written = [](const Minted& one) { return ca_secret(one, Source::written); };
  CHECK(counted(leaf, {mounted(ca)}) == ProbeStatus::ok);
  CHECK(counted(leaf, {mounted(foreign)}) == ProbeStatus::untrusted);
  CHECK(counted(leaf, {written(foreign)}) == ProbeStatus::untrusted);
  CHECK(counted(leaf, {mounted(ca), written(foreign)}) == ProbeStatus::ok);
  CHECK(counted(leaf, {mounted(foreign), written(ca)}) == ProbeStatus::untrusted);
  CHECK(counted(leaf, {}) == ProbeStatus::ok);
}
