#include "agent/config/expand.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/config/environment.hpp"

using config::expand;

namespace {

const config::Environment environment = config::environment_of({{"POD_NAME", "north-1-1"},
                                                                {"EMPTY", ""},
                                                                {"NESTED", "${POD_NAME}"},
                                                                {"BELL", "a\ab"},
                                                                {"LATIN1", "caf\xe9"},
                                                                {"LONG", std::string(3000, 'x')}});

}  // namespace

TEST_CASE("references expand once, by the rules of a shell") {
  const struct {
    const char* text;
    const char* expanded;
  } table[] = {
      {"", ""},
      {"plain", "plain"},
      {"${POD_NAME}", "north-1-1"},
      {"a-${POD_NAME}-b-${POD_NAME}", "a-north-1-1-b-north-1-1"},
      {"${EMPTY}", ""},
      {"${UNSET:-else}", "else"},
      {"${UNSET:-}", ""},
      {"${EMPTY:-else}", "else"},
      {"${POD_NAME:-else}", "north-1-1"},
      {"${UNSET:-a:-b}", "a:-b"},
      {"${NESTED}", "${POD_NAME}"},
      {"${UNSET:-${POD_NAME}", "${POD_NAME"},
      {"$POD_NAME costs 5$", "$POD_NAME costs 5$"},
      {"$$", "$$"},
      {"$${POD_NAME}", "${POD_NAME}"},
      {"$$${POD_NAME}", "$${POD_NAME}"},
      {"{POD_NAME}", "{POD_NAME}"},
      {"ünïcödé", "ünïcödé"},
  };
  for (const auto& [text, expanded] : table) {
    INFO(text);
    const auto result = expand(text, environment);
    REQUIRE(result.has_value());
    CHECK(*result == expanded);
  }
}

TEST_CASE("what can't be expanded says why and what to do") {
  const struct {
    const char* text;
    const char* error;
  } table[] = {
      {"${UNSET}", "environment variable UNSET is not set: set it in the container's env, or write ${UNSET:-else}"},
      {"${POD_IP}",
       "environment variable POD_IP is not set: set it in the container's env (downward API: fieldPath status.podIP), "
       "or write "
       "${POD_IP:-else}"},
      {"${}", "\"${}\" is not a reference: expected ${NAME} or ${NAME:-else}; a literal ${ is written $${"},
      {"${1X}", "\"${1X}\" is not a reference: expected ${NAME} or ${NAME:-else}; a literal ${ is written $${"},
      {"${A B}", "\"${A B}\" is not a reference: expected ${NAME} or ${NAME:-else}; a literal ${ is written $${"},
      {"x${POD_NAME", "${ without }: a literal ${ is written $${"},
      {"${BELL}", "\"a\\x07b\" contains a control character"},
      {"a\tb", "\"a\\x09b\" contains a control character"},
      {"${LATIN1}", "\"caf\\xe9\" is not UTF-8"},
      {"${LONG}${LONG}", "longer than 4096 bytes"},
  };
  for (const auto& [text, error] : table) {
    INFO(text);
    const auto result = expand(text, environment);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message == error);
  }
}

TEST_CASE("a huge environment is not multiplied") {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "${HUGE}";
  const auto huge = config::environment_of({{"HUGE", std::string(1'000'000, 'x')}});
  CHECK(expand(text, huge).error().message == "longer than 4096 bytes");
}

TEST_CASE("unexpanded text expands to itself") {
  for (const auto* value : {"", "plain", "${X}", "$${X}", "$$${", "$", "${", "a$b{c}", "${X:-${Y}}"}) {
    INFO(value);
    CHECK(*expand(config::unexpanded(value), environment) == value);
  }
}
