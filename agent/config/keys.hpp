// Every key once: its name, where its value lives and what it may be. The reader, the writer and so
// config.example.toml's test all walk this list; a key is added here and in config.hpp, nowhere else.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>

#include "agent/config/config.hpp"
#include "agent/config/forms.hpp"

namespace config {

inline constexpr std::size_t most_nodes = 1000;
inline constexpr std::size_t most_additional = 32;
inline constexpr std::size_t most_hosts = 5000;    ///< discovery and extra_names, each
inline constexpr std::size_t most_servers = 8;     ///< glibc stops at 3
inline constexpr std::size_t most_names = 10'000;  ///< that follow from a configuration

inline constexpr std::array all_status_access{StatusAccess::loopback, StatusAccess::any};
inline constexpr std::array all_log_levels{LogLevel::debug, LogLevel::info, LogLevel::warning, LogLevel::error};
inline constexpr std::array all_log_formats{LogFormat::text, LogFormat::json};
inline constexpr std::array all_client_certificates{ClientCertificate::off, ClientCertificate::handshake,
                                                    ClientCertificate::login};
inline constexpr std::array all_negotiations{Negotiation::postgres, Negotiation::direct};
inline constexpr std::array all_startup_names{model::StartupNames::none, model::StartupNames::own,
                                              model::StartupNames::peers};
inline constexpr std::array all_startup_quorums{model::StartupQuorum::any, model::StartupQuorum::majority,
                                                model::StartupQuorum::all};
inline constexpr std::array all_ready_checks{model::ReadyCheck::names_own, model::ReadyCheck::names_peers,
                                             model::ReadyCheck::served, model::ReadyCheck::drift};

/// Where a key that is absent, or "" where that means "unknown", looks in the environment.
inline constexpr std::string_view default_namespace = "${NAMESPACE:-}";
inline constexpr std::string_view default_node = "${PGD_NODE:-}";

/// The keys a PGDGroup manifest answers itself: none of them beside `manifest`.
inline constexpr std::array<std::string_view, 8> keys_of_manifest{
    "group.name",       "group.mode",  "group.domain",     "group.host_suffix",
    "group.additional", "group.proxy", "group.proxy_read", "group.discovery"};

/// Walks all keys in the order of config.example.toml. `Fields` is a Reader with a Config or a Writer with a const
/// Config.
template <class Fields, class AnyConfig>
void each_key(Fields& at, AnyConfig& config) {
  using namespace std::chrono_literals;
  at.endpoint("listen", config.listen);
  at.optional_endpoint("metrics_listen", config.metrics_listen);
  at.word("status_access", config.status_access, all_status_access);
  at.duration("resync", config.resync, 100ms, 1h);

  at.table("log");
  at.word("level", config.log.level, all_log_levels);
  at.word("format", config.log.format, all_log_formats);

  at.table("group");
  auto& group = config.group.spelled;
  at.optional_text("manifest", config.group.manifest, directory_form);
  at.optional_text("name", group.name, label_form);
  at.optional_text("namespace", group.ns, label_form, default_namespace);
  at.optional_text("node", group.node, label_form, default_node);
  at.texts("nodes", group.nodes, label_form, most_nodes);
  at.mode("mode", group.mode);
  at.optional_text("domain", group.primary.domain, domain_form);
  at.optional_text("host_suffix", group.primary.host_suffix, suffix_form);
  at.entries("additional", group.additional, most_additional);
  at.flag("proxy", group.proxy);
  at.flag("proxy_read", group.proxy_read);
  at.texts("discovery", group.discovery, host_form, most_hosts);
  at.texts("extra_names", group.extra_names, host_form, most_hosts);
  at.number("pgd_version", config.group.pgd_version, 5, 9);

  at.table("secrets");
  auto& secrets = config.secrets;
  at.optional_text("server", secrets.server, directory_form);
  at.optional_text("server_ca", secrets.server_ca, directory_form);
  at.optional_text("client", secrets.client, directory_form);
  at.optional_text("client_ca", secrets.client_ca, directory_form);
  at.text("cert_file", secrets.cert_file, file_form);
  at.text("key_file", secrets.key_file, file_form);
  at.text("ca_file", secrets.ca_file, file_form);
  at.optional_text("written", secrets.written, directory_form);
  at.text("client_common_name", secrets.client_common_name, common_name_form);
  at.optional_duration("renew_before", secrets.renew_before, 1s, 3650 * 24h);
  at.duration("mismatch_debounce", secrets.mismatch_debounce, 0ms, 10min);

  at.table("dns");
  auto& dns = config.dns;
  at.servers("servers", dns.servers, most_servers);
  at.duration("interval", dns.interval, 100ms, 1h);
  at.duration("interval_max", dns.interval_max, 100ms, 24h);
  at.duration("query_timeout", dns.query_timeout, 10ms, 30s);
  at.number("attempts", dns.attempts, 1, 5);
  at.duration("lookup_deadline", dns.lookup_deadline, 10ms, 1min);
  at.duration("sweep_deadline", dns.sweep_deadline, 100ms, 10min);
  at.number("window", dns.window, 1, 128);
  at.number("down_after", dns.down_after, 1, 100);
  at.duration("pending_grace", dns.pending_grace, 0ms, 24h);
  at.duration("compare_interval", dns.compare_interval, 1s, 24h);
  at.number("max_queries_per_minute", dns.max_queries_per_minute, 60, 1'000'000);

  at.table("probe");
  auto& probe = config.probe;
  at.endpoints("self", probe.self, 8);
  at.duration("self_interval", probe.self_interval, 100ms, 24h);
  at.words("peer_roles", probe.peer_roles, model::all_name_roles);
  at.number("peer_port", probe.peer_port, 1, 65'535);
  at.duration("peer_interval", probe.peer_interval, 1s, 24h);
  at.number("max_peers", probe.max_peers, 0, 1000);
  at.number("concurrency", probe.concurrency, 1, 64);
  at.duration("timeout", probe.timeout, 100ms, 1min);
  at.word("client_certificate", probe.client_certificate, all_client_certificates);
  at.word("negotiation", probe.negotiation, all_negotiations);
  at.duration("drift_grace", probe.drift_grace, 0ms, 24h);
  at.duration("drift_critical_after", probe.drift_critical_after, 0ms, 7 * 24h);

  at.table("gates");
  auto& gates = config.gates;
  at.word("startup_names", gates.startup_names, all_startup_names);
  at.word("startup_quorum", gates.startup_quorum, all_startup_quorums);
  at.duration("startup_max_wait", gates.startup_max_wait, 0ms, 24h);
  at.words("ready_checks", gates.ready_checks, all_ready_checks);

  at.table("http");
  at.number("max_connections", config.http.max_connections, 1, 1024);
  at.duration("request_timeout", config.http.request_timeout, 100ms, 1min);
  at.duration("idle_timeout", config.http.idle_timeout, 100ms, 1h);
}

}  // namespace config
