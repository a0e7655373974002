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

TEST_CASE("an endpoint has one row, and one for each address where they differ") {
  const std::string page = views::status_page(rich_world(), build_info(), noon());
  const std::size_t begin = page.find("id=\"probes\""), end = page.find("</section>", begin);
  REQUIRE(begin != std::string::npos);
  const std::string section = page.substr(begin, end - begin);
  const auto count = [&](std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = section.find(what); at != std::string::npos; at = section.find(what, at + 1)) ++found;
    return found;
  };
  CHECK(count("<th scope=\"row\">") == 8 + 2);
  CHECK(count("<tr class=\"part\">") == 2);
  CHECK(count("<tr class=\"why\">") == 6);
  CHECK(section.find("1 of 8 endpoints ok") != std::string::npos);
  CHECK(section.find(">our own<") < section.find("region-a-2-node.example.com:5432"));
  CHECK(section.find("not probed yet") != std::string::npos);
  CHECK(page.find("<h3>Copies compared</h3>") > end);
  CHECK(views::status_page(empty_world(), build_info(), noon()).find("id=\"probes\"") == std::string::npos);
}

TEST_CASE("what a peer says or is called can't write HTML") {
  const model::World world = rich_world();
  model::Snapshot snapshot = *world.snapshot;
  model::Verdict verdict = *world.verdict;
  model::ProbeObservation probe = *snapshot.probes.at(3);
  model::ProbeVerdict judged = *verdict.probes.at(3).verdict;
  const std::string evil = "<script>alert('1')</script>";
  probe.target.host = judged.target.host = evil;
  judged.addresses[0].detail = judged.addresses[0].remedy = evil;
  model::ProbeResult result = *probe.addresses[0].last;
  model::Certificate leaf = *result.chain[0];
  leaf.subject = evil;
  result.chain[0] = std::make_shared<const model::Certificate>(leaf);
  probe.addresses[0].last = std::make_shared<const model::ProbeResult>(result);
  snapshot.probes = {std::make_shared<const model::ProbeObservation>(probe)};
  verdict.probes = {{snapshot.probes[0], nullptr, std::nullopt, std::make_shared<const model::ProbeVerdict>(judged)}};
  const std::string page = views::status_page(
      {std::make_shared<const model::Snapshot>(snapshot), std::make_shared<const model::Verdict>(verdict)},
      build_info(), noon());
  CHECK(page.find("&lt;script&gt;alert(&#39;1&#39;)") != std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
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
