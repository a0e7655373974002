// config.example.toml is documentation and a test: it parses, equals the defaults and leaves no key out.
#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "agent/config/effective.hpp"
#include "tests/config/environment.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

std::string example() { return support::read_file(std::string(SOURCE_DIR) + "/config.example.toml"); }

/// "[log]" and "[log] level" for every table and key of a TOML text whose keys begin their lines, in order.
std::vector<std::string> keys(const std::string& text) {
  std::vector<std::string> all;
  std::string table;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      table = line;
      all.push_back(line);
    } else {
      all.push_back(table + " " + line.substr(0, line.find(' ')));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("the example is the defaults") {
  const auto parsed = config::parse(example(), "config.example.toml", {});
  INFO((parsed ? "" : to_text(parsed.error())));
  REQUIRE(parsed.has_value());
  CHECK(*parsed == config::Config{});
  CHECK(*config::parse("", "empty", {}) == config::Config{});
}

TEST_CASE("the example means in every environment what an empty file means") {
  const auto pod = config::environment_of({{"POD_NAME", "north-2-1"}, {"NAMESPACE", "pgd"}});
  const auto parsed = config::parse(example(), "config.example.toml", pod);
  REQUIRE(parsed.has_value());
  CHECK(parsed->group.spelled.node == "north-2");
  CHECK(parsed->group.spelled.ns == "pgd");
  CHECK(*parsed == *config::parse("", "empty", pod));
}

TEST_CASE("the example has every key, in the order in which check-config prints them") {
  const auto all = keys(config::effective(config::Config{}));
  CHECK(all.size() > 60);
  CHECK(keys(example()) == all);
}

TEST_CASE("the example explains every group of keys and stays readable") {
  std::istringstream lines(example());
  bool explained = false;
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    INFO(number << ": " << line);
    CHECK(line.size() <= 128);
    if (line.empty()) {
      explained = false;
    } else if (line.front() == '#') {
      explained = true;
    } else if (line.front() != '[') {
      CHECK(explained);
    }
  }
}
