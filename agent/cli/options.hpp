// The command line as a value: argv → Command. Reads nothing but its arguments; what they mean is done by the commands.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/cli/options_wait.hpp"
#include "agent/config/config.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/probe.hpp"
#include "common/time.hpp"

namespace cli {

enum class Output { table, json };

struct Run {
  std::string config;
};
struct Check {
  std::string config;
  std::optional<common::WallTime> at;
  std::string ca_next;                       ///< file; "" = no rehearsal
  std::optional<model::Purpose> ca_next_of;  ///< absent: the CA of both
  Output output = Output::table;
};
struct CheckConfig {
  std::string config;
};
struct Verify {
  std::string cert, key, ca;  ///< "" = not given (key; ca only for a server's certificate in mode require)
  model::Purpose purpose = model::Purpose::server;
  std::optional<model::TlsMode> mode;  ///< absent: verify-full where hosts are given, else verify-ca
  std::vector<std::string> hosts;
  std::string common_name;  ///< "" = not checked
  std::optional<common::WallTime> at;
  Output output = Output::table;
};
struct Resolve {
  std::vector<std::string> names;
  std::vector<std::string> servers;
  std::chrono::milliseconds timeout{5000};
  Output output = Output::table;
};
struct Probe {
  std::string host;  ///< name or address
  std::uint16_t port = 5432;
  std::string config;                             ///< gives what is not given here, where it can be read
  std::optional<model::TlsMode> mode;             ///< absent: the configuration's, else verify-full
  std::string ca, cert, key;                      ///< "" = the configuration's
  std::optional<model::ClientCertificate> level;  ///< absent: handshake
  std::optional<model::Negotiation> negotiation;
  std::string user;  ///< "" = streaming_replica
  std::vector<std::string> servers;
  std::chrono::milliseconds timeout{10'000};
  Output output = Output::table;
};
struct Names {
  std::string group;  ///< file
  std::string node;   ///< "" = every node
  Output output = Output::table;
};
struct Lint {
  std::string group;
  Output output = Output::table;
};
enum class Rendered { services, certificates, config, sidecar };
struct Render {
  Rendered what = Rendered::services;
  std::string group;
  std::string node;
  std::string settings;  ///< directory of the installation's injection settings; "" = the defaults
  std::string image;     ///< sidecar: "" = the settings'
};
struct Explain {
  std::string code;  ///< "" = list all
};
struct Webhook {
  config::Endpoint listen{"::", 9443};
  config::Endpoint status_listen{"::", 9188};
  std::string tls = "/etc/pgd-agent/webhook";
  std::string settings = "/etc/pgd-agent/injection";
};
struct Version {};

/// Nothing to run: help was asked for (status 0) or the arguments are wrong (status 2).
struct Stop {
  int status = 0;
  std::string text;
};

using Command = std::variant<Run, Check, CheckConfig, Verify, Resolve, Probe, Names, Lint, Render, Wait, Explain,
                             Webhook, Version, Stop>;

/// `default_config` is used where --config is not given.
Command parse(int argc, const char* const* argv, const std::string& default_config);

}  // namespace cli
