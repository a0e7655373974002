// No minute sees more questions begun than allowed.
#include "agent/rules/query_ceiling.hpp"

#include <catch2/catch_test_macros.hpp>
#include <deque>

using namespace std::chrono_literals;
using Time = rules::QueryCeiling::Time;

TEST_CASE("whoever asks whenever there is room never gets beyond the ceiling in any minute, nor far below it") {
  for (const auto step : {1ms, 7ms, 250ms, 450ms}) {
    rules::QueryCeiling ceiling(120);
    std::deque<Time> asked;
    std::size_t total = 0;
    const Time begin{1'000'000'123ms};
    for (Time now = begin; now < begin + 10min; now += step) {
      if (!ceiling.room(now)) continue;
      ceiling.asked(now);
      asked.push_back(now);
      ++total;
      while (asked.front() <= now - 60s) asked.pop_front();
      REQUIRE(asked.size() <= 120);
    }
    INFO(step.count());
    CHECK(total >= 1150);  // ten minutes' worth, less what slots of a second cost
  }
}

TEST_CASE("what goes beyond, because it was under way, is made up for") {
  rules::QueryCeiling ceiling(60);
  const Time begin{5s};
  for (int i = 0; i < 100; ++i) ceiling.asked(begin);
  for (int i = 0; i < 50; ++i) ceiling.asked(begin + 30s);
  CHECK_FALSE(ceiling.room(begin + 59s));
  CHECK(ceiling.in_last_minute(begin + 59s) == 150);
  CHECK(ceiling.room(begin + 61s));
  CHECK(ceiling.in_last_minute(begin + 61s) == 50);
  CHECK(ceiling.in_last_minute(begin + 91s) == 0);
  CHECK(ceiling.in_last_minute(begin + 24h) == 0);
}
