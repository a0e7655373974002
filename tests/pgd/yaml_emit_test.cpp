#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

#include "agent/pgd/yaml.hpp"

namespace {

using pgd::to_yaml;
using pgd::YamlKind;
using pgd::YamlNode;

/// The same but for places, and for quotes that tell nothing: a text that is one either way.
bool same(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() ||
      a.members.size() != b.members.size()) {
    return false;
  }
  const bool ambiguous = a.is_scalar() && YamlNode::string(a.text).quoted;
  if (ambiguous && a.quoted != b.quoted) return false;
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same(a.items[i], b.items[i])) return false;
  }
  for (std::size_t i = 0; i < a.members.size(); ++i) {
    if (a.members[i].key != b.members[i].key || !same(a.members[i].value, b.members[i].value)) return false;
  }
  return true;
}

void check_read_back(const YamlNode& node) {
  const std::string text = to_yaml(node);
  CAPTURE(text);
  const auto read = pgd::read_yaml(text);
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 1);
  CHECK(same(node, read->front()));
}

const std::vector<std::string> nasty{
    "",
    "a",
    " x",
    "x ",
    "yes",
    "No",
    "on",
    "y",
    "true",
    "TRUE",
    "null",
    "~",
    "1e3",
    "0x1",
    "0o17",
    "017",
    "0b1",
    "1_000",
    "1",
    "-1",
    "+1",
    "1.5",
    ".5",
    "-.inf",
    ".NaN",
    "12:30:45",
    "2026-01-01",
    "a: b",
    "a:",
    ":a",
    ": a",
    "a #b",
    "a#b",
    "#c",
    "- x",
    "-",
    "-x",
    "--",
    "---",
    "--- a",
    "...",
    "?",
    "? x",
    "?x",
    "{node_svc}",
    "[a]",
    "a, b",
    ",",
    "@",
    "`a`",
    "%a",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'",
    "\"",
    "it's",
    "\"a\"",
    "a'b\"c",
    "\\",
    "a\\nb",
    "\t",
    "a\tb",
    "a\n",
    "a\nb",
    "a\nb\n",
    "a\n\nb\n",
    "a\n\n",
    "\n",
    "\na",
    " a\nb",
    "a\n b\n",
    "a\n  \nb",
    "a \nb",
    "a\n---\nb\n",
    "a\n#b\n",
    "a\n\tb\n",
    "\r",
    "a\r\nb",
    "\x01",
    "\x1B[0m",
    "\x7F",
    "\xC2\x85",
    "\xC2\x9B",
    "\xC2\xA0",
    "\xE2\x80\xA8",
    "\xC3\xA9",
    "<<",
    "=",
    "\xEF\xBB\xBF",
    "\xF0\x9F\x98\x80",
    "10.0.0.1",
    "24h",
    "2160h0m0s",
    "a:b",
    "::1",
    "*.example.com",
    "-----BEGIN",
    "%",
    "a%",
    "ff:fe",
    "[::]:80",
    std::string(1, '\0'),
    std::string("a\0b", 3),
    std::string(3000, 'x'),
    std::string(300, ' ') + "x",
};

}  // namespace

TEST_CASE("texts are read back as they were, as values, items and keys") {
  for (const auto& text : nasty) {
    CAPTURE(text);
    auto in_mapping = YamlNode::mapping();
    in_mapping.set("before", YamlNode::string("b"));
    in_mapping.set("key", YamlNode::string(text));
    in_mapping.set("after", YamlNode::mapping()).set("deeper", YamlNode::string(text));
    check_read_back(in_mapping);
    auto in_sequence = YamlNode::sequence();
    in_sequence.add(YamlNode::string(text));
    in_sequence.add(YamlNode::sequence()).add(YamlNode::string(text));
    in_sequence.add(YamlNode::mapping()).set("k", YamlNode::sequence()).add(YamlNode::string(text));
    check_read_back(in_sequence);
    check_read_back(YamlNode::string(text));
    if (text.size() > 500 || text.find_first_of(std::string("\0\x01\t\n\r\x1B\x7F", 7)) != std::string::npos) continue;
    auto as_key = YamlNode::mapping();
    as_key.set(text, YamlNode::string("x"));
    as_key.set("k" + text, YamlNode::sequence()).add(YamlNode::mapping()).set(text, YamlNode{});
    check_read_back(as_key);
  }
}

TEST_CASE("plain scalars are written as they are") {
  auto node = YamlNode::mapping();
  for (const char* text : {"1", "true", "0x1", "1e3", "on", "2026-01-01"}) node.set(text, YamlNode::plain(text));
  check_read_back(node);
  CHECK(to_yaml(YamlNode::plain("8443")) == "8443\n");
  CHECK(to_yaml(YamlNode::string("8443")) == "\"8443\"\n");
}

TEST_CASE("random trees are read back") {
  std::mt19937 random(20260901);
  const auto pick = [&](std::size_t below) { return random() % below; };
  for (int round = 0; round < 500; ++round) {
    YamlNode root = pick(2) ? YamlNode::mapping() : YamlNode::sequence();
    std::vector<YamlNode*> path{&root};
    for (int step = 0; step < 20; ++step) {
      YamlNode value = YamlNode::string(nasty[pick(nasty.size())]);
      const auto kind = pick(5);
      if (kind == 0) value = YamlNode::mapping();
      if (kind == 1) value = YamlNode::sequence();
      if (kind == 2) value = YamlNode{};
      YamlNode& parent = *path.back();
      YamlNode& added =
          parent.is_mapping() ? parent.set("k" + std::to_string(step), std::move(value)) : parent.add(std::move(value));
      if (kind < 2 && path.size() < 20) {
        path.push_back(&added);
      } else if (path.size() > 1 && pick(3) == 0) {
        path.pop_back();
      }
    }
    check_read_back(root);
  }
}

TEST_CASE("written as kubectl would") {
  auto node = YamlNode::mapping();
  node.set("apiVersion", YamlNode::string("v1"));
  auto& metadata = node.set("metadata", YamlNode::mapping());
  metadata.set("name", YamlNode::string("g-1-node"));
  metadata.set("annotations", YamlNode::mapping()).set("on", YamlNode::string("true"));
  metadata.set("labels", YamlNode::mapping());
  auto& spec = node.set("spec", YamlNode::mapping());
  auto& ports = spec.set("ports", YamlNode::sequence());
  auto& port = ports.add(YamlNode::mapping());
  port.set("port", YamlNode::plain("5432"));
  port.set("names", YamlNode::sequence()).add(YamlNode::string("{x}"));
  ports.add(YamlNode::sequence()).add(YamlNode::string("*.a"));
  spec.set("note", YamlNode::string("a\nb\n"));
  spec.set("nothing", YamlNode{});
  spec.set("none", YamlNode::sequence());
  CHECK(to_yaml(node) ==
        "apiVersion: v1\n"
        "metadata:\n"
        "  name: g-1-node\n"
        "  annotations:\n"
        "    \"on\": \"true\"\n"
        "  labels: {}\n"
        "spec:\n"
        "  ports:\n"
        "  - port: 5432\n"
        "    names:\n"
        "    - '{x}'\n"
        "  - - '*.a'\n"
        "  note: |\n"
        "    a\n"
        "    b\n"
        "  nothing: null\n"
        "  none: []\n");
}

TEST_CASE("a member set again keeps its place") {
  auto node = YamlNode::mapping();
  node.set("a", YamlNode::string("1"));
  node.set("b", YamlNode::string("2"));
  node.set("a", YamlNode::plain("3"));
  CHECK(to_yaml(node) == "a: 3\nb: \"2\"\n");
}
