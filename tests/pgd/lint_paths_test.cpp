#include "agent/pgd/lint_paths.hpp"

#include <catch2/catch_test_macros.hpp>
#include <utility>
#include <vector>

namespace {

using pgd::ScalarType;
using pgd::Spot;

pgd::YamlNode read(const std::string& text) {
  auto documents = pgd::read_yaml(text);
  REQUIRE(documents.has_value());
  return documents->at(0);
}

}  // namespace

// As an API server answered for the value of a label: only texts are taken, and null counts as absent.
TEST_CASE("scalars as Kubernetes reads them") {
  const std::vector<std::pair<std::string, ScalarType>> table{
      {"plain", ScalarType::text},      {"-dc1", ScalarType::text},
      {"2020-01-01", ScalarType::text}, {"1:30", ScalarType::text},
      {"\"7\"", ScalarType::text},      {"'yes'", ScalarType::text},
      {"1.2.3", ScalarType::text},      {"0x", ScalarType::text},
      {"1e", ScalarType::text},         {".", ScalarType::text},
      {"Infinity", ScalarType::text},   {"yEs", ScalarType::text},
      {"y", ScalarType::boolean},       {"NO", ScalarType::boolean},
      {"on", ScalarType::boolean},      {"True", ScalarType::boolean},
      {"Off", ScalarType::boolean},     {"7", ScalarType::integer},
      {"-1", ScalarType::integer},      {"+1", ScalarType::integer},
      {"0x10", ScalarType::integer},    {"1_000", ScalarType::integer},
      {"010", ScalarType::integer},     {"0o10", ScalarType::integer},
      {"0b11", ScalarType::integer},    {"1e3", ScalarType::integer},
      {"1.0", ScalarType::integer},     {"2.5", ScalarType::number},
      {".5", ScalarType::number},       {".inf", ScalarType::number},
      {"-.INF", ScalarType::number},    {".nan", ScalarType::number},
      {"1e999", ScalarType::number},    {"99999999999999999999", ScalarType::number},
  };
  for (const auto& [text, type] : table) {
    INFO(text);
    const auto document = read("key: " + text + "\n");
    CHECK(pgd::scalar_type(*document.find("key")) == type);
    CHECK((Spot(document) / "key").text().empty() == (type != ScalarType::text));
  }
}

TEST_CASE("integers and booleans") {
  const auto document = read("a: 0x10\nb: 010\nc: -1_000\nd: 1e3\ne: text\nf: yes\ng: off\nh: On\ni: \"true\"\nj: n\n");
  const Spot root(document);
  CHECK((root / "a").integer(5) == 16);
  CHECK((root / "b").integer(5) == 8);
  CHECK((root / "c").integer(5) == -1000);
  CHECK((root / "d").integer(5) == 1000);
  CHECK((root / "e").integer(5) == 5);
  CHECK((root / "none").integer(5) == 5);
  CHECK((root / "f").is_true());
  CHECK_FALSE((root / "g").is_true());
  CHECK((root / "h").is_true());
  CHECK_FALSE((root / "i").is_true());
  CHECK_FALSE((root / "j").is_true());
}

TEST_CASE("paths and lines, also of what is missing") {
  const auto document = read(
      "a:\n  b:\n    c: 1\n    'x.y/z': text\n    list:\n    - one\n    - k: v\n  empty:\n  last: >-\n    folded\n");
  const Spot root(document);
  const auto check = [](const Spot& at, const std::string& path, int line, bool given) {
    INFO(at.path());
    CHECK(at.path() == path);
    CHECK(at.line() == line);
    CHECK(at.given() == given);
  };
  check(root / "a", ".a", 1, true);
  check(root / "a" / "b", ".a.b", 2, true);
  check(root / "a" / "b" / "c", ".a.b.c", 3, true);
  check(root / "a" / "b" / "x.y/z", ".a.b[\"x.y/z\"]", 4, true);
  check(root / "a" / "b" / "nothing" / "below", ".a.b.nothing.below", 2, false);
  check(root / "a" / "empty", ".a.empty", 8, false);
  check(root / "a" / "c" / "d", ".a.c.d", 1, false);
  const auto items = (root / "a" / "b" / "list").items();
  REQUIRE(items.size() == 2);
  check(items[0], ".a.b.list[0]", 6, true);
  check(items[1] / "k", ".a.b.list[1].k", 7, true);
  check(items[1] / "l", ".a.b.list[1].l", 7, false);
}

TEST_CASE("quoting is short and printable") {
  CHECK(pgd::in_quotes("a b") == "\"a b\"");
  CHECK(pgd::in_quotes(std::string_view("\0\n\x7F\xC3", 4)) == "\"\\x00\\x0a\\x7f\\xc3\"");
  CHECK(pgd::in_quotes(std::string(80, 'x')) == "\"" + std::string(80, 'x') + "\"");
  CHECK(pgd::in_quotes(std::string(81, 'x')) == "\"" + std::string(80, 'x') + "...\"");
}
