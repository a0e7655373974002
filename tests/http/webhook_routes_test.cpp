// Which request is a review, and what the webhook's other port answers.
#include "agent/http/webhook_routes.hpp"

#include <catch2/catch_test_macros.hpp>

namespace {

http::Request request(std::string method, std::string target, std::string type = "") {
  http::Request made;
  made.method = std::move(method);
  made.target = std::move(target);
  made.content_type = std::move(type);
  return made;
}

http::Response ask(const http::Request& request, bool ready) {
  model::Verdict verdict;
  verdict.ready = ready;
  verdict.checks = {{.name = "certificate", .gate = model::Gate::ready, .ok = ready, .reason = ready ? "" : "none yet"},
                    {.name = "settings", .gate = model::Gate::ready, .ok = true, .reason = ""}};
  const model::World world{nullptr, std::make_shared<const model::Verdict>(verdict)};
  return http::respond(http::WebhookSite{world, {}, {}, {"0.1.0", "abc", "3", "1"}}, request);
}

}  // namespace

TEST_CASE("a review is POST /inject with JSON, and nothing else is") {
  for (const char* type :
       {"application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x"})
    CHECK_FALSE(http::no_review(request("POST", "/inject", type)));
  CHECK_FALSE(http::no_review(request("POST", "/inject?timeout=3s", "application/json")));
  CHECK_FALSE(http::no_review(request("POST", "https://127.0.0.1:9443/inject", "application/json")));
  struct Row {
    const char* method;
    const char* target;
    const char* type;
    int status;
  };
  for (const auto& [method, target, type, status] :
       {Row{"GET", "/inject", "application/json", 405}, Row{"PUT", "/inject", "application/json", 405},
        Row{"POST", "/", "application/json", 404}, Row{"POST", "/inject/", "application/json", 404},
        Row{"POST", "/readyz", "application/json", 404}, Row{"POST", "/inject", "", 415},
        Row{"POST", "/inject", "text/plain", 415}, Row{"POST", "/inject", "application/jsonx", 415},
        Row{"POST", "/inject", "application/yaml; a=application/json", 415}, Row{"POST", "inject", "", 400},
        Row{"POST", "/%", "application/json", 400}}) {
    INFO(method << ' ' << target << ' ' << type);
    const auto answer = http::no_review(request(method, target, type));
    REQUIRE(answer);
    CHECK(answer->status == status);
    if (status == 405) CHECK(answer->headers.back() == std::pair<std::string, std::string>{"Allow", "POST"});
  }
}

TEST_CASE("probes and metrics of the webhook") {
  CHECK(ask(request("GET", "/livez"), false).status == 200);
  CHECK(ask(request("GET", "/readyz"), true).tail == "ok\n");
  const auto held = ask(request("GET", "/readyz"), false);
  CHECK(held.status == 503);
  CHECK(held.tail == "[-]certificate failed: none yet\n[+]settings ok\nreadyz check failed\n");
  CHECK(ask(request("GET", "/readyz/settings"), false).status == 200);
  CHECK(ask(request("GET", "/readyz?exclude=certificate"), false).status == 200);
  CHECK(ask(request("GET", "/readyz?verbose"), true).tail ==
        "[+]certificate ok\n[+]settings ok\nreadyz check passed\n");
  const auto metrics = ask(request("HEAD", "/metrics"), true);
  CHECK(metrics.status == 200);
  CHECK(metrics.tail.find("pgd_agent_webhook_reviews_total{result=\"refused\"} 0\n") != std::string::npos);
  CHECK(ask(request("POST", "/metrics"), true).status == 405);
  for (const char* target : {"/", "/inject", "/metrics/", "/startupz", "/status.json"})
    CHECK(ask(request("GET", target), true).status == 404);
  CHECK(ask(request("GET", "x"), true).status == 400);
}
