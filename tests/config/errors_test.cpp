// Every kind of mistake, with the sentence it is answered by.
#include <catch2/catch_test_macros.hpp>

#include "tests/config/environment.hpp"

using config::errors_of;

namespace {

struct Mistake {
  const char* text;
  const char* errors;
};

void check(std::initializer_list<Mistake> mistakes) {
  for (const auto& [text, errors] : mistakes) {
    INFO(text);
    CHECK(errors_of(text) == errors);
  }
}

}  // namespace

TEST_CASE("unknown keys and tables, with what could have been meant") {
  check({
      {"[dns]\nintervall = \"30s\"", "f:2:1: unknown key \"intervall\" in [dns]; did you mean \"interval\"?"},
      {"[dns]\ninterval-max = \"30s\"", "f:2:1: unknown key \"interval-max\" in [dns]; did you mean \"interval_max\"?"},
      {"[dsn]\ninterval = \"30s\"", "f:1:2: unknown table [dsn]; did you mean \"dns\"?"},
      {"[grupo]", "f:1:2: unknown table [grupo]; did you mean \"group\"?"},
      {"[kafka]\nx = 1\ny = 2", "f:1:2: unknown table [kafka]"},
      {"[log]\nlevel = \"info\"\nlisten = \"[::]:1\"",
       "f:3:1: unknown key \"listen\" in [log]; it belongs at the top, before the first [table]"},
      {"peer_port = 5", "f:1:1: unknown key \"peer_port\"; it belongs in [probe]"},
      {"window = 5", "f:1:1: unknown key \"window\"; it belongs in [dns]"},
      {"[secrets]\ndomain = \"x\"", "f:2:1: unknown key \"domain\" in [secrets]; it belongs in [group]"},
      {"password = \"x\"", "f:1:1: unknown key \"password\""},
      {"\"\" = 1", "f:1:1: unknown key \"\""},
      {"\"li\\nsten\" = 1", "f:1:1: unknown key \"li\\x0asten\"; did you mean \"listen\"?"},
      {"[group]\nadditional = [{domian = \"a.b\"}]",
       "f:2:16: group.additional: unknown key \"domian\"; did you mean \"domain\"?"},
  });
}

TEST_CASE("wrong types, with what was expected") {
  check({
      {"dns.interval = 30", "f:1:16: dns.interval: expected a string such as \"30s\", found integer 30"},
      {"dns.interval = 0.5", "f:1:16: dns.interval: expected a string such as \"30s\", found number 0.5"},
      {"dns.interval = 2024-01-01", "f:1:16: dns.interval: expected a string such as \"30s\", found a date or time"},
      {"dns.window = \"64\"", "f:1:14: dns.window: expected a whole number from 1 to 128, found string \"64\""},
      {"dns.window = 6.4", "f:1:14: dns.window: expected a whole number from 1 to 128, found number 6.4"},
      {"group.proxy = \"yes\"", "f:1:15: group.proxy: expected true or false, found string \"yes\""},
      {"group.nodes = \"a-1\"", "f:1:15: group.nodes: expected an array, [...], found string \"a-1\""},
      {"group.nodes = [1]", "f:1:16: group.nodes: expected a string, found integer 1"},
      {"group.name = true", "f:1:14: group.name: expected a string, found true"},
      {"group.mode = []", "f:1:14: group.mode: expected a string such as \"verify-full\", found an array"},
      {"group.additional = [\"a.b\"]",
       "f:1:21: group.additional: expected {domain = \"...\", host_suffix = \"...\"}, found string \"a.b\""},
      {"dns = 5", "f:1:1: dns: expected a table, [dns], found integer 5"},
      {"[[dns]]\nwindow = 5", "f:1:3: dns: expected a table, [dns], found an array"},
      {"[listen]", "f:1:1: listen: expected an address such as \"[::]:9188\" or \"127.0.0.1:9188\", found a table"},
      {"dns.servers = [53]",
       "f:1:16: dns.servers: expected a string such as \"10.0.0.10\" or \"[fd00::a]:53\", found integer 53"},
  });
}

TEST_CASE("out of range, with the range and the value") {
  check({
      {"dns.window = 0", "f:1:14: dns.window: expected a whole number from 1 to 128, found integer 0"},
      {"dns.window = 129", "f:1:14: dns.window: expected a whole number from 1 to 128, found integer 129"},
      {"dns.window = 9223372036854775807",
       "f:1:14: dns.window: expected a whole number from 1 to 128, found integer 9223372036854775807"},
      {"probe.peer_port = 0", "f:1:19: probe.peer_port: expected a whole number from 1 to 65535, found integer 0"},
      {"probe.peer_port = 65536",
       "f:1:19: probe.peer_port: expected a whole number from 1 to 65535, found integer 65536"},
      {"probe.peer_port = \"5432\"",
       "f:1:19: probe.peer_port: expected a whole number from 1 to 65535, found string \"5432\""},
      {"http.max_connections = 0",
       "f:1:24: http.max_connections: expected a whole number from 1 to 1024, found integer 0"},
      {"resync = \"1ms\"", "f:1:10: resync: expected \"100ms\" to \"1h\", found \"1ms\""},
      {"resync = \"2h\"", "f:1:10: resync: expected \"100ms\" to \"1h\", found \"2h\""},
      {"resync = \"5 parsecs\"",
       "f:1:10: resync: \"5 parsecs\": expected a duration such as \"250ms\", \"30s\", \"5m\", \"2h\" or \"30d\""},
      {"probe.self = [\"127.0.0.1:0\"]", "f:1:15: probe.self: expected a port from 1 to 65535; found \"127.0.0.1:0\""},
      {"listen = \"localhost:1\"",
       "f:1:10: listen: \"localhost:1\": expected a numeric address, such as \"127.0.0.1\" or \"[::]\""},
  });
}

TEST_CASE("words outside their list") {
  check({
      {"log.format = \"jsn\"",
       "f:1:14: log.format: expected one of \"text\", \"json\"; found \"jsn\"; did you mean \"json\"?"},
      {"log.format = \"\"", "f:1:14: log.format: expected one of \"text\", \"json\"; found \"\""},
      {"group.mode = \"verify_full\"",
       "f:1:14: group.mode: expected one of \"verify-full\", \"verify-ca\", \"require\"; found \"verify_full\"; did "
       "you mean "
       "\"verify-full\"?"},
      {"group.mode = \"disable\"",
       "f:1:14: group.mode: expected one of \"verify-full\", \"verify-ca\", \"require\"; found \"disable\""},
      {"gates.ready_checks = [\"peers\"]",
       "f:1:23: gates.ready_checks: expected one of \"names-own\", \"names-peers\", \"served\", \"drift\"; found "
       "\"peers\""},
  });
}

TEST_CASE("names, paths and common names have their forms") {
  const std::string label = "expected a DNS label: letters, digits and inner hyphens, at most 63; found ";
  CHECK(errors_of("group.name = \"a.b\"") == "f:1:14: group.name: " + label + "\"a.b\"");
  CHECK(errors_of("group.node = \"-a\"") == "f:1:14: group.node: " + label + "\"-a\"");
  CHECK(errors_of("group.nodes = [\"a-1\", \"\"]") == "f:1:23: group.nodes: " + label + "\"\"");
  CHECK(errors_of("group.nodes = [\"" + std::string(64, 'a') + "\"]").find(label) != std::string::npos);
  CHECK(errors_of("group.nodes = [\"" + std::string(63, 'a') + "\"]").empty());
  for (const auto* fine :
       {"group.host_suffix = \"-dc1\"", "group.host_suffix = \"x\"", "group.domain = \"a.b.\"",
        "group.domain = \"_x.a_b.c\"", "group.domain = \"svc\"", "group.extra_names = [\"A.b\", \"c.d.\"]",
        "group.discovery = [\"1.example\", \"a-1\"]", "secrets.ca_file = \"a_B-1.crt\""}) {
    INFO(fine);
    CHECK(errors_of(fine).empty());
  }
  const std::pair<std::string, std::string> wrong[] = {
      {"group.host_suffix = \".my-domain\"", "no dot (that is domain's)"},
      {"group.host_suffix = \"-dc1-\"", "expected the end of a service name"},
      {"group.domain = \"a..b\"", "expected a domain"},
      {"group.domain = \".a\"", "expected a domain"},
      {"group.domain = \".\"", "expected a domain"},
      {"group.domain = \"a b\"", "expected a domain"},
      {"group.domain = \"" + std::string(64, 'a') + ".b\"", "expected a domain"},
      {"group.domain = \"ä.example\"", "expected a domain"},
      {"group.discovery = [\"a.b:5432\"]", "without port"},
      {"group.discovery = [\"\"]", "expected a host name"},
      {"group.extra_names = [\"10.0.0.1\"]", "not an address"},
      {"group.extra_names = [\"10.1\"]", "not an address"},
      {"group.extra_names = [\"0x7f.0x1\"]", "not an address"},
      {"group.extra_names = [\"fd00::1\"]", "expected a host name"},
      {"secrets.server = \"certs\"", "expected an absolute path"},
      {"secrets.written = \"./x\"", "expected an absolute path"},
      {"secrets.cert_file = \"a/b\"", "expected a key of the Secret"},
      {"secrets.cert_file = \"..data\"", "expected a key of the Secret"},
      {"secrets.cert_file = \"\"", "expected a key of the Secret"},
      {"secrets.client_common_name = \"\"", "1 to 64 characters"},
      {"secrets.server = \"/a\\u0000b\"", "control character"},
      {"dns.servers = [\"dns.example\"]", "expected an IP address"},
  };
  for (const auto& [text, part] : wrong) {
    INFO(text);
    const auto errors = errors_of(text);
    INFO(errors);
    CHECK(errors.find(part) != std::string::npos);
    CHECK(errors.find('\n') == std::string::npos);
  }
  std::string long_name;
  for (int i = 0; i < 64; ++i) long_name += "abc.";
  CHECK(errors_of("group.domain = \"" + long_name + "\"").find("at most 253") != std::string::npos);
}

TEST_CASE("duplicates") {
  check({
      {"[group]\nnodes = [\"a-1\", \"a-2\", \"A-1\"]", "f:2:24: group.nodes: listed twice: \"A-1\""},
      {"dns.servers = [\"10.0.0.10\", \"10.0.0.10:53\"]", "f:1:29: dns.servers: listed twice: string \"10.0.0.10:53\""},
      {"group.additional = [{domain = \"a.b\"}, {domain = \"a.b\"}]",
       "f:1:39: group.additional: listed twice: a table"},
      {"probe.peer_roles = [\"node\", \"node\"]", "f:1:29: probe.peer_roles: listed twice: string \"node\""},
      {"gates.ready_checks = [\"drift\", \"drift\"]", "f:1:32: gates.ready_checks: listed twice: string \"drift\""},
      {"probe.self = [\"127.0.0.1:1\", \"[127.0.0.1]:1\"]",
       "f:1:30: probe.self: listed twice: string \"[127.0.0.1]:1\""},
  });
}

TEST_CASE("contradictions, at the key that was written") {
  check({
      {"[dns]\ninterval = \"10m\"",
       "f:2:12: dns.interval: dns.interval (10m) is longer than dns.interval_max (5m, the default)"},
      {"[dns]\ninterval_max = \"10s\"",
       "f:2:16: dns.interval_max: dns.interval (30s, the default) is longer than dns.interval_max (10s)"},
      {"[dns]\ninterval = \"20s\"\ninterval_max = \"10s\"",
       "f:3:16: dns.interval_max: dns.interval (20s) is longer than dns.interval_max (10s)"},
      {"[dns]\ninterval = \"20s\"\ninterval_max = 10",
       "f:3:16: dns.interval_max: expected a string such as \"30s\", found integer 10"},
      {"[dns]\nquery_timeout = \"6s\"",
       "f:2:17: dns.query_timeout: dns.query_timeout (6s) is longer than dns.lookup_deadline (5s, the default)"},
      {"[dns]\nlookup_deadline = \"30s\"",
       "f:2:19: dns.lookup_deadline: dns.lookup_deadline (30s) is longer than dns.sweep_deadline (25s, the default)"},
      {"[probe]\ndrift_grace = \"1h\"",
       "f:2:15: probe.drift_grace: probe.drift_grace (1h) is longer than probe.drift_critical_after (30m, the "
       "default)"},
      {"metrics_listen = \"[::]:9188\"", "f:1:18: metrics_listen: takes the port of listen ([::]:9188)"},
      {"listen = \"127.0.0.1:7\"\nmetrics_listen = \"0.0.0.0:7\"",
       "f:2:18: metrics_listen: takes the port of listen (127.0.0.1:7)"},
  });
  CHECK(errors_of("listen = \"127.0.0.1:0\"\nmetrics_listen = \"127.0.0.1:0\"").empty());
  CHECK(errors_of("listen = \"127.0.0.1:7\"\nmetrics_listen = \"127.0.0.2:7\"").empty());
}

TEST_CASE("a manifest excludes what it says itself") {
  CHECK(errors_of("[group]\nmanifest = \"/etc/g.yaml\"").empty());
  CHECK(errors_of("[group]\nmanifest = \"\"\nname = \"a\"").empty());
  CHECK(
      errors_of(
          "[group]\nmanifest = \"/etc/g.yaml\"\nnode = \"a-1\"\nextra_names = [\"x.y\"]\nname = \"a\"\nproxy = true") ==
      "f:5:8: group.name: contradicts group.manifest: the manifest says this; remove one of the two"
      "\nf:6:9: group.proxy: contradicts group.manifest: the manifest says this; remove one of the two");
  for (const auto* key : {"name = \"a\"", "mode = \"require\"", "domain = \"a\"", "host_suffix = \"-a\"",
                          "additional = []", "proxy = false", "proxy_read = true", "discovery = []"}) {
    INFO(key);
    CHECK(errors_of("[group]\nmanifest = \"/m\"\n" + std::string(key)).find("contradicts group.manifest") !=
          std::string::npos);
  }
  for (const auto* key :
       {"namespace = \"a\"", "node = \"a-1\"", "nodes = [\"a-1\"]", "extra_names = []", "pgd_version = 5"}) {
    INFO(key);
    CHECK(errors_of("[group]\nmanifest = \"/m\"\n" + std::string(key)).empty());
  }
}

TEST_CASE("every semantic error at once, in the order of the text") {
  CHECK(errors_of(R"(
listen = 5
metrics = ""
[http]
idle_timeout = "forever"
[group]
nodes = ["a-1", 7, "a-1", "ok-1"]
[dns]
widnow = 64
window = 640
)") == "f:2:10: listen: expected an address such as \"[::]:9188\" or \"127.0.0.1:9188\", found integer 5\n"
       "f:3:1: unknown key \"metrics\"\n"
       "f:5:16: http.idle_timeout: \"forever\": expected a duration such as \"250ms\", \"30s\", \"5m\", \"2h\" or "
       "\"30d\"\n"
       "f:7:17: group.nodes: expected a string, found integer 7\n"
       "f:7:20: group.nodes: listed twice: \"a-1\"\n"
       "f:9:1: unknown key \"widnow\" in [dns]; did you mean \"window\"?\n"
       "f:10:10: dns.window: expected a whole number from 1 to 128, found integer 640");
}
