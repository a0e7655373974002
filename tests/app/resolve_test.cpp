// One name looked up over scripted servers: the step machine and the c-ares source together.
#include "agent/app/resolve.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"

namespace asio = boost::asio;
using model::DnsStatus;
using model::RebuildReason;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Maybe = std::optional<DnsAnswer>;

namespace {

model::ResolverConfig config_of(std::vector<model::DnsServerAddress> servers,
                                std::chrono::milliseconds timeout = 200ms) {
  model::ResolverConfig config;
  config.servers = std::move(servers);
  config.timeout = timeout;
  config.attempts = 1;
  return config;
}

Maybe four_and_six(const DnsQuestion& question) {
  return DnsAnswer{.addresses = {question.ipv6() ? "2001:db8::1" : "192.0.2.1"}};
}
Maybe silent(const DnsQuestion&) { return std::nullopt; }

model::Lookup look_up(asio::io_context& io, app::Servers& servers, const model::ResolverConfig& config,
                      const char* name, std::chrono::milliseconds deadline = 5s) {
  return support::await(io, app::resolve(servers, config, name, steady_clock::now() + deadline));
}

}  // namespace

TEST_CASE("a name with both families") {
  asio::io_context io;
  FakeDns dns(io, four_and_six);
  const auto config = config_of({dns.address()});
  app::Servers servers(io.get_executor(), config);
  const auto lookup = look_up(io, servers, config, "pg.example");
  CHECK(lookup.ipv4.addresses.at(0).text == "192.0.2.1");
  CHECK(lookup.ipv6.addresses.at(0).text == "2001:db8::1");
  CHECK(lookup.answered_as == "pg.example");
  CHECK(lookup.queries.size() == 2);
  CHECK(lookup.queries.at(0).server == model::to_text(dns.address()));
  CHECK(lookup.duration >= lookup.queries.at(0).duration);
  CHECK(servers.pending() == 0);
  CHECK(servers.open_sockets() == 0);
}

TEST_CASE("a pod's search list over the wire") {
  asio::io_context io;
  FakeDns dns(io, [](const DnsQuestion& question) -> Maybe {
    if (question.name != "pg.b.example") return DnsAnswer{.rcode = 3, .soa_minimum = 30};
    return question.ipv6() ? DnsAnswer{.soa_minimum = 30} : DnsAnswer{.addresses = {"192.0.2.1"}};
  });
  auto config = config_of({dns.address()});
  config.search = {"a.example", "b.example"};
  config.ndots = 5;
  app::Servers servers(io.get_executor(), config);
  const auto lookup = look_up(io, servers, config, "pg");
  CHECK(lookup.answered_as == "pg.b.example");
  CHECK(lookup.ipv4.status == DnsStatus::noerror);
  CHECK(lookup.ipv6.status == DnsStatus::nodata);
  CHECK(look_up(io, servers, config, "other").ipv4.status == DnsStatus::nxdomain);
}

TEST_CASE("a closed and a silent server are passed over, a lost family says so") {
  asio::io_context io;
  FakeDns black_hole(io, silent);
  FakeDns half(io, [](const DnsQuestion& question) { return question.ipv6() ? Maybe{} : four_and_six(question); });
  const auto config = config_of({{"127.0.0.1", support::closed_port()}, black_hole.address(), half.address()}, 100ms);
  app::Servers servers(io.get_executor(), config);
  const auto lookup = look_up(io, servers, config, "pg.example");
  CHECK(lookup.ipv4.status == DnsStatus::noerror);
  CHECK(lookup.ipv6.status == DnsStatus::timeout);
  std::vector<DnsStatus> steps;
  for (const auto& query : lookup.queries) {
    if (query.family == model::Family::ipv4) steps.push_back(query.status);
  }
  CHECK(steps == std::vector{DnsStatus::unreachable, DnsStatus::timeout, DnsStatus::noerror});
}

TEST_CASE("the deadline ends a lookup with what was learned") {
  asio::io_context io;
  FakeDns dns(io, [](const DnsQuestion& question) { return question.ipv6() ? Maybe{} : four_and_six(question); });
  const auto config = config_of({dns.address()}, 5s);
  app::Servers servers(io.get_executor(), config);
  const auto before = steady_clock::now();
  const auto lookup = look_up(io, servers, config, "pg.example", 100ms);
  CHECK(steady_clock::now() - before < 600ms);
  CHECK(lookup.ipv4.status == DnsStatus::noerror);
  CHECK(lookup.ipv6.status == DnsStatus::timeout);
  CHECK(lookup.queries.size() == 1);
  CHECK(servers.pending() == 1);  // c-ares can't forget it; nobody waits for it
}

TEST_CASE("cancelling ends one lookup, others live on") {
  asio::io_context io;
  FakeDns dns(io,
              [](const DnsQuestion& question) { return question.name == "slow" ? Maybe{} : four_and_six(question); });
  const auto config = config_of({dns.address()}, 2s);
  app::Servers servers(io.get_executor(), config);
  asio::cancellation_signal stop;
  bool aborted = false;
  asio::co_spawn(io, app::resolve(servers, config, "slow", steady_clock::now() + 5s),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr error, const model::Lookup&) { aborted = error != nullptr; }));
  io.run_for(20ms);
  stop.emit(asio::cancellation_type::terminal);
  CHECK(look_up(io, servers, config, "fast").resolved());
  CHECK(aborted);
}

TEST_CASE("servers destroyed under a lookup: cancelled it throws, else it ends at its deadline") {
  for (const bool cancelled : {true, false}) {
    asio::io_context io;
    FakeDns dns(io, silent);
    const auto config = config_of({dns.address()}, 50ms);
    auto servers = std::make_unique<app::Servers>(io.get_executor(), config);
    asio::cancellation_signal stop;
    std::optional<model::Lookup> lookup;
    bool failed = false;
    asio::co_spawn(io, app::resolve(*servers, config, "pg.example", steady_clock::now() + 150ms),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error, model::Lookup found) {
                     failed = error != nullptr;
                     if (!failed) lookup = std::move(found);
                   }));
    io.run_for(20ms);
    if (cancelled) stop.emit(asio::cancellation_type::terminal);
    servers.reset();
    io.run_for(400ms);
    CHECK(failed == cancelled);
    CHECK(lookup.has_value() != cancelled);
    if (lookup) CHECK(lookup->ipv4.status == DnsStatus::timeout);
  }
}

TEST_CASE("a changed configuration keeps servers it still lists, rebuilds them, and lets open questions end") {
  asio::io_context io;
  const auto slowly = [](const DnsQuestion& question) -> Maybe {
    auto answer = four_and_six(question);
    answer->delay = 50ms;
    return answer;
  };
  FakeDns first(io, slowly), second(io, four_and_six);
  const auto before = config_of({first.address()}), after = config_of({second.address()}),
             both = config_of({second.address(), first.address()});
  std::vector<std::pair<model::DnsServerAddress, RebuildReason>> rebuilds;
  app::Servers servers(io.get_executor(), before, [&](const model::DnsServerAddress& address, RebuildReason reason) {
    rebuilds.emplace_back(address, reason);
  });
  std::optional<model::Lookup> lookup;
  asio::co_spawn(io, app::resolve(servers, before, "pg.example", steady_clock::now() + 5s),
                 [&](std::exception_ptr, model::Lookup found) { lookup = std::move(found); });
  io.run_for(20ms);
  servers.update(after);
  CHECK(servers.pending() == 2);
  CHECK(rebuilds.empty());  // a dropped server is not rebuilt
  CHECK(look_up(io, servers, after, "pg.example").resolved());
  io.restart();
  io.run_for(100ms);
  REQUIRE(lookup);
  CHECK(lookup->resolved());
  servers.update(after);
  CHECK(rebuilds.empty());  // nothing changed
  servers.update(both);
  CHECK(rebuilds == std::vector{std::pair{second.address(), RebuildReason::resolv_conf}});
  auto slower = both;
  slower.timeout = 3s;
  servers.update(slower);
  CHECK(rebuilds.size() == 2);
  CHECK(look_up(io, servers, slower, "pg.example").resolved());
}

TEST_CASE("no servers, or a name too long to ask, end at once") {
  asio::io_context io;
  const auto nobody = config_of({}), somebody = config_of({{"127.0.0.1", support::closed_port()}});
  app::Servers servers(io.get_executor(), nobody);
  CHECK(look_up(io, servers, nobody, "pg.example").ipv4.status == DnsStatus::unreachable);
  CHECK(look_up(io, servers, somebody, std::string(300, 'a').c_str()).ipv4.status == DnsStatus::formerr);
}
