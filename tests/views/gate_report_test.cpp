// What a gate says, from a world and from an agent's own answer.
#include "agent/views/gate_report.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/views/health.hpp"
#include "world.hpp"

using namespace support;
using model::Gate;

namespace {

model::World released_world() {
  auto world = rich_world();
  auto verdict = *world.verdict;
  verdict.started = true;
  verdict.startup_released = true;
  for (auto& check : verdict.checks) {
    if (check.gate != Gate::startup) continue;
    check.ok = false;
    check.reason = "malformed-pem: \"tls.crt\"\nis no PEM";
  }
  world.verdict = std::make_shared<const model::Verdict>(verdict);
  return world;
}

}  // namespace

TEST_CASE("an agent's answer says what its world says") {
  for (const auto& world : {rich_world(), calm_world(), empty_world(), released_world()}) {
    for (const auto gate : {Gate::startup, Gate::ready}) {
      const auto answer = views::health(world, {gate, false, true, {}, {}});
      const auto read = views::read_gate_report(answer.text);
      const auto known = views::gate_report(world, gate);
      REQUIRE(read.has_value());
      CHECK(read->open == known.open);
      CHECK(read->open == answer.ok);
      CHECK(read->released == known.released);
      CHECK(read->failing == known.failing);
    }
  }
  CHECK(views::gate_report(released_world(), Gate::startup).released);
  CHECK_FALSE(views::gate_report(released_world(), Gate::ready).released);
  CHECK_FALSE(views::gate_report(rich_world(), Gate::ready).open);
  CHECK_FALSE(views::gate_report(rich_world(), Gate::ready).failing.empty());
  const auto words = views::failing_in_words(views::gate_report(released_world(), Gate::startup));
  CHECK(words.find("malformed-pem: \"tls.crt\"\\nis no PEM") != std::string::npos);
}

TEST_CASE("what is no answer of a gate's is told from one that holds") {
  for (const auto* text :
       {"", "held", "[]", "null", "{}", R"({"ok":false})", R"({"ok":"no","checks":[]})", R"({"ok":false,"checks":{}})",
        R"({"checks":[]})", R"({"ok":false,"checks":[]} more)", "{\"ok\":false,\"checks\":[\"\xff\"]}"}) {
    INFO(text);
    CHECK_FALSE(views::read_gate_report(text).has_value());
  }
  std::string deep(10'000, '[');
  CHECK_FALSE(views::read_gate_report(deep).has_value());
  const auto older = views::read_gate_report(R"({"ok":true,"checks":[]})");
  REQUIRE(older.has_value());
  CHECK(older->open);
  CHECK_FALSE(older->released);
}

TEST_CASE("an answer's checks are bounded and printable") {
  std::string text = R"({"ok":false,"checks":[1,{"ok":0},{"ok":false},{"ok":true,"check":"fine"})";
  for (int i = 0; i < 200; ++i) {
    text += R"(,{"ok":false,"check":"x","reason":"\u001b[2J)" + std::string(2000, 'y') + "\"}";
  }
  const auto report = views::read_gate_report(text + "]}");
  REQUIRE(report.has_value());
  CHECK(report->failing.size() == 64);
  CHECK(report->failing.front() == std::pair<std::string, std::string>{"", ""});
  CHECK(report->failing.back().second.starts_with("\\x1b[2Jyyy"));
  CHECK(report->failing.back().second.size() <= 1000);
}
