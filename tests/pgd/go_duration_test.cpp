#include "agent/pgd/go_duration.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <vector>

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

struct Good {
  std::string text;
  nanoseconds value;
};
struct Bad {
  std::string text;
  std::string why;
};

}  // namespace

TEST_CASE("durations that Go reads") {
  const std::vector<Good> table{
      {"0", 0ns},
      {"-0", 0ns},
      {"0s", 0ns},
      {"2160h", 2160h},
      {"1h30m", 90min},
      {"1.5h", 90min},
      {".5s", 500ms},
      {"1.s", 1s},
      {"-5m", -5min},
      {"+5m", 5min},
      {"2160h0m0s", 2160h},
      {"1h1h", 2h},
      {"15ms", 15ms},
      {"3us", 3us},
      {"3\xC2\xB5s", 3us},
      {"3\xCE\xBCs", 3us},
      {"7ns", 7ns},
      {"0.000000001s", 1ns},
      {"0.3333333333333333333h", 20min},
      {"9223372036854775807ns", nanoseconds::max()},
      {"-9223372036854775808ns", nanoseconds::min()},
      {"9223372036.854775807s", nanoseconds::max()},
      {"2562047h47m16.854775807s", nanoseconds::max()},
  };
  for (const auto& row : table) {
    INFO(row.text);
    const auto value = pgd::parse_go_duration(row.text);
    REQUIRE(value.has_value());
    CHECK(*value == row.value);
  }
}

TEST_CASE("durations that Go refuses") {
  const std::vector<Bad> table{
      {"", "it is empty"},
      {"-", "it is empty"},
      {"90d", "unit \"d\" is none of ns, us, ms, s, m, h"},
      {"1w", "unit \"w\" is none of ns, us, ms, s, m, h"},
      {"2160H", "unit \"H\" is none of ns, us, ms, s, m, h"},
      {"2160 h", "unit \" h\" is none of ns, us, ms, s, m, h"},
      {"90", "a unit is missing"},
      {"1h30", "a unit is missing"},
      {"00", "a unit is missing"},
      {"h", "a number is missing"},
      {".h", "a number is missing"},
      {"1.2.3h", "a unit is missing"},
      {"--5m", "a number is missing"},
      {"1e3s", "unit \"e\" is none of ns, us, ms, s, m, h"},
      {"9223372036854775808ns", "it is too long"},
      {"9223372036855s1ms9223372036855s", "it is too long"},
      {"3000000h", "it is too long"},
      {"99999999999999999999h", "it is too long"},
  };
  for (const auto& row : table) {
    INFO(row.text);
    const auto value = pgd::parse_go_duration(row.text);
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().message == row.why);
  }
}

TEST_CASE("durations as Go writes them") {
  CHECK(pgd::go_duration(2160h) == "2160h0m0s");
  CHECK(pgd::go_duration(5min) == "5m0s");
  CHECK(pgd::go_duration(61s) == "1m1s");
  CHECK(pgd::go_duration(0s) == "0s");
  CHECK(pgd::go_duration(-90min) == "-1h30m0s");
  for (const auto& text : {"2160h0m0s", "1m1s", "59s"}) CHECK(pgd::go_duration(*pgd::parse_go_duration(text)) == text);
}

TEST_CASE("what is meant by days") {
  CHECK(pgd::in_hours("90d") == "2160h");
  CHECK(pgd::in_hours("2w") == "336h");
  CHECK(pgd::in_hours("1y") == "8760h");
  for (const auto& text : {"90", "d", "90h", "90dd", "1.5d", "", "99999999999999999999d", "-1d", "100001d"}) {
    INFO(text);
    CHECK(pgd::in_hours(text).empty());
  }
}
