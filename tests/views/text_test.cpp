#include "agent/views/text.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/views/log_line.hpp"

using namespace std::string_literals;

TEST_CASE("bytes that are no UTF-8 are replaced, one by one") {
  const struct {
    std::string in, out;
  } table[]{
      {"", ""},
      {"plain", "plain"},
      {"Ünïcode €, 𝄞", "Ünïcode €, 𝄞"},
      {"\xff"s, "\uFFFD"},
      {"a\xc3"s, "a\uFFFD"},
      {"\xc0\xaf"s, "\uFFFD\uFFFD"},                      // overlong '/'
      {"\xe0\x80\xaf"s, "\uFFFD\uFFFD\uFFFD"},            // overlong, three bytes
      {"\xed\xa0\x80"s, "\uFFFD\uFFFD\uFFFD"},            // surrogate
      {"\xf4\x90\x80\x80"s, "\uFFFD\uFFFD\uFFFD\uFFFD"},  // above U+10FFFF
      {"\xf0\x9d\x84"s, "\uFFFD\uFFFD\uFFFD"},            // cut off
      {"\x80ok"s, "\uFFFDok"},
  };
  for (const auto& row : table) CHECK(views::valid_utf8(row.in) == row.out);
}

TEST_CASE("printable text has one line and no control characters") {
  CHECK(views::printable("a\nb\r\tc\x1b[31m\x7f"s) == "a\\nb\\r\\tc\\x1b[31m\\x7f");
  CHECK(views::printable("nul\0!"s) == "nul\\x00!");
  CHECK(views::printable("abc\u202Edef") == "abc\\u202edef");
  CHECK(views::printable("\u0085") == "\\x85");
  CHECK(views::printable("zero\u200bwidth") == "zero\\u200bwidth");
}

TEST_CASE("limits cut between characters and between escapes") {
  CHECK(views::printable("abcdef", 6) == "abcdef");
  CHECK(views::printable("abcdefg", 6) == "abc…");
  CHECK(views::printable("ab€€€", 8) == "ab€…");
  CHECK(views::printable("ab\x1b\x1b", 9) == "ab\\x1b…");
  CHECK(views::cut("abcdefg", 6) == "abc…");
  CHECK(views::cut("€€€", 9) == "€€€");
  CHECK(views::cut("€€€€", 9) == "€€…");
  CHECK(views::cut("€€€€", 8) == "€…");
  for (std::size_t limit = 3; limit < 40; ++limit) {
    const std::string shown = views::printable("Ünïcode \x1b\u202E€𝄞\xff and some more of it, long enough", limit);
    CHECK(shown.size() <= limit);
    CHECK(views::valid_utf8(shown) == shown);
  }
}

TEST_CASE("width counts columns") {
  CHECK(views::width("abc") == 3);
  CHECK(views::width("Ünï") == 3);
  CHECK(views::width("u\u0308") == 1);
  CHECK(views::width("証明書") == 6);
  CHECK(views::width("") == 0);
}

TEST_CASE("HTML is escaped") {
  CHECK(views::html("<a href=\"x\" b='y'>&amp;") == "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
  CHECK(views::html("\x01<") == "\\x01&lt;");
}

TEST_CASE("wrapping keeps words and widths") {
  CHECK(views::wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(views::wrap("averylongword b", 5) == std::vector<std::string>{"averylongword", "b"});
  CHECK(views::wrap("", 5) == std::vector<std::string>{""});
  CHECK(views::wrap("a  b", 5) == std::vector<std::string>{"a b"});
}

TEST_CASE("counts in words") {
  CHECK(views::count_of(1, "name") == "1 name");
  CHECK(views::count_of(0, "name") == "0 names");
  CHECK(views::count_of(2, "critical", "critical") == "2 critical");
}
