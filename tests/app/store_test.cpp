#include "agent/app/store.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "agent/app/adopt.hpp"

using namespace std::chrono_literals;

namespace {

common::WallTime wall() { return std::chrono::system_clock::now(); }

/// Runs the loop until `done` or the limit.
template <class Done>
void run_until(boost::asio::io_context& io, std::chrono::milliseconds limit, Done done) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(10ms);
}

model::Policy released_after(std::chrono::milliseconds wait) {
  model::Policy policy;
  policy.gates.startup_max_wait = wait;
  return policy;
}

}  // namespace

TEST_CASE("a change is judged and published before it returns, and told once with its events") {
  boost::asio::io_context io;
  int told = 0;
  std::vector<std::string> messages;
  app::Store store(io.get_executor(), wall,
                   [&](const model::World& before, const model::World& after, const app::Store::Events& events) {
                     ++told;
                     CHECK(before.snapshot != after.snapshot);
                     for (const auto& event : events) messages.push_back(event->message);
                   });
  const auto before = store.world();
  store.change([](model::Snapshot& snapshot) { snapshot.config.error = "c.toml:1:1: no"; });
  CHECK(told == 1);
  CHECK(before.snapshot->config.error.empty());
  CHECK(store.snapshot().config.error == "c.toml:1:1: no");
  REQUIRE(store.world().verdict->findings.size() == 1);
  REQUIRE_FALSE(messages.empty());
  CHECK(messages.front() == "configuration rejected: c.toml:1:1: no");
  CHECK(store.snapshot().events.size() == messages.size());
}

TEST_CASE("a change that time alone brings happens at its instant, with nobody reading") {
  boost::asio::io_context io;
  std::optional<common::WallTime> released;
  app::Store store(io.get_executor(), wall,
                   [&](const model::World&, const model::World& after, const app::Store::Events&) {
                     if (after.verdict->startup_released && !released) released = after.verdict->at;
                   });
  const auto start = store.snapshot().started_at;
  store.change(released_after(80ms), [](model::Snapshot&) {});
  CHECK_FALSE(released);
  run_until(io, 2s, [&] { return released.has_value(); });
  REQUIRE(released);
  CHECK(*released - start >= 75ms);  // the two clocks are read one after the other
  CHECK(*released - start < 2s);
  CHECK(store.world().verdict->started);
}

TEST_CASE("the list of events is bounded") {
  boost::asio::io_context io;
  app::Store store(io.get_executor(), wall, [](const auto&, const auto&, const auto&) {});
  for (std::size_t i = 0; i < model::events_kept + 50; ++i) {
    store.change([&](model::Snapshot& snapshot) { snapshot.config.error = "error " + std::to_string(i); });
  }
  CHECK(store.snapshot().events.size() == model::events_kept);
}

TEST_CASE("a store that is gone is not judged by its timer") {
  boost::asio::io_context io;
  auto store = std::make_unique<app::Store>(io.get_executor(), wall, [](const auto&, const auto&, const auto&) {});
  store->change(released_after(1ms), [](model::Snapshot&) {});
  std::this_thread::sleep_for(5ms);
  store.reset();
  io.run_for(20ms);
}

TEST_CASE("a new configuration keeps what is still wanted and drops the rest") {
  model::Snapshot snapshot;
  config::Config config;
  config.group.spelled.name = "a";
  config.group.spelled.node = "a-1";
  config.group.spelled.nodes = {"a-1", "a-2"};
  config.group.spelled.primary.domain = "example.test";
  config.secrets.client = "";
  const auto now = wall();
  app::adopt(snapshot, config, "h1", now);
  REQUIRE(snapshot.secrets.size() == 3);
  REQUIRE(snapshot.names.size() == 4);
  const auto kept_name = snapshot.names.front();
  const auto kept_secret = snapshot.secrets.front();

  config.group.spelled.nodes = {"a-1"};
  config.secrets.client_ca = "/elsewhere";
  app::adopt(snapshot, config, "h2", now + 1s);
  CHECK(snapshot.names.size() == 3);
  CHECK(snapshot.names.front() == kept_name);
  CHECK(snapshot.secrets.front() == kept_secret);
  CHECK(snapshot.secrets.back()->directory == "/elsewhere");
  CHECK(snapshot.config.hash == "h2");
}
