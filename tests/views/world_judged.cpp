// Findings, checks and events of the hand-made worlds.
#include "world.hpp"
#include "world_parts.hpp"

namespace support {

using namespace std::chrono_literals;
using model::Code;
using model::Severity;

namespace {

model::Finding finding(Code code, Severity severity, model::Area area, const char* subject, const char* message,
                       const char* remedy, std::chrono::seconds since = 60s) {
  model::Finding found{code, severity, area, std::nullopt, subject, message, remedy, false, noon() - since};
  if (area <= model::Area::client_ca) found.source = model::Source::mounted;
  return found;
}

model::Finding served(model::Finding found) {
  found.source = model::Source::served;
  return found;
}

std::shared_ptr<const model::Event> event(std::chrono::seconds ago, model::EventKind kind, model::Level level,
                                          const char* subject, const char* message,
                                          std::vector<std::pair<std::string, std::string>> fields = {}) {
  return std::make_shared<const model::Event>(
      model::Event{noon() - ago, kind, level, subject, message, std::move(fields)});
}

}  // namespace

std::vector<model::Finding> rich_findings() {
  using model::Area;
  std::vector<model::Finding> findings{
      finding(
          Code::key_mismatch, Severity::critical, Area::client, "tls.key",
          "The private key in tls.key is not the key of the certificate CN=streaming_replica.",
          "Write certificate and key of the same issue into the Secret; Postgres keeps the old pair until they match.",
          20s),
      finding(Code::missing_file, Severity::critical, Area::client_ca, "ca.crt",
              "ca.crt is missing in /etc/pgd-agent/client-ca.",
              "Create or complete the Secret, or set the directory under [secrets] to what is mounted.", 345'600s),
      finding(Code::not_resolving, Severity::critical, Area::names, "region-a-3-node.pgd.svc.cluster.local",
              "region-a-3-node.pgd.svc.cluster.local does not resolve: nxdomain for IPv4 and IPv6, 5 lookups in a row; "
              "last resolved 2026-03-01T10:00:00Z.",
              "Create the DNS record or the Service behind it, or correct domain, hostSuffix or the node list if the "
              "name itself is wrong.",
              7'200s),
      finding(Code::expired, Severity::warning, Area::server_ca, "anchor 1",
              "The CA certificate CN=Old \"root\" & <sons>\\2C Ünïcode expired 2026-01-01T00:00:00Z, 59 days ago; "
              "another is good.",
              "Remove it from the bundle.", 345'600s),
      finding(Code::renewal_overdue, Severity::warning, Area::server, "leaf",
              "The certificate CN=region-a-1-node should have been renewed 2026-02-06T12:00:00Z, 23 days ago.",
              "See why cert-manager did not renew it: kubectl describe certificate.", 1'728'000s),
      finding(Code::expires_soon, Severity::warning, Area::server, "leaf",
              "The certificate CN=region-a-1-node expires 2026-03-08T12:00:00Z, in 7 d.", "Renew it now.", 600s),
      finding(Code::partial_answer, Severity::warning, Area::names, "region-a-proxy.pgd.svc.cluster.local",
              "region-a-proxy.pgd.svc.cluster.local resolves to IPv4 addresses only: IPv6 gave servfail.",
              "Ask the name server's owner why it fails.", 90s),
      finding(Code::name_invalid, Severity::warning, Area::names, "under_score\"quoted<b>.example.com",
              "The name can't be asked: a label holds \"<\".", "Correct extra_names."),
      finding(Code::client_certificate_refused, Severity::critical, Area::peers, "region-b-2-node.example.com:5432",
              "region-b-2-node.example.com:5432 does not trust our client certificate: alert 48 (unknown_ca).",
              "Add the CA of CN=streaming_replica to the peer's client CA bundle.", 300s),
      served(finding(Code::drift_served, Severity::warning, Area::server, "127.0.0.1:5432",
                     "Postgres at 127.0.0.1:5432 serves another certificate than the mounted one, since "
                     "2026-03-01T11:48:00Z.",
                     "Let Postgres reload: SELECT pg_reload_conf().", 420s)),
      finding(
          Code::watch_degraded, Severity::info, Area::agent, "client",
          "Changes of /etc/pgd-agent/client are noticed by polling only: inotify_add_watch: No space left on device.",
          "Raise fs.inotify.max_user_watches on the Kubernetes node."),
  };
  findings[0].holds_startup = findings[1].holds_startup = true;
  return findings;
}

model::Check check(const char* name_, model::Gate gate, const char* reason) {
  const bool ok = *reason == '\0';
  return {name_,
          gate,
          ok,
          reason,
          ok ? instant("2026-02-26T12:00:05Z") : noon() - 20s,
          ok ? std::optional(noon()) : std::optional(noon() - 20s),
          0};
}

std::vector<model::Check> rich_checks() {
  using model::Gate;
  const char* mismatch =
      "key-mismatch: The private key in tls.key is not the key of the certificate CN=streaming_replica.";
  const char* missing = "missing-file: ca.crt is missing in /etc/pgd-agent/client-ca.";
  std::vector<model::Check> checks{
      check("config", Gate::startup),
      check("secret-client", Gate::startup, mismatch),
      check("secret-client_ca", Gate::startup, missing),
      check("secret-server", Gate::startup),
      check("secret-server_ca", Gate::startup),
      check("config", Gate::ready),
      check("secret-client", Gate::ready, mismatch),
      check("secret-client_ca", Gate::ready, missing),
      check("secret-server", Gate::ready),
      check("secret-server_ca", Gate::ready),
      check("monitor-config", Gate::live),
      check("monitor-dns", Gate::live),
      check("monitor-judge", Gate::live),
      check("monitor-probes", Gate::live),
      check("monitor-secrets", Gate::live),
      check("config-current", Gate::advisory),
      check("monitor-config", Gate::advisory),
      check("monitor-dns", Gate::advisory),
      check("monitor-judge", Gate::advisory),
      check("monitor-probes", Gate::advisory),
      check("monitor-secrets", Gate::advisory),
      check("names-own", Gate::advisory),
      check("names-peers", Gate::advisory, "2 of 5 names not up, first region-a-3-node.pgd.svc.cluster.local"),
      check("secret-client", Gate::advisory, mismatch),
      check("secret-client_ca", Gate::advisory, missing),
      check("secret-server", Gate::advisory,
            "expires-soon: The certificate CN=region-a-1-node expires 2026-03-08T12:00:00Z, in 7 d. (and 1 more)"),
      check("secret-server_ca", Gate::advisory)};
  checks[2].last_success.reset();
  checks[7].last_success.reset();
  return checks;
}

std::deque<std::shared_ptr<const model::Event>> rich_events() {
  using model::EventKind;
  using model::Level;
  return {
      event(345'600s, EventKind::config, Level::info, "/etc/pgd-agent/config.toml", "configuration applied"),
      event(345'595s, EventKind::gate, Level::info, "startup", "closed -> open",
            {{"before", "closed"}, {"after", "open"}}),
      event(7'200s, EventKind::name, Level::error, "region-a-3-node.pgd.svc.cluster.local", "up -> down: nxdomain",
            {{"before", "up"}, {"after", "down"}, {"status", "nxdomain"}}),
      event(400s, EventKind::addresses, Level::info, "region-a-2-node.pgd.svc.cluster.local",
            "10.1.0.2 -> 10.1.0.12, fd00::12", {{"before", "10.1.0.2"}, {"after", "10.1.0.12, fd00::12"}}),
      event(
          25s, EventKind::rotation, Level::info, "client",
          "certificate changed: serial 1eff, expires 2026-03-15T00:00:00Z -> serial 1f00, expires 2026-04-15T00:00:00Z",
          {{"changed", "certificate"}, {"detected_by", "poll"}}),
      event(20s, EventKind::finding, Level::error, "client",
            "key-mismatch: The private key in tls.key is not the key of the certificate CN=streaming_replica.",
            {{"code", "key-mismatch"}, {"severity", "critical"}, {"area", "client"}}),
      event(20s, EventKind::gate, Level::error, "ready", "ready -> not ready: secret-client",
            {{"before", "ready"}, {"after", "not ready"}}),
  };
}

}  // namespace support
