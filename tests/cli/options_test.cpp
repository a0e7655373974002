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
  as<cli::Version>({"version"});
  as<cli::Version>({"--version"});
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
                                             {"verify"},
                                             {"verify", "--cert", "a"},
                                             {"verify", "--cert", "a", "--mode", "verify-ca"},
                                             {"verify", "--cert", "a", "--mode", "require", "--purpose", "client"},
                                             {"check", "--at", "yesterday"},
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
