// The truth table: each server's own answer, none lost to another server's silence.
#include "agent/app/compare.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"

namespace asio = boost::asio;
using model::DnsStatus;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;
using Maybe = std::optional<DnsAnswer>;

namespace {

constexpr common::WallTime noon{1'800'000'000s};

Maybe knows(const DnsQuestion& question) {
  if (question.ipv6()) return DnsAnswer{};
  return DnsAnswer{.addresses = {"192.0.2.1"}, .ttl = 60, .cnames = {"alias.example"}};
}
Maybe denies(const DnsQuestion&) { return DnsAnswer{.rcode = 3}; }
Maybe silent(const DnsQuestion&) { return std::nullopt; }
/// A wildcard in the search domain, by TCP alone.
Maybe wildcard(const DnsQuestion& question) {
  if (!question.name.ends_with(".corp.example")) return denies(question);
  if (!question.tcp) return DnsAnswer{.truncated = true};
  return question.ipv6() ? DnsAnswer{} : DnsAnswer{.addresses = {"192.0.2.99"}};
}

model::ResolverConfig config_of(std::vector<model::DnsServerAddress> servers) {
  model::ResolverConfig config;
  config.servers = std::move(servers);
  config.search = {"corp.example"};
  config.timeout = 200ms;
  config.attempts = 1;
  return config;
}

std::map<std::size_t, model::Truth> compared(asio::io_context& io, const model::ResolverConfig& config,
                                             const std::vector<std::string>& names, app::SweepOptions options = {}) {
  app::Servers servers(io.get_executor(), config);
  std::map<std::size_t, model::Truth> truths;
  support::await(io, app::compare(
                         servers, config, names, options, [] { return noon; },
                         [&](std::size_t index, model::Truth truth) {
                           const bool fresh = truths.emplace(index, std::move(truth)).second;
                           CHECK(fresh);
                         }));
  return truths;
}

}  // namespace

TEST_CASE("each server is asked alone, in its own time, and says what it says") {
  asio::io_context io;
  FakeDns first(io, silent), second(io, knows, "127.0.0.2"), third(io, wildcard, "127.0.0.3");
  const auto config = config_of({first.address(), second.address(), third.address()});
  const auto truths = compared(io, config, {"a.example", "b.example"});
  REQUIRE(truths.size() == 2);
  for (const auto& [index, truth] : truths) {
    const std::string fqdn = index == 0 ? "a.example" : "b.example";
    CHECK(truth.at == noon);
    REQUIRE(truth.servers.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(truth.servers[i].server == to_text(config.servers[i]));
      for (const auto& query : truth.servers[i].lookup.queries) CHECK(query.server == truth.servers[i].server);
    }
    const auto &quiet = truth.servers[0].lookup, &plain = truth.servers[1].lookup, &wild = truth.servers[2].lookup;
    CHECK(quiet.ipv4.status == DnsStatus::timeout);
    CHECK(quiet.ipv6.status == DnsStatus::timeout);
    CHECK(plain.ipv4.addresses == std::vector<model::Address>{{"192.0.2.1", 60s}});
    CHECK(plain.ipv4.cnames == std::vector<std::string>{"alias.example"});
    CHECK(plain.ipv6.status == DnsStatus::nodata);
    CHECK(plain.answered_as == fqdn);
    CHECK(plain.queries.size() == 2);
    CHECK(wild.answered_as == fqdn + ".corp.example");
    CHECK(wild.ipv4.addresses.at(0).text == "192.0.2.99");
    CHECK(wild.queries.size() == 4);
    CHECK(wild.queries.back().tcp);
  }
}

TEST_CASE("names come as their rows are complete; at the deadline with the rows there are") {
  asio::io_context io;
  FakeDns first(io, silent), second(io, knows, "127.0.0.2");
  auto config = config_of({first.address(), second.address()});
  config.timeout = 5s;
  const auto truths =
      compared(io, config, {"a.example"}, {.window = 64, .lookup_deadline = 5s, .sweep_deadline = 300ms});
  REQUIRE(truths.size() == 1);
  REQUIRE(truths.at(0).servers.size() == 1);
  CHECK(truths.at(0).servers[0].server == to_text(second.address()));
}

TEST_CASE("a single server is not asked twice: the lookup is the truth") {
  asio::io_context io;
  FakeDns dns(io, knows);
  const auto config = config_of({dns.address()});
  CHECK(compared(io, config, {"a.example"}).empty());
  CHECK(dns.seen().empty());
  model::Lookup lookup;
  lookup.answered_as = "a.example";
  const auto truth = app::only_truth(config, lookup, noon);
  REQUIRE(truth.servers.size() == 1);
  CHECK(truth.servers[0].server == to_text(dns.address()));
  CHECK(truth.servers[0].lookup.answered_as == "a.example");
  CHECK(app::only_truth(config_of({}), lookup, noon).servers.empty());
  CHECK(compared(io, config_of({}), {"a.example"}).empty());
}
