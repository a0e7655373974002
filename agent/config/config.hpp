// The configuration as one value: every key of config.example.toml with its default, units in the types. What the text
// may say is keys.hpp, reading it is parse.hpp; nothing here reads a file or an environment.
#pragma once
#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/probe.hpp"
#include "common/result.hpp"

namespace config {

using Duration = std::chrono::milliseconds;

/// An address to listen on or to connect to. `address` is numeric, without brackets; port 0 = any free one (listening
/// only).
struct Endpoint {
  std::string address;
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
/// "[::]:9188", "127.0.0.1:9188"; "[10.0.0.7]:5432" too, so that "[${POD_IP}]:5432" suits both families.
common::Result<Endpoint> parse_endpoint(std::string_view text);
/// "[::]:9188": what parse_endpoint reads back.
std::string to_text(const Endpoint& endpoint);

/// Who may see the status page, /status.json and debug paths.
enum class StatusAccess { loopback, any };
constexpr std::string_view name(StatusAccess access) { return access == StatusAccess::loopback ? "loopback" : "any"; }

enum class LogLevel { debug, info, warning, error };
constexpr std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "";
}
enum class LogFormat { text, json };
constexpr std::string_view name(LogFormat format) { return format == LogFormat::text ? "text" : "json"; }

using model::ClientCertificate;
using model::Negotiation;

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  friend bool operator==(const Log&, const Log&) = default;
};

struct Group {
  std::string manifest;  ///< path of a PGDGroup; "" = the group is spelled out
  model::Group spelled;  ///< `spelled.name` "" = no group known, names are not checked
  int pgd_version = 6;
  friend bool operator==(const Group&, const Group&) = default;
};

/// Directories; "" = not mounted, not judged.
struct Secrets {
  std::string server = "/etc/pgd-agent/server";
  std::string server_ca = "/etc/pgd-agent/server-ca";
  std::string client = "/etc/pgd-agent/client";
  std::string client_ca = "/etc/pgd-agent/client-ca";
  std::string cert_file = "tls.crt";
  std::string key_file = "tls.key";
  std::string ca_file = "ca.crt";
  std::string written;  ///< where the instance manager writes for Postgres
  std::string client_common_name = "streaming_replica";
  std::optional<Duration> renew_before{};  ///< absent: the manifest's, else a third of the lifetime
  Duration mismatch_debounce{5'000};
  friend bool operator==(const Secrets&, const Secrets&) = default;

  [[nodiscard]] const std::string& directory(model::SecretRole role) const {
    switch (role) {
      case model::SecretRole::server: return server;
      case model::SecretRole::server_ca: return server_ca;
      case model::SecretRole::client: return client;
      case model::SecretRole::client_ca: break;
    }
    return client_ca;
  }
};

struct Dns {
  std::vector<model::DnsServerAddress> servers;  ///< empty: /etc/resolv.conf
  Duration interval{30'000};
  Duration interval_max{300'000};
  Duration query_timeout{1'000};
  int attempts = 2;
  Duration lookup_deadline{5'000};
  Duration sweep_deadline{25'000};
  int window = 64;
  int down_after = 3;
  Duration pending_grace{600'000};
  Duration compare_interval{600'000};
  int max_queries_per_minute = 6'000;
  friend bool operator==(const Dns&, const Dns&) = default;
};

struct Probe {
  std::vector<Endpoint> self{{"127.0.0.1", 5432}};
  Duration self_interval{60'000};
  std::vector<model::NameRole> peer_roles{model::NameRole::node};
  int peer_port = 5432;
  Duration peer_interval{300'000};
  int max_peers = 32;
  int concurrency = 4;
  Duration timeout{10'000};
  ClientCertificate client_certificate = ClientCertificate::handshake;
  Negotiation negotiation = Negotiation::postgres;
  Duration drift_grace{300'000};
  Duration drift_critical_after{1'800'000};
  friend bool operator==(const Probe&, const Probe&) = default;
};

struct Gates {
  model::StartupNames startup_names = model::StartupNames::none;
  model::StartupQuorum startup_quorum = model::StartupQuorum::any;
  Duration startup_max_wait{60'000};  ///< 0 = never released
  std::vector<model::ReadyCheck> ready_checks;
  friend bool operator==(const Gates&, const Gates&) = default;
};

struct Http {
  int max_connections = 64;
  Duration request_timeout{5'000};
  Duration idle_timeout{75'000};
  friend bool operator==(const Http&, const Http&) = default;
};

struct Config {
  Endpoint listen{"::", 9188};
  std::optional<Endpoint> metrics_listen{};  ///< absent: /metrics is on `listen`
  StatusAccess status_access = StatusAccess::loopback;
  Duration resync{60'000};
  Log log;
  Group group;
  Secrets secrets;
  Dns dns;
  Probe probe;
  Gates gates;
  Http http;
  friend bool operator==(const Config&, const Config&) = default;
};

/// What the rules judge by.
model::Policy policy(const Config& config);

/// The group as it is spelled out.
model::Group group(const Config& config);

}  // namespace config
