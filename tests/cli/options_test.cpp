#include "agent/cli/options.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;

namespace {

cli::Command parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "pgd-agent");
  return cli::parse(static_cast<int>(arguments.size()), arguments.data(), "/default.toml");
}

template <class T>
T as(std::vector<const char*> arguments) {
  auto command = parse(std::move(arguments));
  REQUIRE(std::holds_alternative<T>(command));
  return std::get<T>(command);
}

}  // namespace

TEST_CASE("commands read as values") {
  CHECK(as<cli::Run>({"run"}).config == "/default.toml");
  CHECK(as<cli::Run>({"run", "--config", "c.toml"}).config == "c.toml");
  CHECK(as<cli::CheckConfig>({"check-config", "c.toml"}).config == "c.toml");
  CHECK(as<cli::CheckConfig>({"check-config"}).config == "/default.toml");
  const auto check = as<cli::Check>({"check", "--at", "2026-12-24T00:00:00Z", "--output", "json"});
  CHECK(check.at == *common::parse_rfc3339("2026-12-24T00:00:00Z"));
  CHECK(check.output == cli::Output::json);
  const auto verify = as<cli::Verify>({"verify", "--cert", "a", "--ca", "b", "--purpose", "client", "--mode",
                                       "required", "--host", "x", "--host", "y"});
  CHECK(verify.purpose == model::Purpose::client);
  CHECK(verify.mode == model::TlsMode::require);
  CHECK(verify.hosts == std::vector<std::string>{"x", "y"});
  CHECK(as<cli::Verify>({"verify", "--cert", "a", "--mode", "require"}).ca.empty());
  CHECK(as<cli::Verify>({"verify", "--cert", "a", "--ca", "b", "--host", "[::1]"}).hosts ==
        std::vector<std::string>{"[::1]"});
  const auto resolve = as<cli::Resolve>({"resolve", "a", "--server", "10.0.0.1", "b", "--timeout", "250ms"});
  CHECK(resolve.names == std::vector<std::string>{"a", "b"});
  CHECK(resolve.servers == std::vector<std::string>{"10.0.0.1"});
  CHECK(resolve.timeout == 250ms);
  const auto names = as<cli::Names>({"names", "--group", "g.yaml", "--node", "a-1", "--output", "json"});
  CHECK(names.group == "g.yaml");
  CHECK(names.node == "a-1");
  CHECK(names.output == cli::Output::json);
  CHECK(as<cli::Lint>({"lint", "--group", "g.yaml"}).group == "g.yaml");
  CHECK(as<cli::Render>({"render", "certificates", "--group", "g"}).what == cli::Rendered::certificates);
  CHECK(as<cli::Render>({"render", "config", "--group", "g", "--node", "a-1"}).what == cli::Rendered::config);
  CHECK(as<cli::Explain>({"explain", "expired"}).code == "expired");
  const auto webhook = as<cli::Webhook>(
      {"webhook", "--listen", "127.0.0.1:8443", "--tls", "t", "--settings", "s", "--status-listen", "[::1]:0"});
  CHECK(webhook.listen == config::Endpoint{"127.0.0.1", 8443});
  CHECK(webhook.status_listen == config::Endpoint{"::1", 0});
  CHECK(webhook.tls == "t");
  CHECK(webhook.settings == "s");
  CHECK(as<cli::Webhook>({"webhook"}).listen == config::Endpoint{"::", 9443});
  CHECK(as<cli::Webhook>({"webhook"}).status_listen == config::Endpoint{"::", 9188});
  as<cli::Version>({"version"});
  as<cli::Version>({"--version"});
}

TEST_CASE("a probe's target is a name or an address, with a port where it has one") {
  struct Row {
    const char* target;
    const char* host;
    int port;
  };
  for (const auto& [target, host, port] :
       {Row{"n1.example", "n1.example", 5432}, Row{"n1.example:5433", "n1.example", 5433},
        Row{"n1.example:1", "n1.example", 1}, Row{"10.0.0.1:65535", "10.0.0.1", 65'535},
        Row{"10.0.0.1", "10.0.0.1", 5432}, Row{"::1", "::1", 5432}, Row{"fd00::a:5433", "fd00::a:5433", 5432},
        Row{"[::1]", "::1", 5432}, Row{"[::1]:5433", "::1", 5433}, Row{"[fe80::1%eth0]:5433", "fe80::1%eth0", 5433}}) {
    INFO(target);
    const auto probe = as<cli::Probe>({"probe", target});
    CHECK(probe.host == host);
    CHECK(probe.port == port);
  }
  for (const auto* wrong : {"n1.example:", "n1.example:0", "n1.example:65536", "n1.example:-1", "n1.example:+1",
                            "n1.example:5432x", "n1.example: 5432", "n1.example:postgres", ":5432", "", "[]", "[]:5432",
                            "[::1]:", "[::1]:0", "[::1]:x", "[::1", "[::1:5433", "[::1]x:5433"}) {
    INFO(wrong);
    const auto stop = as<cli::Stop>({"probe", wrong});
    CHECK(stop.status == 2);
    CHECK(stop.text.starts_with("pgd-agent: probe: "));
  }
}

TEST_CASE("a probe's options, and what it does without them") {
  const auto bare = as<cli::Probe>({"probe", "n1.example"});
  CHECK(bare.config == "/default.toml");
  CHECK_FALSE(bare.mode.has_value());
  CHECK(bare.ca.empty());
  CHECK(bare.cert.empty());
  CHECK(bare.key.empty());
  CHECK_FALSE(bare.level.has_value());
  CHECK_FALSE(bare.negotiation.has_value());
  CHECK(bare.user.empty());
  CHECK(bare.servers.empty());
  CHECK(bare.timeout == 10s);
  CHECK(bare.output == cli::Output::table);

  const auto all = as<cli::Probe>({"probe",     "n1.example", "--mode",        "required",   "--ca",
                                   "ca.crt",    "--cert",     "tls.crt",       "--key",      "tls.key",
                                   "--user",    "somebody",   "--negotiation", "direct",     "--client-certificate",
                                   "login",     "--server",   "10.0.0.1",      "--server",   "10.0.0.2",
                                   "--timeout", "250ms",      "--config",      "other.toml", "--output",
                                   "json"});
  CHECK(all.config == "other.toml");
  CHECK(all.mode == model::TlsMode::require);
  CHECK(all.ca == "ca.crt");
  CHECK(all.cert == "tls.crt");
  CHECK(all.key == "tls.key");
  CHECK(all.level == model::ClientCertificate::login);
  CHECK(all.negotiation == model::Negotiation::direct);
  CHECK(all.user == "somebody");
  CHECK(all.servers == std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
  CHECK(all.timeout == 250ms);
  CHECK(all.output == cli::Output::json);
  CHECK(as<cli::Probe>({"probe", "n", "--client-certificate", "off"}).level == model::ClientCertificate::off);
  CHECK(as<cli::Probe>({"probe", "n", "--client-certificate", "handshake"}).level ==
        model::ClientCertificate::handshake);
}

TEST_CASE("a CA is rehearsed for both, or for one side alone") {
  CHECK(as<cli::Check>({"check"}).ca_next.empty());
  const auto both = as<cli::Check>({"check", "--ca-next", "new.crt"});
  CHECK(both.ca_next == "new.crt");
  CHECK_FALSE(both.ca_next_of.has_value());
  CHECK(as<cli::Check>({"check", "--ca-next", "new.crt", "--ca-next-of", "server"}).ca_next_of ==
        model::Purpose::server);
  CHECK(as<cli::Check>({"check", "--ca-next-of", "client", "--ca-next", "new.crt"}).ca_next_of ==
        model::Purpose::client);
}

TEST_CASE("what is waited for, how long, and what comes after") {
  const auto bare = as<cli::Wait>({"wait", "--timeout", "60s"});
  CHECK(bare.config == "/default.toml");
  CHECK(bare.url.empty());
  CHECK(bare.gate == model::Gate::startup);
  CHECK(bare.timeout == 60s);
  CHECK(bare.silence == 60s);
  CHECK(bare.on_timeout == cli::OnTimeout::fail);
  CHECK(bare.command.empty());
  CHECK(bare.error.empty());

  const auto all = as<cli::Wait>({"wait", "--url", "http://127.0.0.1:9188", "--for", "ready", "--timeout", "0s",
                                  "--on-timeout", "continue", "--silence", "2s", "--", "cmd", "--timeout", "--", "-x"});
  CHECK(all.url == "http://127.0.0.1:9188");
  CHECK(all.gate == model::Gate::ready);
  CHECK(all.timeout == 0s);
  CHECK(all.silence == 2s);
  CHECK(all.on_timeout == cli::OnTimeout::go_on);
  CHECK(all.command == std::vector<std::string>{"cmd", "--timeout", "--", "-x"});
  CHECK(as<cli::Wait>({"wait", "--config", "c.toml", "--timeout", "1s"}).config == "c.toml");
  CHECK(as<cli::Stop>({"wait", "--help"}).text.find("--on-timeout") != std::string::npos);
}

TEST_CASE("wrong arguments of wait end it, unless it is to go on whatever happens") {
  const std::vector<std::vector<const char*>> wrong{
      {},
      {"--timeout", "5"},
      {"--timeout", ""},
      {"--timeout"},
      {"--timeout", "1s", "--silence", "x"},
      {"--timeout", "1s", "--for", "live"},
      {"--timeout", "1s", "--url", "https://x"},
      {"--timeout", "1s", "--url", "http://127.0.0.1:1", "--config", "c.toml"},
      {"--timeout", "1s", "--nonsense"},
      {"--timeout", "1s", "cmd"}};
  for (const auto& arguments : wrong) {
    INFO((arguments.empty() ? "(nothing)" : arguments.back()));
    auto words = arguments;
    words.insert(words.begin(), "wait");
    words.insert(words.end(), {"--", "cmd", "a"});
    const auto stop = as<cli::Stop>(words);
    CHECK(stop.status == 2);
    CHECK(stop.text.starts_with("pgd-agent: wait: "));
    for (const auto& way : {std::vector<const char*>{"--on-timeout", "continue"}, {"--on-timeout=continue"}}) {
      auto going_on = words;
      going_on.insert(going_on.begin() + 1, way.begin(), way.end());
      const auto wait = as<cli::Wait>(going_on);
      CHECK_FALSE(wait.error.empty());
      CHECK(wait.on_timeout == cli::OnTimeout::go_on);
      CHECK(wait.command == std::vector<std::string>{"cmd", "a"});
    }
  }
  CHECK(as<cli::Stop>({"wait", "--timeout", "1s", "--"}).status == 2);
  CHECK(as<cli::Stop>({"wait", "--timeout", "1s", "--on-timeout", "perhaps"}).status == 2);
  // Of the command's own arguments none is ours; nor is another command's.
  CHECK(as<cli::Stop>({"wait", "--", "cmd", "--on-timeout", "continue"}).status == 2);
  CHECK(as<cli::Stop>({"run", "--on-timeout", "continue"}).status == 2);
}

TEST_CASE("help is status 0, wrong usage status 2 and says where help is") {
  CHECK(as<cli::Stop>({"--help"}).status == 0);
  CHECK(as<cli::Stop>({"--help"}).text.find("Exit codes") != std::string::npos);
  const auto help = as<cli::Stop>({"verify", "--help"});
  CHECK(help.status == 0);
  CHECK(help.text.find("--cert") != std::string::npos);
  for (const auto& wrong :
       std::vector<std::vector<const char*>>{{},
                                             {"nonsense"},
                                             {"run", "--nonsense"},
                                             {"webhook", "--listen", "localhost:1"},
                                             {"webhook", "--status-listen", "::1"},
                                             {"verify"},
                                             {"verify", "--cert", "a"},
                                             {"verify", "--cert", "a", "--mode", "verify-ca"},
                                             {"verify", "--cert", "a", "--mode", "require", "--purpose", "client"},
                                             {"check", "--at", "yesterday"},
                                             {"check", "--ca-next"},
                                             {"check", "--ca-next-of", "server"},
                                             {"check", "--ca-next", "f", "--ca-next-of", "both"},
                                             {"probe"},
                                             {"probe", "a", "b"},
                                             {"probe", "a", "--cert", "tls.crt"},
                                             {"probe", "a", "--key", "tls.key"},
                                             {"probe", "a", "--client-certificate", "yes"},
                                             {"probe", "a", "--negotiation", "tls"},
                                             {"probe", "a", "--mode", "verify"},
                                             {"probe", "a", "--timeout", "5"},
                                             {"resolve"},
                                             {"names"},
                                             {"lint", "g.yaml"},
                                             {"render", "--group", "g"},
                                             {"render", "secrets", "--group", "g"},
                                             {"resolve", "a", "--timeout", "5"},
                                             {"check", "--output", "xml"}}) {
    INFO((wrong.empty() ? "(nothing)" : wrong.back()));
    const auto stop = as<cli::Stop>(wrong);
    CHECK(stop.status == 2);
    CHECK(stop.text.starts_with("pgd-agent: "));
    CHECK(stop.text.find("--help") != std::string::npos);
  }
}
