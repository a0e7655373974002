// A thousand names at a time: none lost, none late, none lied about.
#include "agent/app/sweep.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/knot.hpp"

namespace asio = boost::asio;
using model::DnsStatus;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Maybe = std::optional<DnsAnswer>;

namespace {

constexpr std::size_t many = 1000;

std::vector<std::string> thousand_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < many; ++i) names.push_back("n" + std::to_string(i) + ".example");
  return names;
}

model::ResolverConfig config_of(std::vector<model::DnsServerAddress> servers) {
  model::ResolverConfig config;
  config.servers = std::move(servers);
  return config;
}

Maybe four_and_six(const DnsQuestion& question) {
  return DnsAnswer{.addresses = {question.ipv6() ? "2001:db8::1" : "192.0.2.1"}};
}
Maybe silent(const DnsQuestion&) { return std::nullopt; }

struct Swept {
  std::vector<std::optional<model::Lookup>> lookups = std::vector<std::optional<model::Lookup>>(many);
  std::size_t reported = 0;
  steady_clock::duration took{};

  [[nodiscard]] std::size_t resolved() const {
    return static_cast<std::size_t>(
        std::count_if(lookups.begin(), lookups.end(), [](const auto& lookup) { return lookup && lookup->resolved(); }));
  }
};

Swept sweep_all(asio::io_context& io, app::Servers& servers, const model::ResolverConfig& config,
                app::SweepOptions options = {}) {
  Swept swept;
  const auto before = steady_clock::now();
  support::await(io,
                 app::sweep(servers, config, thousand_names(), options, [&](std::size_t index, model::Lookup lookup) {
                   CHECK_FALSE(swept.lookups.at(index));
                   swept.lookups[index] = std::move(lookup);
                   ++swept.reported;
                 }));
  swept.took = steady_clock::now() - before;
  return swept;
}

}  // namespace

TEST_CASE("a real server: none of 1,000 names lost, no packet dropped") {
  std::string zone;
  for (std::size_t i = 0; i < many; ++i) {
    const std::string label = "n" + std::to_string(i), low = std::to_string(i / 250) + "." + std::to_string(i % 250);
    zone += label + " A 10.0." + low + "\n" + label + " AAAA 2001:db8::" + std::to_string(i + 1) + "\n";
  }
  const support::Knot knot({{"example", zone}});
  asio::io_context io;
  const auto config = config_of({knot.address()});
  app::Servers servers(io.get_executor(), config);
  auto before = knot.statistics();
  const auto swept = sweep_all(io, servers, config);
  auto after = knot.statistics();
  CHECK(swept.reported == many);
  CHECK(after["server-operation[query]"] - before["server-operation[query]"] == 2 * many);
  std::size_t right = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const auto& lookup = *swept.lookups[i];
    const std::string low = std::to_string(i / 250) + "." + std::to_string(i % 250);
    right += lookup.ipv4.addresses.size() == 1 && lookup.ipv4.addresses[0].text == "10.0." + low &&
             lookup.queries.size() == 2 && lookup.ipv6.addresses.size() == 1 &&
             lookup.ipv6.addresses[0].text == "2001:db8::" + std::to_string(i + 1);
  }
  CHECK(right == many);
  CHECK(servers.open_sockets() == 0);
}

TEST_CASE("one packet in ten lost: never a plain success with addresses missing") {
  asio::io_context io;
  std::mt19937 random(42);
  std::size_t lost = 0;
  FakeDns dns(io, [&](const DnsQuestion& question) {
    if (random() % 10 != 0) return four_and_six(question);
    ++lost;
    return Maybe{};
  });
  auto config = config_of({dns.address()});
  config.timeout = 250ms;
  app::Servers servers(io.get_executor(), config);
  const auto swept = sweep_all(io, servers, config);
  CHECK(swept.reported == many);
  CHECK(lost > 100);
  std::size_t whole = 0, lies = 0;
  for (const auto& lookup : swept.lookups) {
    for (const auto family : model::all_families) {
      const auto& answer = lookup->of(family);
      lies += answer.addresses.size() != (answer.status == DnsStatus::noerror ? 1U : 0U);
      lies += answer.status != DnsStatus::noerror && answer.status != DnsStatus::timeout;
    }
    whole += lookup->ipv4.status == DnsStatus::noerror && lookup->ipv6.status == DnsStatus::noerror;
  }
  CHECK(lies == 0);
  CHECK(whole > many * 95 / 100);  // asked twice: two losses in a row are one in a hundred
}

TEST_CASE("1,000 black-holed names end with the sweep's deadline") {
  asio::io_context io;
  FakeDns dns(io, silent);
  auto config = config_of({dns.address()});
  config.timeout = 300ms;
  app::Servers servers(io.get_executor(), config);
  const auto swept = sweep_all(io, servers, config, {.lookup_deadline = 500ms, .sweep_deadline = 1200ms});
  CHECK(swept.took >= 1200ms);
  CHECK(swept.took < 1300ms);
  // Two rounds of 64 had their own deadline; what the sweep cut short is not called a timeout.
  CHECK(swept.reported == 128);
  for (const auto& lookup : swept.lookups) {
    if (lookup) CHECK(lookup->ipv4.status == DnsStatus::timeout);
  }
}

TEST_CASE("first of two servers dead: every name still up, for one timeout once, and for nothing from then on") {
  asio::io_context io;
  FakeDns dead(io, silent), alive(io, four_and_six);
  const auto healthy = config_of({alive.address()}), config = config_of({dead.address(), alive.address()});
  app::Servers before(io.get_executor(), healthy), servers(io.get_executor(), config);
  const auto well = sweep_all(io, before, healthy);
  const auto first = sweep_all(io, servers, config), second = sweep_all(io, servers, config);
  const auto ms = [](steady_clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); };
  INFO("healthy " << ms(well.took) << " ms, first dead " << ms(first.took) << " ms, again " << ms(second.took)
                  << " ms");
  CHECK(first.resolved() == many);
  CHECK(first.took <= 2 * well.took + config.timeout);
  CHECK(second.resolved() == many);
  CHECK(second.took <= 2 * well.took);
  // Those in flight when it began, and one more for a lost packet's sake.
  CHECK(dead.seen().size() == 2 * app::SweepOptions{}.window + 1);
}

TEST_CASE("both servers dead: the sweep ends with its deadline") {
  asio::io_context io;
  FakeDns one(io, silent), two(io, silent);
  auto config = config_of({one.address(), two.address()});
  config.timeout = 300ms;
  app::Servers servers(io.get_executor(), config);
  const auto swept = sweep_all(io, servers, config, {.lookup_deadline = 1500ms, .sweep_deadline = 2s});
  CHECK(swept.took >= 2s);
  CHECK(swept.took < 2100ms);
  CHECK(swept.resolved() == 0);
}

TEST_CASE("the ceiling on questions: names are put off, not called down, and those begun are finished") {
  asio::io_context io;
  FakeDns dns(io, four_and_six);
  const auto config = config_of({dns.address()});
  app::Servers servers(io.get_executor(), config);
  const auto ceiling = std::make_shared<rules::QueryCeiling>(500);
  servers.limit(ceiling);
  std::size_t reported = 0, up = 0;
  const auto put_off = support::await(
      io, app::sweep(servers, config, thousand_names(), {}, [&](std::size_t, const model::Lookup& lookup) {
        ++reported;
        up += lookup.resolved();
      }));
  CHECK(reported == 250);
  CHECK(up == 250);
  CHECK(put_off == 750);
  CHECK(servers.questions() == 500);
  CHECK(dns.seen().size() == 500);

  app::Servers others(io.get_executor(), config);
  others.limit(ceiling);
  CHECK_FALSE(others.room());
}

TEST_CASE("first of two servers dead, with rotation and a long search list: every name still up") {
  asio::io_context io;
  FakeDns dead(io, silent), alive(io, [](const DnsQuestion& question) {
    return question.name.ends_with(".example") ? four_and_six(question) : DnsAnswer{.rcode = 3};
  });
  auto config = config_of({dead.address(), alive.address()});
  config.rotate = true;
  config.search = {"a", "b", "c", "d", "e", "f"};
  config.ndots = 5;
  app::Servers servers(io.get_executor(), config);
  const auto swept = sweep_all(io, servers, config);
  CHECK(swept.resolved() == many);
}

TEST_CASE("the window bounds what is in flight") {
  asio::io_context io;
  std::set<std::string> open;
  std::size_t most = 0;
  FakeDns dns(io, [&](const DnsQuestion& question) {
    open.insert(question.name);
    most = std::max(most, open.size());
    auto answer = four_and_six(question);
    answer->delay = 2ms;
    return answer;
  });
  const auto config = config_of({dns.address()});
  app::Servers servers(io.get_executor(), config);
  std::vector<std::string> names = thousand_names();
  names.resize(100);
  std::size_t reported = 0;
  support::await(io, app::sweep(servers, config, names, {.window = 8}, [&](std::size_t index, const model::Lookup&) {
                   open.erase(names[index]);
                   ++reported;
                 }));
  CHECK(reported == 100);
  CHECK(most == 8);
}

TEST_CASE("a cancelled sweep stops at once and reports no more") {
  asio::io_context io;
  FakeDns dns(
      io, [](const DnsQuestion& question) { return question.name == "n0.example" ? four_and_six(question) : Maybe{}; });
  const auto config = config_of({dns.address()});
  auto servers = std::make_unique<app::Servers>(io.get_executor(), config);
  asio::cancellation_signal stop;
  std::size_t reported = 0;
  bool aborted = false;
  asio::co_spawn(
      io, app::sweep(*servers, config, thousand_names(), {}, [&](std::size_t, const model::Lookup&) { ++reported; }),
      asio::bind_cancellation_slot(stop.slot(),
                                   [&](std::exception_ptr error, std::size_t) { aborted = error != nullptr; }));
  io.run_for(50ms);
  CHECK(reported == 1);
  stop.emit(asio::cancellation_type::terminal);
  servers.reset();
  io.run_for(50ms);
  CHECK(aborted);
  CHECK(reported == 1);
}

TEST_CASE("nothing to sweep ends at once") {
  asio::io_context io;
  const auto config = config_of({{"127.0.0.1", support::closed_port()}});
  app::Servers servers(io.get_executor(), config);
  support::await(io, app::sweep(servers, config, {}, {}, [](std::size_t, const model::Lookup&) { FAIL(); }));
}
