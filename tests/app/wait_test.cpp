// How a wait ends: by what is said of the gate, by its time, by a silence.
#include "agent/app/wait.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace std::chrono_literals;
using app::GateSaid;
using app::WaitEnd;

namespace {

const GateSaid held = views::GateReport{false, false, {{"secret-server", "malformed-pem"}}};
const GateSaid opened = views::GateReport{true, false, {}};
const GateSaid released = views::GateReport{true, true, {{"secret-server", "malformed-pem"}}};
const GateSaid nothing = common::Error{"Connection refused"};

/// One answer each 20 ms, the last for ever.
struct Answers {
  std::vector<GateSaid> all;
  std::size_t at = 0;
  boost::asio::awaitable<GateSaid> next(common::SteadyTime until) {
    co_await common::sleep_until(std::min(until, std::chrono::steady_clock::now() + 20ms));
    co_return all.at(std::min(at++, all.size() - 1));
  }
};

struct Waited {
  app::WaitOutcome outcome;
  std::size_t told = 0;
};

Waited wait(std::vector<GateSaid> answers, app::WaitBounds bounds) {
  boost::asio::io_context io{1};
  Answers source{std::move(answers)};
  Waited waited;
  boost::asio::co_spawn(io,
                        app::wait_for_gate([&source](common::SteadyTime until) { return source.next(until); }, bounds,
                                           [&waited](const GateSaid&, std::chrono::nanoseconds) { ++waited.told; }),
                        [&waited](const std::exception_ptr& bug, app::WaitOutcome outcome) {
                          REQUIRE_FALSE(bug);
                          waited.outcome = std::move(outcome);
                        });
  io.run();
  return waited;
}

}  // namespace

TEST_CASE("a wait ends when the gate opens, and says how it opened") {
  for (const auto& bounds : {app::WaitBounds{}, app::WaitBounds{10s, 10s}}) {
    const auto passed = wait({nothing, held, held, opened}, bounds);
    CHECK(passed.outcome.end == WaitEnd::passed);
    CHECK(passed.told == 3);
    CHECK(passed.outcome.waited >= 80ms);
    CHECK(wait({held, released}, bounds).outcome.end == WaitEnd::released);
    CHECK(wait({opened}, bounds).told == 0);
  }
}

TEST_CASE("a wait ends when its time is up, whatever is said") {
  for (const auto& said : {held, nothing}) {
    const auto ended = wait({said}, {100ms, 10s}).outcome;
    CHECK(ended.end == WaitEnd::timed_out);
    CHECK(ended.last.has_value() == said.has_value());
    CHECK(ended.waited >= 100ms);
    CHECK(ended.waited < 5s);
  }
}

TEST_CASE("only a silence in a row ends a wait") {
  const auto ended = wait({nothing}, {0ms, 100ms}).outcome;
  CHECK(ended.end == WaitEnd::silent);
  CHECK(ended.last.error().message == "Connection refused");
  CHECK(ended.waited >= 100ms);
  CHECK(wait({nothing}, {10s, 100ms}).outcome.end == WaitEnd::silent);

  std::vector<GateSaid> answers;
  for (int i = 0; i < 30; ++i) answers.insert(answers.end(), {nothing, nothing, held});
  answers.push_back(opened);
  const auto long_enough = wait(answers, {0ms, 400ms}).outcome;
  CHECK(long_enough.end == WaitEnd::passed);
}
