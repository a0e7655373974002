// Syntax errors, and texts made to cost time, memory or stack.
#include <catch2/catch_test_macros.hpp>
#include <ctime>

#include "tests/config/environment.hpp"

using config::errors_of;
using config::longest_text;
using config::parse;

namespace {

std::string repeated(std::string_view unit, std::size_t bytes = longest_text) {
  std::string text;
  while (text.size() + unit.size() <= bytes) text += unit;
  return text;
}

/// `unit` with # replaced by a running number.
std::string numbered(const std::string& unit, std::size_t bytes = longest_text) {
  std::string text;
  for (int i = 0;; ++i) {
    std::string next = unit;
    next.replace(next.find('#'), 1, std::to_string(i));
    if (text.size() + next.size() > bytes) return text;
    text += next;
  }
}

}  // namespace

TEST_CASE("the first syntax error, with its line") {
  const struct {
    std::string text;
    std::string place;
    std::string part;
  } table[] = {
      {"listen = ", "f:1:", ""},
      {"a = 1\nb = 'x\nc = 2", "f:2:", ""},
      {"[dns]\nwindow = 1\nwindow = 2", "f:3:", "redefine"},
      {"[dns]\n[log]\n[dns]", "f:3:", "redefine"},
      {"\n\n[dns", "f:3:", ""},
      {"\nx = 99999999999999999999", "f:2:", ""},
      {std::string("a = 1\nb = \"x\0y\"", 15), "f:2:7: ", "a NUL byte: this is not a text file"},
      {"# ok\n# caf\xe9\n", "f:2:6: ", "a byte that is not UTF-8: \\xe9"},
      {"\x7f\x45\x4c\x46\x02\x01", "f:1:", ""},
      {"\n[# no key", "f:2:", "expected bare key"},
      {"a = 1\n  \xc3\xa9 = 1", "f:2:3: ", "only inside strings and comments"},
      {"a = \xc3\xa9", "f:1:5: ", "only inside strings and comments"},
      {"a = 1\xe3\x80\x81", "f:1:6: ", "only inside strings and comments"},
      {"a = \"\\\xc3\xa9\"", "f:1:7: ", "only inside strings and comments"},
      {"a = \"\"\"x\\\n  \xc3\xa9\"\"\"", "f:2:3: ", "only inside strings and comments"},
      {"name: yaml\nnodes:\n  - a\n", "f:1:", ""},
      {"{\"json\": 1}", "f:1:", ""},
  };
  for (const auto& [text, place, part] : table) {
    INFO(text);
    const auto errors = errors_of(text);
    INFO(errors);
    CHECK(errors.starts_with(place));
    CHECK(errors.find(part) != std::string::npos);
    CHECK(errors.find('\n') == std::string::npos);
    CHECK(errors.size() < 500);
  }
}

TEST_CASE("a text is at most 256 KiB") {
  const std::string comment = "#" + std::string(longest_text - 1, 'x');
  CHECK(errors_of(comment).empty());
  CHECK(errors_of(comment + "x") == "f:1:1: larger than 256 KiB (262145 bytes)");
}

TEST_CASE("depth is refused before it is built") {
  CHECK(errors_of("dns.window.a.b.c.d.e.f = 1") != "");
  CHECK(errors_of("\n a.b.c.d.e.f.g.h.i = 1") == "f:2:17: a key of too many parts, at most 8");
  CHECK(errors_of("x = " + std::string(17, '[')) == "f:1:21: brackets nested too deep, at most 16");
  // Dots and brackets inside strings and comments are text.
  const std::string dots = "a.b.c.d.e.f.g.h.i.j.k.l.m.n";
  const std::string fine[] = {
      "# " + dots + repeated("[", 100),
      "group.domain = \"" + dots + "\"",
      "group.domain = '" + dots + "'",
      "group.domain = \"\"\"" + dots + "\"\"\"",
      "group.domain = '''" + dots + "'''",
      "group.domain = \"\"\"\\\n  \\\n a.b\"\"\"",
      "group.extra_names = [\"" + dots + "\", '" + dots + ".x']",
      "secrets.server = \"/a\\\"" + repeated("[", 100) + "\"",
      "# \xc3\xa9\nsecrets.server = \"/\xc3\xa9\"\nsecrets.client = '/\xc3\xa9'",
      "\xef\xbb\xbflisten = \"[::]:1\"",
  };
  for (const auto& text : fine) {
    INFO(text);
    CHECK(errors_of(text).empty());
  }
}

TEST_CASE("hostile texts end within a second") {
  const std::string texts[] = {
      repeated("["),
      repeated("[["),
      "x = " + repeated("[", longest_text - 4),
      "x = " + repeated("{a=", longest_text - 4),
      "[" + repeated("a.", longest_text - 4) + "a]",
      repeated("a.", longest_text - 4) + "a = 1",
      repeated("\"\"."),
      repeated("\"a\" . ") + " = 1",
      repeated("[[a]]\n"),
      repeated("\n"),
      repeated("x = {}\n"),
      repeated("#\n"),
      repeated("\"\"\""),
      repeated("'''\n"),
      repeated("\""),
      "x = \"" + repeated("\\u0041", longest_text - 10) + "\"",
      "x = \"" + repeated("${A}", longest_text - 10) + "\"",
      "secrets.server = \"" + repeated("${A}", longest_text - 30) + "\"",
      "x = [" + repeated("1,", longest_text - 10) + "]",
      "group.nodes = [" + repeated("\"a\",", longest_text - 30) + "]",
      "group.extra_names = [" + numbered("\"a#\",", longest_text - 30) + "]",
      "group.additional = [" + repeated("{},", longest_text - 30) + "]",
      numbered("k# = 1\n"),
      numbered("[t#]\n"),
      numbered("[dns.t#]\n"),
      numbered("dns.interval# = 1\n"),
      "[dns]\n" + numbered("interva# = 1\n", longest_text / 2),
      std::string(longest_text, 'k') + "",
      "\xef\xbb\xbf" + repeated("\xc3\xa9 = 1\n", longest_text - 3),
      // toml++ takes letters outside its blanks for unreachable.
      "x = 0'''" + repeated("\xc4\x96\xd0\x96", longest_text - 10),
      "x = \xc4\x96 \xd0\x96",
      "x = 1" + std::string(longest_text - 5, '0'),
      "x = 0." + std::string(longest_text - 6, '1'),
  };
  for (const auto& text : texts) {
    INFO(text.substr(0, 40));
    const std::clock_t begin = std::clock();  // processor time: the machine may be busy with other tests
    const auto parsed = parse(text, "f", config::environment_of({{"A", std::string(10'000, 'a')}}));
    CHECK(std::clock() - begin < CLOCKS_PER_SEC);
    if (!parsed) {
      CHECK(parsed.error().size() <= 101);
      CHECK(to_text(parsed.error()).size() < 101 * 600);
    }
  }
}

TEST_CASE("more than a hundred errors are counted, not listed") {
  const auto parsed = parse(numbered("k# = 1\n"), "f", {});
  REQUIRE(parsed.has_error());
  REQUIRE(parsed.error().size() == 101);
  CHECK(parsed.error()[0].to_text() == "f:1:1: unknown key \"k0\"");
  CHECK(parsed.error()[99].line == 100);
  CHECK(parsed.error()[100].message.ends_with(" more errors from here on"));
}

TEST_CASE("a configuration comes to at most ten thousand names") {
  std::string entries, nodes;
  for (int i = 0; i < 30; ++i) entries += "{host_suffix = \"-x" + std::to_string(i) + "\"},";
  for (int i = 0; i < 1000; ++i) nodes += "\"a-" + std::to_string(i) + "\",";
  CHECK(errors_of("[group]\nname = \"a\"\nadditional = [" + entries + "]\nnodes = [" + nodes + "]") ==
        "f:4:9: group.nodes: the group comes to 31124 names, at most 10000 are watched");
  CHECK(errors_of("[group]\nname = \"a\"\nnodes = [" + nodes + "]").empty());
  CHECK(errors_of("[group]\nname = \"a\"\nnodes = [" + nodes + "\"b\"]") ==
        "f:3:9: group.nodes: at most 1000 elements, found 1001");
}
