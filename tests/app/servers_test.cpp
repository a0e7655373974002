// What is remembered of servers from one lookup to the next, over scripted ones.
#include "agent/app/servers.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "agent/app/resolve.hpp"
#include "agent/model/policy.hpp"
#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"

namespace asio = boost::asio;
using model::DnsStatus;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Maybe = std::optional<DnsAnswer>;

namespace {

constexpr auto timeout = 200ms;

Maybe four_and_six(const DnsQuestion& question) {
  return DnsAnswer{.addresses = {question.ipv6() ? "2001:db8::1" : "192.0.2.1"}};
}

/// Two servers: the first does as `first` says, the second always answers.
struct Two {
  explicit Two(FakeDns::Handler handler) : first(io, std::move(handler)), second(io, four_and_six) {}

  model::Lookup look_up(const char* name) {
    const auto lookup = support::await(io, app::resolve(servers, config, name, steady_clock::now() + 5s));
    CHECK(lookup.resolved());
    return lookup;
  }
  /// The server asked first for the name.
  std::string asked_first(const char* name) { return look_up(name).queries.at(0).server; }
  void let_pass(std::chrono::milliseconds time) {
    io.restart();
    io.run_for(time);
  }
  std::string text(const FakeDns& server) const { return model::to_text(server.address()); }

  asio::io_context io;
  FakeDns first, second;
  model::ResolverConfig config{.servers = {first.address(), second.address()}, .search = {}, .timeout = timeout};
  app::Servers servers{io.get_executor(), config};
};

}  // namespace

TEST_CASE("a dead first server costs one timeout, is asked last, and is first again once it answers") {
  bool dead = true;
  Two two([&](const DnsQuestion& question) { return dead ? Maybe{} : four_and_six(question); });
  int told = 0;
  two.servers.on_revision([&] { ++told; });
  CHECK(two.look_up("a.example").duration >= timeout);
  CHECK(told == 1);
  CHECK(two.look_up("b.example").duration < timeout);
  two.let_pass(timeout + 50ms);  // it was asked once more when it had been silent
  CHECK(two.first.seen().size() == 3);
  auto state = two.servers.states().at(0);
  CHECK(state.server == two.text(two.first));
  CHECK(state.asked_last);
  CHECK(state.failures == 3);
  CHECK(state.last_failure == DnsStatus::timeout);
  CHECK(state.failing_since);
  CHECK_FALSE(state.last_answer);
  CHECK(two.servers.states().at(1).last_answer);
  CHECK(told == 2);  // failing has become worth reporting

  two.servers.look_after("b.example");
  two.let_pass(timeout + 50ms);
  CHECK(two.first.seen().size() == 4);
  CHECK(two.asked_first("b.example") == two.text(two.second));
  dead = false;
  two.servers.look_after("b.example");
  two.let_pass(50ms);
  CHECK(told == 3);
  CHECK(two.asked_first("b.example") == two.text(two.first));
  state = two.servers.states().at(0);
  CHECK_FALSE(state.asked_last);
  CHECK(state.failures == 0);
  CHECK_FALSE(state.failing_since);
  const auto seen = two.first.seen().size();
  two.servers.look_after("b.example");  // nobody is asked last
  two.let_pass(50ms);
  CHECK(two.first.seen().size() == seen);
}

TEST_CASE("one lost packet a family does not keep a server last") {
  int left = 2;
  Two two([&](const DnsQuestion& question) { return left-- > 0 ? Maybe{} : four_and_six(question); });
  CHECK(two.look_up("a.example").duration >= timeout);
  two.let_pass(50ms);
  CHECK(two.asked_first("b.example") == two.text(two.first));
  CHECK(two.servers.states().at(0).failures == 0);
}

TEST_CASE("one family lost is no silence") {
  Two two([&](const DnsQuestion& question) { return question.ipv6() ? Maybe{} : four_and_six(question); });
  for (const char* name : {"a.example", "b.example"}) CHECK(two.asked_first(name) == two.text(two.first));
  CHECK_FALSE(two.servers.states().at(0).asked_last);
}

TEST_CASE("a server that refuses is failing, and yet asked in its turn as glibc would") {
  Two two([](const DnsQuestion&) { return DnsAnswer{.rcode = 5}; });
  for (const char* name : {"a.example", "b.example"}) CHECK(two.asked_first(name) == two.text(two.first));
  CHECK(two.servers.states().at(0).failures == 4);
  CHECK(two.servers.states().at(0).last_failure == DnsStatus::refused);
}

TEST_CASE("an answer brings a server back however long it takes within the timeout") {
  bool dead = true;
  Two two([&](const DnsQuestion& question) {
    auto answer = four_and_six(question);
    answer->delay = 150ms;
    return dead ? Maybe{} : answer;
  });
  two.look_up("a.example");
  two.let_pass(timeout + 50ms);
  dead = false;
  two.servers.look_after("b.example");
  CHECK(two.asked_first("b.example") == two.text(two.second));
  two.let_pass(timeout);
  CHECK_FALSE(two.servers.states().at(0).asked_last);
}

TEST_CASE("with everybody silent the order is the configured one, and nobody is asked beside the others") {
  asio::io_context io;
  const auto silent = [](const DnsQuestion&) { return Maybe{}; };
  FakeDns one(io, silent), two(io, silent);
  const model::ResolverConfig config{
      .servers = {one.address(), two.address()}, .search = {}, .timeout = 100ms, .attempts = 1};
  app::Servers servers(io.get_executor(), config);
  for (int round = 0; round < 2; ++round) {
    const auto lookup = support::await(io, app::resolve(servers, config, "a.example", steady_clock::now() + 5s));
    CHECK(lookup.queries.at(0).server == model::to_text(one.address()));
    servers.look_after("a.example");
  }
  io.restart();
  io.run_for(200ms);
  CHECK(one.seen().size() == 5);  // two a round, and once more while the second had not been silent yet
  CHECK(two.seen().size() == 4);
}

TEST_CASE("servers that leave the configuration are forgotten") {
  Two two([](const DnsQuestion&) { return Maybe{}; });
  two.look_up("a.example");
  auto other = two.config;
  other.servers = {two.second.address()};
  two.servers.update(other);
  CHECK(two.servers.states().size() == 1);
  two.servers.update(two.config);
  CHECK(two.servers.states().size() == 2);
  CHECK_FALSE(two.servers.states().at(0).asked_last);
}

TEST_CASE("a server silent for long gets a new channel, and one that was replaced is heard at once") {
  bool dead = true;
  Two two([&](const DnsQuestion& question) { return dead ? Maybe{} : four_and_six(question); });
  auto only = two.config;
  only.servers = {two.first.address()};
  std::vector<model::RebuildReason> rebuilds;
  app::Servers servers(two.io.get_executor(), only,
                       [&](const model::DnsServerAddress&, model::RebuildReason reason) { rebuilds.push_back(reason); },
                       {.rebuild_after_timeouts = 4, .min_rebuild_interval = 0ms});
  for (int i = 0; i < 2; ++i) {
    support::await(two.io, app::resolve(servers, only, "a.example", steady_clock::now() + 5s));
  }
  CHECK(rebuilds == std::vector{model::RebuildReason::timeouts});
  dead = false;
  CHECK(support::await(two.io, app::resolve(servers, only, "a.example", steady_clock::now() + 5s)).resolved());
}
