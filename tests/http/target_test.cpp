#include "agent/http/target.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/model/runtime.hpp"

using http::asks_for_json;
using http::parse_target;
using http::path_label;
using Parameters = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("a target is a path and parameters, decoded") {
  struct Case {
    const char* target;
    const char* path;
    Parameters parameters;
  };
  for (const auto& [target, path, parameters] :
       {Case{"/", "/", {}}, Case{"/readyz", "/readyz", {}}, Case{"/readyz?", "/readyz", {}},
        Case{"/readyz?verbose", "/readyz", {{"verbose", ""}}},
        Case{
            "/readyz?verbose=1&exclude=a&exclude=b", "/readyz", {{"verbose", "1"}, {"exclude", "a"}, {"exclude", "b"}}},
        Case{"/a?&&x=1&", "/a", {{"x", "1"}}}, Case{"/a?x=1=2&=3", "/a", {{"x", "1=2"}, {"", "3"}}},
        Case{"/read%79z%2Fname?ex%63lude=n%c3%A4me+two", "/readyz/name", {{"exclude", "n\xc3\xa4me two"}}},
        Case{"/a+b", "/a+b", {}}, Case{"/a?b#c?d", "/a", {{"b", ""}}}, Case{"/a#b?c", "/a", {}},
        Case{"http://agent:9188/livez?verbose", "/livez", {{"verbose", ""}}}, Case{"http://agent:9188", "/", {}},
        Case{"https://agent?verbose", "/", {{"verbose", ""}}}}) {
    INFO(target);
    const auto parsed = parse_target(target);
    REQUIRE(parsed.has_value());
    CHECK(parsed->path == path);
    CHECK(parsed->parameters == parameters);
  }
}

TEST_CASE("a target that can't be read is an error") {
  for (const std::string& target :
       {std::string(), std::string("*"), std::string("livez"), std::string("?verbose"), std::string("agent:9188"),
        std::string("ftp://agent/livez"), std::string("/%"), std::string("/%4"), std::string("/%zz"),
        std::string("/%00"), std::string("/a%0d%0ab"), std::string("/a?b=%7f"), std::string("/a?%"),
        std::string("/a\nb"), std::string("/\0", 2)}) {
    INFO(target);
    CHECK_FALSE(parse_target(target).has_value());
  }
}

TEST_CASE("targets are bounded in length and in parameters") {
  CHECK(parse_target("/" + std::string(2047, 'x')).has_value());
  CHECK_FALSE(parse_target("/" + std::string(2048, 'x')).has_value());
  std::string query = "/?p";
  for (int i = 1; i < 32; ++i) query += "&p";
  CHECK(parse_target(query)->all("p").size() == 32);
  CHECK_FALSE(parse_target(query + "&p").has_value());
}

TEST_CASE("a target is counted under a closed list of paths") {
  for (const auto path : model::counted_paths)
    if (path != "other") CHECK(path_label(path) == path);
  struct Case {
    const char* target;
    const char* label;
  };
  for (const auto& [target, label] :
       {Case{"/readyz?verbose", "/readyz"}, Case{"/readyz/dns", "/readyz"}, Case{"/livez/a/b?x", "/livez"},
        Case{"http://a/metrics", "/metrics"}, Case{"/%6Detrics", "/metrics"}, Case{"/metrics/", "other"},
        Case{"/metrics/x", "other"}, Case{"/readyzz", "other"}, Case{"/status.json/x", "other"}, Case{"//", "other"},
        Case{"other", "other"}, Case{"/other", "other"}, Case{"", "other"}, Case{"/%", "other"}}) {
    INFO(target);
    CHECK(path_label(target) == label);
  }
}

TEST_CASE("JSON is given where Accept names it") {
  for (const auto* accept : {"application/json", "Application/JSON", "text/html, application/json;q=0.5",
                             "application/json; charset=utf-8", "text/plain;q=0.9,\tapplication/json ;q=1"}) {
    INFO(accept);
    CHECK(asks_for_json(accept));
  }
  for (const auto* accept : {"", "*/*", "application/*", "text/html", "application/json;q=0",
                             "application/json; Q=0.000", "application/jsonp", "text/plain;application/json", ",;,"}) {
    INFO(accept);
    CHECK_FALSE(asks_for_json(accept));
  }
}
