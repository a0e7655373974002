#include "agent/config/config.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using config::Config;
using config::Endpoint;
using config::parse_endpoint;

TEST_CASE("endpoints read back as written") {
  CHECK(*parse_endpoint("[::]:9188") == Endpoint{"::", 9188});
  CHECK(*parse_endpoint("127.0.0.1:0") == Endpoint{"127.0.0.1", 0});
  CHECK(*parse_endpoint("[fd00::1]:65535") == Endpoint{"fd00::1", 65535});
  CHECK(*parse_endpoint("[10.0.0.7]:5432") == Endpoint{"10.0.0.7", 5432});
  for (const auto* text : {"[::]:9188", "127.0.0.1:9188", "[fd00::1]:1"}) CHECK(to_text(*parse_endpoint(text)) == text);
  for (const auto* bad : {"", ":", "9188", ":9188", "localhost:9188", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                          "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "::1:9188", "[::1]", "[::1", "[]:1",
                          "[::1]9188", "256.0.0.1:1", "[::1]:9188x", "1:2:3"}) {
    INFO(bad);
    CHECK_FALSE(parse_endpoint(bad).has_value());
  }
}

TEST_CASE("a configuration by default is the policy by default") {
  const model::Policy expected;
  const model::Policy policy = config::policy(Config{});
  CHECK(policy.certificates.mode == expected.certificates.mode);
  CHECK(policy.certificates.pgd_version == expected.certificates.pgd_version);
  CHECK(policy.certificates.client_common_name == expected.certificates.client_common_name);
  CHECK(policy.certificates.renew_before == expected.certificates.renew_before);
  CHECK(policy.certificates.mismatch_debounce == expected.certificates.mismatch_debounce);
  CHECK(policy.names.down_after == expected.names.down_after);
  CHECK(policy.names.pending_grace == expected.names.pending_grace);
  CHECK(policy.gates.startup_names == expected.gates.startup_names);
  CHECK(policy.gates.startup_quorum == expected.gates.startup_quorum);
  CHECK(policy.gates.startup_max_wait == expected.gates.startup_max_wait);
  CHECK(policy.gates.ready_checks == expected.gates.ready_checks);
  CHECK(config::group(Config{}) == model::Group{});
}

TEST_CASE("the policy follows the configuration") {
  Config config;
  config.group.spelled.mode = model::TlsMode::verify_full;
  config.group.spelled.name = "north";
  config.group.pgd_version = 5;
  config.secrets.client_common_name = "replica";
  config.secrets.renew_before = 36h;
  config.secrets.mismatch_debounce = 1s;
  config.dns.down_after = 7;
  config.dns.pending_grace = 1min;
  config.gates.startup_names = model::StartupNames::peers;
  config.gates.startup_quorum = model::StartupQuorum::majority;
  config.gates.startup_max_wait = 0ms;
  config.gates.ready_checks = {model::ReadyCheck::drift};
  const model::Policy policy = config::policy(config);
  CHECK(policy.certificates.mode == model::TlsMode::verify_full);
  CHECK(policy.certificates.pgd_version == 5);
  CHECK(policy.certificates.client_common_name == "replica");
  CHECK(policy.certificates.renew_before == 36h);
  CHECK(policy.certificates.mismatch_debounce == 1s);
  CHECK(policy.names.down_after == 7);
  CHECK(policy.names.pending_grace == 1min);
  CHECK(policy.gates.startup_names == model::StartupNames::peers);
  CHECK(policy.gates.startup_quorum == model::StartupQuorum::majority);
  CHECK(policy.gates.startup_max_wait == 0ms);
  CHECK(policy.gates.ready_checks == std::vector{model::ReadyCheck::drift});
  CHECK(config::group(config).name == "north");
}

TEST_CASE("each secret role has its directory") {
  const config::Secrets secrets;
  CHECK(secrets.directory(model::SecretRole::server) == "/etc/pgd-agent/server");
  CHECK(secrets.directory(model::SecretRole::server_ca) == "/etc/pgd-agent/server-ca");
  CHECK(secrets.directory(model::SecretRole::client) == "/etc/pgd-agent/client");
  CHECK(secrets.directory(model::SecretRole::client_ca) == "/etc/pgd-agent/client-ca");
}
