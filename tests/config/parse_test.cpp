#include "agent/config/parse.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/config/environment.hpp"

using namespace std::chrono_literals;
using config::Config;
using config::environment_of;
using config::errors_of;
using config::parse;

TEST_CASE("a group spelled out") {
  const auto parsed = parse(R"(
listen = "127.0.0.1:0"
[group]
name = "north"
nodes = ["north-1", "north-2"]   # witnesses too
node = "north-1"
mode = "required"
domain = "pgd.example"
additional = [{domain = "my.domain", host_suffix = "-dc1"}, {host_suffix = "-dc2"}]
discovery = ["south-group.pgd.example"]
[secrets]
client = ""
renew_before = "10d"
[dns]
servers = ["10.0.0.10", "[::1]:5353"]
interval = "1m30s"
[gates]
ready_checks = ["names-own", "drift"]
)",
                            "f", {});
  INFO((parsed ? "" : to_text(parsed.error())));
  REQUIRE(parsed.has_value());
  CHECK(parsed->listen == config::Endpoint{"127.0.0.1", 0});
  const auto group = config::group(*parsed);
  CHECK(group.name == "north");
  CHECK(group.nodes == std::vector<std::string>{"north-1", "north-2"});
  CHECK(group.mode == model::TlsMode::require);
  CHECK(group.additional == std::vector<model::DnsEntry>{{"my.domain", "-dc1"}, {"", "-dc2"}});
  CHECK(parsed->secrets.client.empty());
  CHECK(parsed->secrets.renew_before == 240h);
  CHECK(parsed->dns.servers == std::vector<model::DnsServerAddress>{{"10.0.0.10", 53}, {"::1", 5353}});
  CHECK(parsed->dns.interval == 90s);
  CHECK(parsed->gates.ready_checks == std::vector{model::ReadyCheck::names_own, model::ReadyCheck::drift});
  CHECK(parsed->http == Config{}.http);
}

TEST_CASE("tables may be dotted keys or inline, entries may be [[tables]]") {
  CHECK(parse("dns.window = 3\nhttp = {max_connections = 5}", "f", {})->dns.window == 3);
  const auto parsed =
      parse("[[group.additional]]\ndomain = \"a.b\"\n[[group.additional]]\nhost_suffix = \"-c\"\n", "f", {});
  REQUIRE(parsed.has_value());
  CHECK(parsed->group.spelled.additional == std::vector<model::DnsEntry>{{"a.b", ""}, {"", "-c"}});
}

TEST_CASE("the own node: spelled out, from PGD_NODE, from the pod's name") {
  const struct {
    const char* what;
    const char* text;
    std::map<std::string, std::string, std::less<>> environment;
    const char* node;
  } table[] = {
      {"nothing known", "", {}, ""},
      {"the pod's name", "", {{"POD_NAME", "north-1-1"}}, "north-1"},
      {"the pod's serial may grow", "", {{"POD_NAME", "north-1-12"}}, "north-1"},
      {"PGD_NODE goes first", "", {{"PGD_NODE", "n-7"}, {"POD_NAME", "north-1-1"}}, "n-7"},
      {"empty PGD_NODE", "", {{"PGD_NODE", ""}, {"POD_NAME", "north-1-1"}}, "north-1"},
      {"spelled out", "group.node = \"north-3\"", {{"PGD_NODE", "n-7"}, {"POD_NAME", "north-1-1"}}, "north-3"},
      {"spelled out as empty", "group.node = \"\"", {{"PGD_NODE", "n-7"}, {"POD_NAME", "north-1-1"}}, "north-1"},
      {"a variable of one's own", "group.node = \"${ME}\"", {{"ME", "m-1"}}, "m-1"},
      {"no node's pod", "", {{"POD_NAME", "agent-7f9c-xz8"}}, ""},
      {"no dash", "", {{"POD_NAME", "7"}}, ""},
      {"nothing before the number", "", {{"POD_NAME", "-1"}}, ""},
      {"nothing after the dash", "", {{"POD_NAME", "north-"}}, ""},
      {"not a label", "", {{"POD_NAME", "a.b-1"}}, ""},
      {"not among the nodes",
       "group = {name = \"north\", nodes = [\"north-1\"]}",
       {{"POD_NAME", "north-9-1"}},
       "north-9"},
  };
  for (const auto& row : table) {
    INFO(row.what);
    const auto parsed = parse(row.text, "f", environment_of(row.environment));
    REQUIRE(parsed.has_value());
    CHECK(parsed->group.spelled.node == row.node);
  }
}

TEST_CASE("the environment's values meet the same rules as written ones") {
  CHECK(errors_of("\n  dns.interval = \"${I}\"", environment_of({{"I", "9h"}})) ==
        "f:2:18: dns.interval: expected \"100ms\" to \"1h\", found \"9h\"");
  CHECK(errors_of("[secrets]\nserver = \"${D}\"", environment_of({{"D", "../etc"}})) ==
        "f:2:10: secrets.server: expected an absolute path such as \"/etc/pgd-agent/server\"; found \"../etc\"");
  CHECK(
      errors_of("[secrets]\nserver = \"/${D}\"") ==
      "f:2:10: secrets.server: environment variable D is not set: set it in the container's env, or write ${D:-else}");
  CHECK(errors_of("", environment_of({{"NAMESPACE", "not a namespace"}})) ==
        "f:1:1: group.namespace: expected a DNS label: letters, digits and inner hyphens, at most 63; found \"not a "
        "namespace\" "
        "(from ${NAMESPACE:-})");
  CHECK(errors_of("dns.servers = [\"${S}\"]", environment_of({{"S", std::string(1000, '1')}})).size() < 500);
}

TEST_CASE("a name that is given is not required") {
  CHECK(errors_of("[group]\nname = \"\"\nnodes = [\"a-1\"]").empty());
  CHECK(errors_of("[group]\nname = \"a\"").empty());
}

TEST_CASE("the file is quoted in front of line and column") {
  const auto parsed = parse("\n\nlisten = 5", "/etc/pgd-agent/config.toml", {});
  REQUIRE(parsed.has_error());
  CHECK(parsed.error() ==
        config::Diagnostics{{"/etc/pgd-agent/config.toml", 3, 10,
                             "listen: expected an address such as \"[::]:9188\" or \"127.0.0.1:9188\", found "
                             "integer 5"}});
  CHECK(parsed.error().front().to_text().starts_with("/etc/pgd-agent/config.toml:3:10: listen: "));
}
