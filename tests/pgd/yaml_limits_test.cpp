#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

#include "agent/pgd/yaml.hpp"
#include "agent/pgd/yaml_text.hpp"

using namespace std::chrono_literals;

namespace {

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string why(const std::string& text, const pgd::YamlLimits& limits) {
  const auto read = pgd::read_yaml(text, limits);
  return read ? std::to_string(read->size()) + " documents" : read.error().why;
}

/// Each one multiplies the one before by nine.
std::string alias_bomb() {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + repeated(", " + before, 8) + "]\n";
  }
  return text;
}

}  // namespace

TEST_CASE("hostile texts are refused, and soon") {
  const std::string values = "more than 20000 values", deep = "nested deeper than 32 levels",
                    documents = "more than 200 documents";
  const struct {
    const char* what;
    std::string text;
    std::string why;
  } examples[] = {
      {"10 MB", std::string(10'000'000, 'a'), "larger than 4 MiB"},
      {"10,000 documents", repeated("---\na: b\n", 10'000), documents},
      {"10,000 empty documents", repeated("---\n", 10'000), documents},
      {"10,000 documents' ends", repeated("a\n...\n", 10'000), documents},
      {"brackets", repeated("[", 10'000) + repeated("]", 10'000), deep},
      {"a million brackets", repeated("[", 1'000'000), values},
      {"brackets on lines", repeated("[\n", 10'000) + repeated("]\n", 10'000), deep},
      {"braces", repeated("{a: ", 10'000) + repeated("}", 10'000), deep},
      {"brackets without end", repeated("[", 10'000), "a collection as a key, or one without its end"},
      {"dashes", repeated("- ", 200'000), deep},
      {"keys in keys", repeated("? ", 10'000), "a collection as a key, or one without its end"},
      {"100,000 items", repeated("- a\n", 100'000), values},
      {"100,000 members", repeated("a: b\n", 100'000), values},
      {"100,000 flow items", "[" + repeated("a,", 100'000) + "a]", values},
      {"100,000 strings", "[" + repeated("\"a\",", 100'000) + "\"a\"]", values},
      {"100,000 empty mappings", repeated("- {}\n", 100'000), values},
      {"alias bomb", alias_bomb(), "anchors are not read"},
      {"100,000 tags", repeated("! ", 100'000), "cannot assign multiple tags to the same node"},
      {"no end of a string", "\"" + std::string(250'000, 'a'), "illegal EOF in scalar"},
      {"a key without an end", std::string(200'000, 'a') + ": b", "illegal map value"},
      {"indented further and further",
       [] {
         std::string text;
         for (int i = 0; i < 600; ++i) text += std::string(i, ' ') + "a:\n";
         return text;
       }(),
       deep},
  };
  for (const auto& example : examples) {
    INFO(example.what);
    CHECK(why(example.text, pgd::one_shot_limits) == example.why);
    CHECK(!pgd::read_yaml(example.text));
  }
}

TEST_CASE("limits are kept to the letter") {
  const pgd::YamlLimits limits{.bytes = 100, .documents = 3, .depth = 3, .nodes = 10};
  CHECK(why(std::string(100, 'a'), limits) == "1 documents");
  CHECK(why(std::string(101, 'a'), limits) == "larger than 100 bytes");
  CHECK(why("a\n---\nb\n---\nc\n", limits) == "3 documents");
  CHECK(why("a\n---\nb\n---\nc\n---\nd\n", limits) == "more than 3 documents");
  CHECK(why("[[[a]]]", limits) == "1 documents");
  CHECK(why("[[[[]]]]", limits) == "nested deeper than 3 levels");
  CHECK(why("[1,2,3,4,5,6,7,8,9]", limits) == "1 documents");
  CHECK(why("[1,2,3,4,5,6,7,8,9,0]", limits) == "more than 10 values");
  CHECK(why("{a: 1, b: 2, c: 3, d: 4}", limits) == "1 documents");
  CHECK(why("{a: 1, b: 2, c: 3, d: 4, e: 5}", limits) == "more than 10 values");
  CHECK(why("[1,2,3,4]\n---\n[1,2,3,4]\n", limits) == "2 documents");
  CHECK(why("[1,2,3,4]\n---\n[1,2,3,4,5]\n", limits) == "more than 10 values");
}

TEST_CASE("a text is refused unread for what it would cost") {
  const auto refused = [](const std::string& text) { return pgd::refused_text(text, {}).has_value(); };
  CHECK(refused("[" + repeated("a,", 40'000)));
  CHECK(refused(repeated("- []\n", 30'000)));
  CHECK_FALSE(refused("[" + repeated("\"\":\"\",", 9'999) + "1]"));
  CHECK_FALSE(refused("a: |\n" + repeated("  {\"expr\": \"sum(rate(x[5m]))\"},\n", 4'000)));
  CHECK_FALSE(refused(repeated("key: value\n", 20'000)));
}
