#include "agent/config/effective.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/config/environment.hpp"

using namespace std::chrono_literals;
using config::Config;

namespace {

/// Everything unlike its default.
Config unusual() {
  Config c;
  c.listen = {"127.0.0.1", 0};
  c.metrics_listen = config::Endpoint{"::1", 9189};
  c.status_access = config::StatusAccess::any;
  c.resync = 150ms;
  c.log = {config::LogLevel::debug, config::LogFormat::json};
  c.group.pgd_version = 5;
  c.group.spelled = {"north",
                     "pgd",
                     "north-2",
                     {"north-1", "north-2"},
                     model::TlsMode::require,
                     {"a.example", "-x"},
                     {{"b.example", ""}, {"", "-y"}},
                     false,
                     true,
                     {"south-group.a.example"},
                     {"lb.example."},
                     {},
                     {}};
  c.secrets = {
      "", "/s \"quoted\" \\ ca", "/${HOME}", "/client$${CA}", "c.pem", "k.pem", "a.pem", "/w", "CN = \"x\"", 90s, 0ms};
  c.dns = {{{"10.0.0.10", 5353}, {"::1", 53}}, 1s, 2s, 20ms, 5, 40ms, 100ms, 128, 1, 0ms};
  c.probe = {{{"::1", 6432}},
             5s,
             {},
             65'535,
             1h,
             0,
             64,
             250ms,
             config::ClientCertificate::login,
             config::Negotiation::direct,
             0ms,
             25h};
  c.gates = {model::StartupNames::peers,
             model::StartupQuorum::all,
             0ms,
             {model::ReadyCheck::drift, model::ReadyCheck::names_own}};
  c.http = {1, 100ms, 1h};
  return c;
}

}  // namespace

TEST_CASE("the effective configuration reads back as itself") {
  Config only_probe;
  only_probe.probe.peer_roles = {model::all_name_roles.begin(), model::all_name_roles.end()};
  for (const Config& config : {Config{}, unusual(), only_probe}) {
    const std::string text = config::effective(config);
    INFO(text);
    const auto parsed = config::parse(text, "effective", {});
    INFO((parsed ? "" : to_text(parsed.error())));
    REQUIRE(parsed.has_value());
    CHECK(*parsed == config);
    CHECK(config::effective(*parsed) == text);
  }
}

TEST_CASE("the effective configuration shows what was expanded, not how") {
  const auto pod =
      config::environment_of({{"POD_NAME", "north-2-1"}, {"NAMESPACE", "pgd"}, {"SECRETS", "/var/secrets"}});
  const auto parsed = config::parse("[secrets]\nserver = \"${SECRETS}/server\"", "f", pod);
  REQUIRE(parsed.has_value());
  const std::string text = config::effective(*parsed);
  CHECK(text.find("server = \"/var/secrets/server\"") != std::string::npos);
  CHECK(text.find("node = \"north-2\"") != std::string::npos);
  CHECK(text.find("namespace = \"pgd\"") != std::string::npos);
  CHECK(*config::parse(text, "f", {}) == *parsed);
}
