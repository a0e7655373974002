#include "agent/config/suggest.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>

#include "agent/config/quote.hpp"

using config::distance;
using config::nearest;

TEST_CASE("distance counts edits and swaps, not case or hyphens") {
  CHECK(distance("", "") == 0);
  CHECK(distance("", "abc") == 3);
  CHECK(distance("abc", "") == 3);
  CHECK(distance("interval", "interval") == 0);
  CHECK(distance("intervall", "interval") == 1);
  CHECK(distance("intreval", "interval") == 1);
  CHECK(distance("Server-CA", "server_ca") == 0);
  CHECK(distance("kitten", "sitting") == 3);
  CHECK(distance("ca", "abc") == 3);
}

TEST_CASE("the nearest word, where one is near enough") {
  constexpr std::array<std::string_view, 4> known{"interval", "interval_max", "window", "servers"};
  CHECK(nearest("intervl", known) == "interval");
  CHECK(nearest("interval-max", known) == "interval_max");
  CHECK(nearest("intervalmax", known) == "interval_max");
  CHECK(nearest("server", known) == "servers");
  CHECK(nearest("widnow", known) == "window");
  CHECK(nearest("password", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest("x", known).empty());
  CHECK(nearest(std::string(100'000, 'i'), known).empty());
  CHECK(nearest("window", {}).empty());
  CHECK(config::did_you_mean("widnow", known) == "; did you mean \"window\"?");
  CHECK(config::did_you_mean("password", known).empty());
}

TEST_CASE("foreign text in a message is one bounded line that no terminal acts on") {
  CHECK(config::in_quotes("plain") == "\"plain\"");
  CHECK(config::printable("a\nb\x1b[31m\x7f") == "a\\x0ab\\x1b[31m\\x7f");
  CHECK(config::printable("\xc2\x9b\xc3\xa9") == "\\xc2\\x9bé");
  CHECK(config::printable("\xff\xc0\xaf") == "\\xff\\xc0\\xaf");
  CHECK(config::printable(std::string(200, 'x')) == std::string(80, 'x') + "…");
  CHECK(config::printable(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  for (const auto* good : {"", "a", "é", "€", "😀", "\xf4\x8f\xbf\xbf"}) {
    INFO(good);
    CHECK(config::utf8_prefix(good) == std::string_view(good).size());
  }
  for (const auto* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\xc3"}) {
    CHECK(config::utf8_prefix(bad) == 0);
    CHECK(config::utf8_prefix(std::string("ok") + bad + "more") == 2);
  }
}
