#include "agent/http/routes.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>

using namespace std::chrono_literals;

namespace {

constexpr common::WallTime noon{1'767'268'800s};

/// A node whose server certificate is wrong: alive and started, not ready.
struct Node {
  Node() {
    model::Verdict verdict;
    verdict.at = noon;
    verdict.started = true;
    verdict.checks = {{"config", model::Gate::startup, true, "", {}, {}, 0},
                      {"config", model::Gate::ready, true, "", {}, {}, 0},
                      {"secret-server", model::Gate::ready, false, "the key does not match", {}, {}, 0},
                      {"loop", model::Gate::live, true, "", {}, {}, 0}};
    world = {std::make_shared<const model::Snapshot>(), std::make_shared<const model::Verdict>(verdict)};
    runtime.process.open_fds = 17;
  }

  http::Response respond(http::Request request) {
    return http::respond({world, runtime, build, now, for_all, cache}, request);
  }
  http::Response get(std::string target) { return respond({"GET", std::move(target), "", true}); }

  model::World world;
  model::Runtime runtime;
  model::BuildInfo build{"1.2.3", "abc", "3.0", "1.18"};
  common::WallTime now = noon;
  bool for_all = false;
  http::Cache cache;
};

std::string text(const http::Response& response) { return (response.body ? *response.body : "") + response.tail; }

std::string field(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

bool has(const http::Response& response, std::string_view part) {
  return text(response).find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("probes answer what the verdict says") {
  Node node;
  struct Case {
    const char* target;
    int status;
    const char* part;
  };
  for (const auto& [target, status, part] :
       {Case{"/livez", 200, "ok"}, Case{"/startupz", 200, "ok"},
        Case{"/readyz", 503, "[-]secret-server failed: the key does not match"},
        Case{"/readyz?verbose", 503, "[+]config ok"}, Case{"/livez?verbose", 200, "[+]loop ok"},
        Case{"/livez?verbose=1", 200, "[+]loop ok"}, Case{"/readyz?exclude=secret-server", 200, "ok"},
        Case{"/readyz?exclude=other&exclude=secret%2Dserver", 200, "ok"},
        Case{"/readyz?exclude=config", 503, "[-]secret-server"}, Case{"/readyz/config", 200, "ok"},
        Case{"/readyz/secret-server", 503, "the key does not match"}, Case{"/readyz/none", 404, "none"},
        Case{"/livez/config", 404, "config"}, Case{"/livez/loop", 200, "ok"}, Case{"/startupz/config", 200, "ok"},
        Case{"http://node:9188/livez", 200, "ok"}}) {
    INFO(target);
    const auto response = node.get(target);
    CAPTURE(text(response));
    CHECK(response.status == status);
    CHECK(has(response, part));
    CHECK(response.content_type == "text/plain; charset=utf-8");
    CHECK(field(response, "Cache-Control") == "no-store");
  }
  CHECK_FALSE(has(node.get("/livez"), "loop"));
  CHECK_FALSE(has(node.get("/livez?verbose=0"), "loop"));
  CHECK_FALSE(has(node.get("/livez?verbose=false"), "loop"));
}

TEST_CASE("probes answer JSON where it is asked for") {
  Node node;
  const auto response = node.respond({"GET", "/readyz", "application/json", false});
  CHECK(response.status == 503);
  CHECK(response.content_type == "application/json; charset=utf-8");
  CHECK(text(response).starts_with("{"));
  CHECK(has(response, "secret-server"));
}

TEST_CASE("probes and metrics are for all, page and JSON for loopback") {
  Node node;
  for (const auto* target : {"/livez", "/startupz", "/metrics"}) {
    INFO(target);
    CHECK(node.respond({"GET", target, "", false}).status == 200);
  }
  for (const auto* target : {"/", "/status.json", "/?x", "http://node/status.json"}) {
    INFO(target);
    CHECK(node.get(target).status == 200);
    node.for_all = false;
    const auto refused = node.respond({"GET", target, "", false});
    CHECK(refused.status == 403);
    CHECK(has(refused, "kubectl port-forward"));
    CHECK(has(refused, "status_access = \"any\""));
    CHECK_FALSE(has(refused, "1.2.3"));
    node.for_all = true;
    CHECK(node.respond({"GET", target, "", false}).status == 200);
  }
}

TEST_CASE("metrics are always 200, in the exposition's own type") {
  Node node;
  const auto ready = node.get("/metrics");
  CHECK(ready.status == 200);
  CHECK(ready.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(has(ready, "pgd_agent_build_info"));
  CHECK(has(ready, "process_open_fds 17"));
  node.world = {};
  CHECK(node.get("/metrics").status == 200);
  CHECK(has(node.get("/metrics"), "process_open_fds 17"));
}

TEST_CASE("the page allows nothing but its own style") {
  Node node;
  const auto page = node.get("/");
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(field(page, "Content-Security-Policy").find("default-src 'none'") != std::string::npos);
  CHECK(field(page, "X-Content-Type-Options") == "nosniff");
  CHECK(field(page, "Cache-Control") == "no-store");
  CHECK(text(page).find("<script") == std::string::npos);
  const auto json = node.get("/status.json");
  CHECK(json.content_type == "application/json; charset=utf-8");
  CHECK(field(json, "X-Content-Type-Options") == "nosniff");
  CHECK(has(json, "1.2.3"));
}

TEST_CASE("other methods, paths and targets are refused") {
  Node node;
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "BREW", ""}) {
    INFO(method);
    const auto response = node.respond({method, "/metrics", "", true});
    CHECK(response.status == 405);
    CHECK(field(response, "Allow") == "GET, HEAD");
  }
  CHECK(node.respond({"HEAD", "/livez", "", true}).status == 200);
  for (const auto* target :
       {"/nowhere", "/metrics/", "/livezz", "//", "/index.html", "/status.json/x", "/..%2flivez"}) {
    INFO(target);
    const auto response = node.get(target);
    CHECK(response.status == 404);
    for (const auto* path : {"/livez", "/startupz", "/readyz", "/metrics", "/status.json"}) CHECK(has(response, path));
  }
  for (const auto& target : {std::string("*"), std::string("/%"), std::string(), "/" + std::string(4000, 'x')}) {
    const auto response = node.get(target);
    CHECK(response.status == 400);
    CHECK(text(response).size() < 100);
  }
}

TEST_CASE("what a client sends comes back printable or not at all") {
  Node node;
  for (const auto* target : {"/readyz/%3Cscript%3E%C3%28%ff", "/readyz?verbose&exclude=%ff%fe%E2%80%AE", "/<b>"}) {
    const auto answer = text(node.get(target));
    CHECK(std::all_of(answer.begin(), answer.end(), [](unsigned char c) { return c == '\n' || c >= 0x20; }));
    CHECK(answer.find('\xff') == std::string::npos);
    CHECK(answer.find("<b>") == std::string::npos);
  }
}

TEST_CASE("a text is made once for a world, and anew for the next") {
  Node node;
  const auto first = node.get("/metrics");
  node.runtime.process.open_fds = 18;
  const auto second = node.get("/metrics");
  CHECK(first.body == second.body);
  CHECK(has(second, "process_open_fds 18"));

  const auto page = node.get("/");
  const auto json = node.get("/status.json");
  CHECK(node.get("/").body == page.body);
  CHECK(node.get("/status.json").body == json.body);
  node.now += 1s;
  CHECK(node.get("/").body != page.body);
  CHECK(node.get("/status.json").body != json.body);
  CHECK(node.get("/metrics").body == first.body);

  node.world.verdict = std::make_shared<const model::Verdict>();
  const auto third = node.get("/metrics");
  CHECK(third.body != first.body);
  node.world.snapshot = std::make_shared<const model::Snapshot>();
  CHECK(node.get("/metrics").body != third.body);
}
