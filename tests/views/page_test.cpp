#include <catch2/catch_test_macros.hpp>

#include "agent/views/status_page.hpp"
#include "world.hpp"

using namespace support;

TEST_CASE("the page is one document without script, foreign resources or inline style attributes") {
  for (const auto& world : {rich_world(), calm_world(), empty_world(), model::World{}, large_world(100)}) {
    const std::string page = views::status_page(world, build_info(), noon());
    CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    CHECK(page.ends_with("</html>\n"));
    CHECK(page.find("<title>") != std::string::npos);
    CHECK(page.find("As of <time datetime=\"2026-03-01T12:00:00Z\"") != std::string::npos);
    for (const char* banned :
         {"<script", " style=", "http://", "https://", "<sons>", "<b>.example", " onload", "javascript:"}) {
      INFO(banned);
      CHECK(page.find(banned) == std::string::npos);
    }
  }
}

TEST_CASE("the first line is the verdict in words") {
  const auto first_line = [](const model::World& world) {
    const std::string page = views::status_page(world, build_info(), noon());
    const std::size_t begin = page.find("</span> ", page.find("<h1")) + 8;
    return page.substr(begin, page.find("</h1>") - begin);
  };
  CHECK(first_line(calm_world()) == "Ready");
  CHECK(first_line(rich_world()).starts_with("Not ready: secret-client: key-mismatch: "));
  CHECK(first_line(empty_world()) == "Not started: config: config.toml:3:1: expected a value");
  CHECK(first_line({}) == "Starting: nothing has been judged yet");
  auto verdict = *rich_world().verdict;
  verdict.ready = true;
  CHECK(first_line({rich_world().snapshot, std::make_shared<const model::Verdict>(verdict)}) ==
        "Ready, but something is wrong: 4 critical, 6 warnings, 1 info");
}

TEST_CASE("the policy allows the page's own style by hash and nothing else") {
  const std::string policy = views::status_page_policy();
  CHECK(policy.starts_with("default-src 'none'; style-src 'sha256-"));
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(policy.find("='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'") != std::string::npos);
}
