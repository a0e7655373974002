#include "agent/app/supervisor.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

#include "common/deadline.hpp"

using namespace std::chrono_literals;

namespace {

common::WallTime wall() { return std::chrono::system_clock::now(); }

boost::asio::awaitable<void> throws_once(int& runs, app::PulseRef pulse) {
  pulse->beat(wall(), 60s);
  if (++runs == 1) throw std::runtime_error("the world broke");
  co_await common::sleep_for(1h);
}

boost::asio::awaitable<void> sleeps(bool& ended, app::PulseRef pulse) {
  pulse->beat(wall(), 60s);
  try {
    co_await common::sleep_for(1h);
  } catch (...) {
    ended = true;
    throw;
  }
}

boost::asio::awaitable<void> stuck(int& runs, app::PulseRef pulse) {
  // The first run never comes round; the second behaves.
  if (++runs > 1) pulse->beat(wall(), 60s);
  co_await common::sleep_for(1h);
}

boost::asio::awaitable<void> stop(app::Supervisor& supervisor, bool& stopped) {
  co_await supervisor.stop(1s);
  stopped = true;
}

struct Rig {
  boost::asio::io_context io;
  app::Store store{io.get_executor(), wall, [](const auto&, const auto&, const auto&) {}};
  app::Supervisor supervisor{io.get_executor(), store, 50ms};

  template <class Done>
  bool run_until(std::chrono::milliseconds limit, Done done) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!done() && std::chrono::steady_clock::now() < end) io.run_one_for(10ms);
    return done();
  }
};

}  // namespace

TEST_CASE("a loop that throws is counted, said and started again") {
  Rig rig;
  int runs = 0;
  rig.supervisor.start(model::Monitor::dns, [&](app::PulseRef pulse) { return throws_once(runs, std::move(pulse)); });
  CHECK(rig.run_until(5s, [&] { return runs == 2; }));
  CHECK(rig.store.snapshot().of(model::Monitor::dns).restarts == 1);
  CHECK(rig.store.snapshot().of(model::Monitor::dns).last_error == "the world broke");
  REQUIRE_FALSE(rig.store.snapshot().events.empty());
  CHECK(rig.supervisor.last_run(model::Monitor::dns));
  CHECK_FALSE(rig.supervisor.last_run(model::Monitor::secrets));
}

TEST_CASE("a loop that does not come round is restarted and, once it does, no longer stuck") {
  Rig rig;
  int runs = 0;
  rig.supervisor.start(model::Monitor::secrets, [&](app::PulseRef pulse) { return stuck(runs, std::move(pulse)); });
  CHECK(rig.run_until(5s, [&] { return runs == 2; }));
  CHECK(rig.store.snapshot().of(model::Monitor::secrets).stuck_since);
  CHECK_FALSE(rig.store.snapshot().of(model::Monitor::secrets).fails_liveness);
  CHECK(rig.store.snapshot().of(model::Monitor::secrets).restarts == 1);
  CHECK(rig.run_until(10s, [&] { return !rig.store.snapshot().of(model::Monitor::secrets).stuck_since; }));
}

TEST_CASE("stopping cancels the loops and waits for their end") {
  Rig rig;
  bool ended = false, stopped = false;
  rig.supervisor.start(model::Monitor::dns, [&](app::PulseRef pulse) { return sleeps(ended, std::move(pulse)); });
  rig.io.run_for(20ms);
  boost::asio::co_spawn(rig.io, stop(rig.supervisor, stopped), [](const std::exception_ptr&) {});
  CHECK(rig.run_until(2s, [&] { return stopped; }));
  CHECK(ended);
  CHECK(rig.store.snapshot().of(model::Monitor::dns).restarts == 0);
}
