#include "common/time.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using common::parse_duration;
using common::parse_rfc3339;
using common::WallTime;

TEST_CASE("RFC 3339 times read back as written") {
  CHECK(common::to_rfc3339(WallTime{1'700'000'000s}) == "2023-11-14T22:13:20Z");
  CHECK(common::to_rfc3339(WallTime{1'700'000'000s + 7ms}, true) == "2023-11-14T22:13:20.007Z");
  CHECK(*parse_rfc3339("2023-11-14T22:13:20Z") == WallTime{1'700'000'000s});
  CHECK(*parse_rfc3339("2023-11-15T00:13:20.5+02:00") == WallTime{1'700'000'000s + 500ms});
  CHECK(*parse_rfc3339("1969-12-31T23:59:59Z") == WallTime{-1s});
  for (const auto* bad :
       {"", "2023", "2023-13-01T00:00:00Z", "2023-02-30T00:00:00Z", "2023-11-14T22:13:20", "2023-11-14T22:13:20+1",
        "2023-11-14T22:13:20.Z", "9999-01-01T00:00:00Z", "2023-11-14T22:13:20Zx"}) {
    INFO(bad);
    CHECK_FALSE(parse_rfc3339(bad).has_value());
  }
}

TEST_CASE("durations have a unit, are bounded and read back") {
  CHECK(*parse_duration("250ms") == 250ms);
  CHECK(*parse_duration("30d") == 720h);
  CHECK(*parse_duration("1h30m") == 90min);
  CHECK(*parse_duration("0s") == 0s);
  for (const auto* bad : {"", "5", "-5s", "5 s", "s", "5x", "1.5h", "99999999999999999999s", "400000d", "100y"}) {
    INFO(bad);
    CHECK_FALSE(parse_duration(bad).has_value());
  }
  for (const auto* text : {"250ms", "90s", "5m", "2h", "30d", "0s"})
    CHECK(common::to_text(*parse_duration(text)) == text);
}

TEST_CASE("durations for people have two units at most") {
  CHECK(common::human(89 * 24h) == "89 days");
  CHECK(common::human(76h) == "3 d 4 h");
  CHECK(common::human(-90s) == "1 min 30 s");
  CHECK(common::human(120ms) == "120 ms");
}
