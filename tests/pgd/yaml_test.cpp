#include "agent/pgd/yaml.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace {

using pgd::read_yaml;
using pgd::YamlKind;
using pgd::YamlNode;

/// A tree on one line: quoted scalars in quotes, null as ~.
std::string shown(const YamlNode& node) {
  std::string out;
  switch (node.kind) {
    case YamlKind::null: return "~";
    case YamlKind::scalar: return node.quoted ? '"' + node.text + '"' : node.text;
    case YamlKind::sequence:
      for (const auto& item : node.items) out += (out.empty() ? "" : ", ") + shown(item);
      return '[' + out + ']';
    case YamlKind::mapping:
      for (const auto& [key, at, value] : node.members) out += (out.empty() ? "" : ", ") + key + ": " + shown(value);
      return '{' + out + '}';
  }
  return out;
}

/// All documents, or "line:column why".
std::string shown(const std::string& text, const pgd::YamlLimits& limits = {}) {
  const auto read = read_yaml(text, limits);
  if (!read) {
    return std::to_string(read.error().at.line) + ":" + std::to_string(read.error().at.column) + " " + read.error().why;
  }
  std::string out;
  for (const auto& document : *read) out += (out.empty() ? "" : " --- ") + shown(document);
  return out;
}

std::string place(const YamlNode* node) {
  return node ? std::to_string(node->at.line) + ":" + std::to_string(node->at.column) : "none";
}

}  // namespace

TEST_CASE("what manifests are written in") {
  const struct {
    const char* what;
    const char* text;
    const char* tree;
  } examples[] = {
      {"nothing", "", ""},
      {"only comments", "# a\n\n  # b\n", ""},
      {"a mapping", "a: b\n", "{a: b}"},
      {"no final newline", "a: b", "{a: b}"},
      {"trailing blank lines", "a: b\n\n\n  \n", "{a: b}"},
      {"a document's start", "---\na: b\n", "{a: b}"},
      {"a document's start and a blank line", "---\n\na: b\n", "{a: b}"},
      {"documents", "a: b\n---\nc: d\n---\n- e\n", "{a: b} --- {c: d} --- [e]"},
      {"empty documents", "---\n---\na: b\n---\n# nothing\n---\n", "{a: b}"},
      {"a document's end", "a: b\n...\n# more\n\nc: d\n...\n", "{a: b} --- {c: d}"},
      {"a directive", "%YAML 1.2\n---\na: b\n...\n%YAML 1.2\n---\nc: d\n", "{a: b} --- {c: d}"},
      {"a comment with less indent than its parent", "a:\n  b:\n # here\n#and here\n    c: d\n", "{a: {b: {c: d}}}"},
      {"a comment at the line's end", "a: b # c\nd: e#f\n", "{a: b, d: e#f}"},
      {"blanks after a key", "a: \n  b: c   \nd:  \t\n  e: f\n", "{a: {b: c}, d: {e: f}}"},
      {"a flush sequence", "a:\n- b\n- c: d\n  e: f\ng: h\n", "{a: [b, {c: d, e: f}], g: h}"},
      {"an indented sequence", "a:\n  - b\n  -   c: d\n      e: f\n", "{a: [b, {c: d, e: f}]}"},
      {"sequences of sequences", "- - a\n  - b\n- - c\n", "[[a, b], [c]]"},
      {"quoted keys", "\"k8s.pgd/x\": 1\n'bdr.y': 2\n", "{k8s.pgd/x: 1, bdr.y: 2}"},
      {"keys that are no strings", "1: a\ntrue: b\n", "{1: a, true: b}"},
      {"explicit keys", "? a\n: b\n? c\n? d", "{a: b, c: ~, d: ~}"},
      {"a key alone", "a:", "{a: ~}"},
      {"keys without values in braces", "{a, b: , c: 1, 'd'}", "{a: ~, b: ~, c: 1, d: ~}"},
      {"quotes", "a: 'it''s'\nb: \"x\\ty\\u00e9\"\n", "{a: \"it's\", b: \"x\ty\xC3\xA9\"}"},
      {"an empty string is not null", "a: \"\"\nb: ''\nc:\n", "{a: \"\", b: \"\", c: ~}"},
      {"nulls", "[~, null, Null, NULL, 'null', nil]", "[~, ~, ~, ~, \"null\", nil]"},
      {"plain scalars stay texts", "[yes, 1e3, 0x1, 1_000, 12:30, 2026-01-01]",
       "[yes, 1e3, 0x1, 1_000, 12:30, 2026-01-01]"},
      {"a literal block", "a: |\n  x\n\n   y\nb: |-\n  z\n", "{a: \"x\n\n y\n\", b: \"z\"}"},
      {"a folded block", "a: >-\n  x\n  y\n", "{a: \"x y\"}"},
      {"a literal block with a document's start in it", "a: |\n  x\n  ---\n  y\n", "{a: \"x\n---\ny\n\"}"},
      {"a scalar on lines", "a: b\n  c\n\n  d\n", "{a: b c\nd}"},
      {"placeholders need quotes", "a: '{node_svc}'\nb: {node_svc}\n", "{a: \"{node_svc}\", b: {node_svc: ~}}"},
      {"duplicate keys are kept", "a: 1\na: 2\n", "{a: 1, a: 2}"},
      {"a merge key is a key", "<<: a\n", "{<<: a}"},
      {"empty collections", "a: {}\nb: []\n", "{a: {}, b: []}"},
      {"JSON", "{\"a\":{\"b\":[1,\"2\",true,null,{}]},\"c\":\"\\/\"}\n", "{a: {b: [1, \"2\", true, ~, {}]}, c: \"/\"}"},
      {"JSON on lines", "{\n  \"a\": [\n    1,\n    2\n  ]\n}\n", "{a: [1, 2]}"},
      {"JSON with tabs", "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}\n", "{a: {b: 1}}"},
      {"JSON's escaped surrogates", "{\"a\":\"\\ud83d\\ude00\",\"b\":\"\\\\ud83d\\\\ude00\"}",
       "{a: \"\xF0\x9F\x98\x80\", b: \"\\ud83d\\ude00\"}"},
      {"JSON documents", "{\"a\":1}\n---\n{\"b\":2}\n", "{a: 1} --- {b: 2}"},
      {"a byte order mark",
       "\xEF\xBB\xBF"
       "a: b\n",
       "{a: b}"},
      {"CRLF", "a: b\r\nc:\r\n- d\r\ne: |\r\n  f\r\n  g\r\n", "{a: b, c: [d], e: \"f\ng\n\"}"},
      {"CR", "a: b\rc: d\r", "{a: b, c: d}"},
      {"other letters", "a: \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n", "{a: \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80}"},
      {"tags of the core schema", "a: !!str 1\nb: !!int 1\nc: !!map {}\nd: !!seq []\ne: ! 2\n",
       "{a: \"1\", b: 1, c: {}, d: [], e: \"2\"}"},
  };
  for (const auto& example : examples) {
    INFO(example.what);
    CHECK(shown(example.text) == example.tree);
  }
}

TEST_CASE("every node knows its place") {
  const auto read = read_yaml(
      "# a comment\n"
      "a:\n"
      "  b: 'c'\n"
      "  empty:\n"
      "  d:\n"
      "  - e\n"
      "  -   f: g\n"
      "---\n"
      "h: |\n"
      "  text\n");
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 2);
  const YamlNode& first = read->front();
  CHECK(place(&first) == "2:1");
  CHECK(place(first.find("a")) == "3:3");
  CHECK(place(first.find({"a", "b"})) == "3:6");
  CHECK(place(first.find({"a", "empty"})) == "4:3");
  CHECK(place(first.find({"a", "d"})) == "6:3");
  CHECK(place(&first.find({"a", "d"})->items[0]) == "6:5");
  CHECK(place(&first.find({"a", "d"})->items[1]) == "7:7");
  CHECK(place(first.find({"a", "d"})->items[1].find("f")) == "7:10");
  CHECK(first.members[0].at == pgd::Place{2, 1});
  CHECK(first.find("a")->members[2].at == pgd::Place{5, 3});
  CHECK(place((*read)[1].find("h")) == "9:4");
  CHECK(place(&read_yaml("\xEF\xBB\xBF\r\na:\r\n  b: c\r\n")->front().find("a")->members[0].value) == "3:6");
}

TEST_CASE("members are found by key and by path; the last of a name counts") {
  const auto read = read_yaml("a: {b: 1, c: {d: 2}, b: 3}\ne: [f]\n");
  REQUIRE(read.has_value());
  const YamlNode& root = read->front();
  CHECK(root.find({"a", "b"})->text == "3");
  CHECK(root.find({"a", "c", "d"})->text == "2");
  CHECK(root.find({"a", "x", "d"}) == nullptr);
  CHECK(root.find({"e", "f"}) == nullptr);
  CHECK(root.find("x") == nullptr);
  CHECK(root.find(std::vector<std::string_view>{}) == &root);
}

TEST_CASE("what is refused, where and why") {
  const std::string tags = "tags are not read", anchors = "anchors are not read",
                    collection = "a collection as a key, or one without its end";
  const struct {
    std::string text;
    std::string error;
  } examples[] = {
      {"a: &x 1\nb: *x\n", "1:4 " + anchors},
      {"&x a: 1\n", "1:1 " + anchors},
      {"a: &x\n", "1:4 " + anchors},
      {"a: &x [1]\n", "1:4 " + anchors},
      {"a: &x {}\n", "1:4 " + anchors},
      {"a: *x\n", "1:4 aliases are not read"},
      {"a: !secret b\n", "1:4 " + tags},
      {"a: !!binary b\n", "1:4 " + tags},
      {"a: !!str [b]\n", "1:4 " + tags},
      {"a: !!python/object:os.system [b]\n", "1:4 " + tags},
      {"? [a]\n: b\n", "1:3 " + collection},
      {"{a: 1}: b\n", "1:1 " + collection},
      {": b\n", "1:1 a key that is null or missing"},
      {"~: b\n", "1:1 a key that is null or missing"},
      {"\"a\\nb\": c\n", "1:1 a key with a control character"},
      {std::string(501, 'a') + ": b\n", "1:1 a key longer than 500 bytes"},
      {"- a\nb: c\n", "2:1 text after the end of the document"},
      {"a: \xC3\xA9\n---\n'\xC3\xA9'\n'b'\n", "4:1 text after the end of the document"},
      {"a: \"b\n", "1:4 a string without its end"},
      {"a: 'it''s\n\n", "1:4 a string without its end"},
      {"- \"a\\\"\n", "1:3 a string without its end"},
      {"a: b\nc", "2:1 a key without a colon"},
      {"a:\n  b: c\n  \"d\"", "3:3 a key without a colon"},
      {"'a'\n'b'\n", "2:1 text after the end of the document"},
      {"{a: 1}\n{b: 2}\n", "2:1 text after the end of the document"},
      {"[a] b\n", "1:5 text after the end of the document"},
      {"a: \xFF\n", "1:4 not UTF-8"},
      {"a: \xC0\x80\n", "1:4 not UTF-8"},
      {"a: \xED\xA0\x80\n", "1:4 not UTF-8"},
      {"a: \xE2\x82", "1:4 not UTF-8"},
      {std::string("a: b\n\0c", 7), "2:1 a control character"},
      {"a: \x1B[31m\n", "1:4 a control character"},
      {"a: \x04\n", "1:4 a control character"},
      {"a: \x7F\n", "1:4 a control character"},
      {"a: \xC2\x9B\n", "1:4 a control character"},
      {"\xFF\xFE"
       "a",
       "1:1 not UTF-8"},
  };
  for (const auto& example : examples) {
    INFO(example.text.substr(0, 60));
    CHECK(shown(example.text) == example.error);
  }
}

TEST_CASE("what is no YAML is refused with its line") {
  for (const auto& [text, line] : std::vector<std::pair<std::string, int>>{
           {"a: b\n- c\n", 2},
           {"a: b\n]\n", 2},
           {"]", 1},
           {"}", 1},
           {"a:\n  - [b\n", 2},
           {"a:\n  {b: c\n", 2},
           {"a: b: c\n", 1},
           {"a:\n  b: c\n c: d\n", 3},
           {"a:\n\tb: c\n", 2},
           {"a: \"b", 1},
           {"a: \"\\q\"\n", 1},
           {"a: @b\n", 1},
           {"a: `b`\n", 1},
           {"%YAML 3.0\n---\na: b\n", 1},
           {"a: |x\n  b\n", 1},
       }) {
    CAPTURE(text);
    const auto read = read_yaml(text);
    REQUIRE(!read.has_value());
    CHECK(read.error().at.line == line);
    CHECK(!read.error().why.empty());
  }
}
