#include "world.hpp"

#include <algorithm>

namespace support {

using namespace std::chrono_literals;
using common::WallTime;
using model::Code;
using model::DnsStatus;
using model::NameRole;
using model::Severity;

WallTime instant(const char* rfc3339) { return common::parse_rfc3339(rfc3339).value(); }
WallTime noon() { return instant("2026-03-01T12:00:00Z"); }

model::BuildInfo build_info() { return {"0.1.0", "abc1234", "3.0.17", "1.18.1"}; }

model::Runtime runtime() {
  model::Runtime runtime;
  runtime.process = {12.34, 23'456'789, 1'772'107'200.25, 23, 1'048'576};
  runtime.log_lines_dropped = 2;
  runtime.http_requests = {
      {{"/readyz", 200}, 4321}, {{"/readyz", 503}, 7}, {{"/metrics", 200}, 99}, {{"other", 413}, 1}};
  runtime.heartbeats = {noon() - 30s, noon() - 12s, noon() - 1500ms, std::nullopt};
  return runtime;
}

model::CertificateRef certificate(model::Position position, int index, const char* subject, const char* issuer,
                                  const char* not_before, const char* not_after) {
  model::Certificate facts;
  facts.position = position;
  facts.index = index;
  facts.subject = subject;
  facts.issuer = issuer;
  facts.serial = "1f0" + std::to_string(index);
  facts.fingerprint_sha256 = std::string(60, 'a' + static_cast<char>(position)) + "000" + std::to_string(index);
  facts.not_before = instant(not_before);
  facts.not_after = instant(not_after);
  facts.is_ca = position != model::Position::leaf;
  facts.self_issued = facts.subject == facts.issuer;
  facts.key = "EC P-256";
  facts.signature = "ecdsa-with-SHA256";
  return std::make_shared<const model::Certificate>(facts);
}

namespace {

model::CertificateRef with_names(const model::CertificateRef& from, std::vector<std::string> dns,
                                 std::vector<std::string> ips = {}) {
  model::Certificate facts = *from;
  facts.dns_names = std::move(dns);
  facts.ip_addresses = std::move(ips);
  return std::make_shared<const model::Certificate>(facts);
}

std::shared_ptr<const model::Group> group() {
  model::Group group;
  group.name = "region-a";
  group.ns = "pgd";
  group.node = "region-a-1";
  group.nodes = {"region-a-1", "region-a-2", "region-a-3"};
  group.mode = model::TlsMode::verify_full;
  group.primary = {"pgd.svc.cluster.local", ""};
  return std::make_shared<const model::Group>(group);
}

model::FamilyAnswer answer(DnsStatus status, std::vector<model::Address> addresses = {}) {
  return {status, std::move(addresses), {}};
}

struct Seen {
  const char* fqdn;
  NameRole role;
  const char* node = "";
  bool own = false;
  bool up = true;
};

model::NameObservation name(const Seen& seen, model::FamilyAnswer ipv4, model::FamilyAnswer ipv6) {
  model::NameObservation observed;
  observed.name = {seen.fqdn, seen.role, seen.role == NameRole::extra ? "" : "region-a", seen.node, seen.own};
  observed.first_seen = instant("2026-02-26T12:00:05Z");
  observed.last_lookup = noon() - 8s;
  observed.last = model::Lookup{std::move(ipv4), std::move(ipv6), "", {}, std::nullopt, 1800us};
  if (observed.last->resolved()) {
    observed.last->answered_as = seen.fqdn;
    observed.last_success = observed.last_lookup;
  }
  observed.up = seen.up;
  return observed;
}

std::vector<std::shared_ptr<const model::NameObservation>> rich_names() {
  std::vector<model::NameObservation> all;
  const auto nodata = answer(DnsStatus::nodata);
  all.push_back(name({"region-a-1-node.pgd.svc.cluster.local", NameRole::node, "region-a-1", true},
                     answer(DnsStatus::noerror, {{"10.1.0.11", 30s}}), nodata));
  all.push_back(name({"region-a-2-node.pgd.svc.cluster.local", NameRole::node, "region-a-2"},
                     answer(DnsStatus::noerror, {{"10.1.0.12", 30s}}), answer(DnsStatus::noerror, {{"fd00::12", 5s}})));
  all.back().address_changes = 3;
  all.push_back(name({"region-a-3-node.pgd.svc.cluster.local", NameRole::node, "region-a-3", false, false},
                     answer(DnsStatus::nxdomain), answer(DnsStatus::nxdomain)));
  all.back().failures = 5;
  all.back().last_success = noon() - 2h;
  all.push_back(name({"region-a-group.pgd.svc.cluster.local", NameRole::group, "", true},
                     answer(DnsStatus::noerror, {{"10.1.0.11", 30s}, {"10.1.0.12", 25s}, {"10.1.0.13", 30s}}), nodata));
  all.push_back(name({"region-a-proxy-r.pgd.svc.cluster.local", NameRole::proxy_read}, answer(DnsStatus::timeout),
                     answer(DnsStatus::timeout)));
  all.back().failures = 1;
  all.back().last_success = noon() - 40s;
  all.push_back(name({"region-a-proxy.pgd.svc.cluster.local", NameRole::proxy, "", true},
                     answer(DnsStatus::noerror, {{"10.1.9.1", 30s}}), answer(DnsStatus::servfail)));
  all.push_back(name({"region-b-group.example.com", NameRole::discovery},
                     answer(DnsStatus::noerror, {{"192.0.2.7", 300s}}), nodata));
  all.back().name.target_group = "";
  all.push_back(name({"under_score\"quoted<b>.example.com", NameRole::extra, "", false, false}, {}, {}));
  all.back().last.reset();
  all.back().invalid = "a label holds \"<\", which no host name may";
  all.push_back(name({"vault.example.com", NameRole::extra, "", false, false}, {}, {}));
  all.back().last.reset();
  std::vector<std::shared_ptr<const model::NameObservation>> names;
  for (const auto& observed : all) names.push_back(std::make_shared<const model::NameObservation>(observed));
  return names;
}

struct Read {
  model::SecretRole role;
  const char* directory;
  std::vector<model::CertificateRef> chain = {};
  std::vector<model::CertificateRef> anchors = {};
  model::KeyState key = model::KeyState::absent;
};

model::SecretObservation secret(Read read) {
  model::Bundle bundle;
  bundle.role = read.role;
  bundle.directory = read.directory;
  bundle.chain = std::move(read.chain);
  bundle.anchors = std::move(read.anchors);
  bundle.key = read.key;
  bundle.generation = "..2026_02_26_12_00_00.1234567";
  model::SecretObservation observed;
  observed.role = read.role;
  observed.directory = read.directory;
  observed.bundle = std::make_shared<const model::Bundle>(bundle);
  observed.last_read = noon() - 12s;
  observed.watch_active = true;
  return observed;
}

using Secrets = std::vector<std::shared_ptr<const model::SecretObservation>>;

Secrets rich_secrets() {
  using model::Position;
  using model::SecretRole;
  const auto leaf = with_names(certificate(Position::leaf, 0, "CN=region-a-1-node", "CN=PGD issuing CA",
                                           "2025-12-08T12:00:00Z", "2026-03-08T12:00:00Z"),
                               {"region-a-1-node.pgd.svc.cluster.local", "region-a-group.pgd.svc.cluster.local",
                                "region-a-proxy.pgd.svc.cluster.local"},
                               {"10.1.0.11"});
  const auto issuing = certificate(Position::intermediate, 1, "CN=PGD issuing CA", "CN=PGD root CA,O=Example",
                                   "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
  const auto root = certificate(Position::anchor, 0, "CN=PGD root CA,O=Example", "CN=PGD root CA,O=Example",
                                "2024-01-01T00:00:00Z", "2034-01-01T00:00:00Z");
  const auto old_root =
      certificate(Position::anchor, 1, "CN=Old \"root\" & <sons>\\2C Ünïcode", "CN=Old \"root\" & <sons>\\2C Ünïcode",
                  "2016-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
  const auto client = certificate(Position::leaf, 0, "CN=streaming_replica", "CN=PGD client CA", "2026-01-15T00:00:00Z",
                                  "2026-04-15T00:00:00Z");

  auto server =
      secret({SecretRole::server, "/etc/pgd-agent/server", {leaf, issuing}, {root}, model::KeyState::matches});
  server.last_rotation = noon() - 83 * 24h;
  server.rotations = {4, 1};
  auto server_ca = secret({SecretRole::server_ca, "/etc/pgd-agent/server-ca", {}, {root, old_root}});
  auto client_leaf = secret({SecretRole::client, "/etc/pgd-agent/client", {client}, {}, model::KeyState::mismatch});
  client_leaf.watch_active = false;
  client_leaf.watch_problem = "inotify_add_watch: No space left on device";
  client_leaf.last_rotation = noon() - 25s;
  client_leaf.rotations = {0, 2};
  client_leaf.mismatch_since = noon() - 25s;
  client_leaf.mismatch_reads = 3;
  auto client_ca = secret({SecretRole::client_ca, "/etc/pgd-agent/client-ca"});
  client_ca.read_errors[static_cast<std::size_t>(model::ReadError::missing)] = 17;
  Secrets secrets;
  for (const auto& observed : {server, server_ca, client_leaf, client_ca})
    secrets.push_back(std::make_shared<const model::SecretObservation>(observed));
  return secrets;
}

model::Finding finding(Code code, Severity severity, model::Area area, const char* subject, const char* message,
                       const char* remedy, std::chrono::seconds since = 60s) {
  model::Finding found{code, severity, area, std::nullopt, subject, message, remedy, false, noon() - since};
  if (area <= model::Area::client_ca) found.source = model::Source::mounted;
  return found;
}

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
      finding(
          Code::watch_degraded, Severity::info, Area::agent, "client",
          "Changes of /etc/pgd-agent/client are noticed by polling only: inotify_add_watch: No space left on device.",
          "Raise fs.inotify.max_user_watches on the Kubernetes node."),
  };
  findings[0].holds_startup = findings[1].holds_startup = true;
  return findings;
}

model::Check check(const char* name_, model::Gate gate, const char* reason = "") {
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
      check("monitor-secrets", Gate::live),
      check("config-current", Gate::advisory),
      check("monitor-config", Gate::advisory),
      check("monitor-dns", Gate::advisory),
      check("monitor-judge", Gate::advisory),
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

std::shared_ptr<const model::Event> event(std::chrono::seconds ago, model::EventKind kind, model::Level level,
                                          const char* subject, const char* message,
                                          std::vector<std::pair<std::string, std::string>> fields = {}) {
  return std::make_shared<const model::Event>(
      model::Event{noon() - ago, kind, level, subject, message, std::move(fields)});
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

std::shared_ptr<const model::Counters> rich_counters() {
  model::Counters counters;
  for (std::size_t role = 0; role < model::all_name_roles.size(); ++role) {
    counters.dns_lookups[role][0][0] = 1000 + role;
    counters.dns_lookups[role][1][1] = 900 + role;
    for (const double seconds : {.0004, .0018, .002, .25, 5.1})
      counters.dns_duration[role].observe(model::dns_duration_bounds, seconds);
  }
  counters.dns_lookups[0][0][2] = 12'345'678'901;
  counters.resolver_rebuilds = {1, 2, 0};
  for (const double seconds : {.0021, .0042, 12.5})
    counters.rotation_delay.observe(model::rotation_delay_bounds, seconds);
  return std::make_shared<const model::Counters>(counters);
}

}  // namespace

model::World rich_world() {
  model::Snapshot snapshot;
  snapshot.started_at = instant("2026-02-26T12:00:00Z");
  snapshot.config = {"/etc/pgd-agent/config.toml", true, "", instant("2026-02-26T12:00:00.25Z"),
                     "5d41402abc4b2a76b9719d911017c592"};
  snapshot.group = group();
  snapshot.resolver = std::make_shared<const model::ResolverConfig>(
      model::ResolverConfig{{{"10.96.0.10", 53}, {"fd00::a", 5353}},
                            {"pgd.svc.cluster.local", "svc.cluster.local", "cluster.local"},
                            5,
                            1000ms,
                            2,
                            false,
                            false});
  snapshot.names = rich_names();
  snapshot.secrets = rich_secrets();
  for (auto& monitor : snapshot.monitors) monitor.running = true;
  snapshot.of(model::Monitor::dns).restarts = 2;
  snapshot.of(model::Monitor::dns).last_error = "resolv.conf: nameserver \"x\" is no address";
  snapshot.events = rich_events();
  snapshot.counters = rich_counters();

  model::Verdict verdict;
  verdict.at = noon() - 8s;
  verdict.findings = rich_findings();
  verdict.checks = rich_checks();
  verdict.started = true;
  verdict.started_at = instant("2026-02-26T12:00:05.5Z");
  verdict.secret_times = {
      {model::SecretRole::server, instant("2026-03-08T12:00:00Z"), instant("2026-02-06T12:00:00Z")},
      {model::SecretRole::client, instant("2026-04-15T00:00:00Z"), instant("2026-03-16T00:00:00Z")}};
  return {std::make_shared<const model::Snapshot>(snapshot), std::make_shared<const model::Verdict>(verdict)};
}

model::World calm_world() {
  const model::World rich = rich_world();
  model::Snapshot snapshot = *rich.snapshot;
  snapshot.names = {rich.snapshot->names[0], rich.snapshot->names[1], rich.snapshot->names[3]};
  snapshot.secrets = {};
  snapshot.monitors = {};
  snapshot.events.resize(2);
  model::Verdict verdict = *rich.verdict;
  verdict.findings.clear();
  verdict.secret_times.clear();
  verdict.checks = {check("config", model::Gate::startup), check("config", model::Gate::ready),
                    check("monitor-dns", model::Gate::live)};
  verdict.ready = true;
  return {std::make_shared<const model::Snapshot>(snapshot), std::make_shared<const model::Verdict>(verdict)};
}

model::World large_world(std::size_t names) {
  const model::World rich = rich_world();
  model::Snapshot snapshot = *rich.snapshot;
  for (std::size_t i = 0; i < names; ++i) {
    const std::string fqdn = "name-" + std::to_string(i) + ".example.com";
    // In turn: both families, one lost, none.
    const auto v4 =
        i % 3 == 2 ? answer(DnsStatus::timeout) : answer(DnsStatus::noerror, {{"10.0.0.1", 30s}, {"10.0.0.2", 30s}});
    const auto v6 = i % 3 == 0 ? answer(DnsStatus::noerror, {{"fd00::1", 30s}}) : answer(DnsStatus::servfail);
    auto observed = name({fqdn.c_str(), NameRole::extra}, v4, v6);
    observed.last_success = noon();
    snapshot.names.push_back(std::make_shared<const model::NameObservation>(observed));
  }
  std::sort(snapshot.names.begin(), snapshot.names.end(),
            [](const auto& a, const auto& b) { return a->name.fqdn < b->name.fqdn; });
  return {std::make_shared<const model::Snapshot>(snapshot), rich.verdict};
}

model::World empty_world() {
  model::Snapshot snapshot;
  snapshot.started_at = noon() - 3s;
  snapshot.config.path = "/etc/pgd-agent/config.toml";
  snapshot.config.error = "config.toml:3:1: expected a value\nconfig.toml:9:1: unknown key \"nmae\"";
  model::Verdict verdict;
  verdict.at = noon();
  verdict.startup_reason = "config: config.toml:3:1: expected a value";
  verdict.checks = {check("config", model::Gate::startup, "config.toml:3:1: expected a value"),
                    check("config", model::Gate::ready, "config.toml:3:1: expected a value")};
  for (auto& failed : verdict.checks) failed.last_success.reset();
  return {std::make_shared<const model::Snapshot>(snapshot), std::make_shared<const model::Verdict>(verdict)};
}

views::VerifyReport verify_report() {
  const model::World world = rich_world();
  views::VerifyReport report{model::TlsMode::verify_full, model::Purpose::server, noon(), {}, {}};
  for (const auto& found : world.verdict->findings) {
    if (found.area == model::Area::server || found.area == model::Area::server_ca) report.findings.push_back(found);
  }
  for (auto& found : report.findings) found.since.reset();
  report.certificates = world.snapshot->secrets[0]->bundle->chain;
  for (const auto& anchor : world.snapshot->secrets[1]->bundle->anchors) report.certificates.push_back(anchor);
  return report;
}

std::vector<views::ResolvedName> resolved_names() {
  const model::World world = rich_world();
  std::vector<views::ResolvedName> names{{"www.example.org", std::nullopt, {}}};
  names[0].lookup.ipv4 = answer(DnsStatus::refused);
  names[0].lookup.duration = 2'500us;
  names[0].lookup.queries = {
      {"www.example.org", model::Family::ipv4, "10.96.0.10:53", DnsStatus::refused, 650us, false},
      {"www.example.org", model::Family::ipv6, "10.96.0.10:53", DnsStatus::timeout, 1s, false}};
  const auto& group = *world.snapshot->names[3];
  names.push_back({group.name.fqdn, group.name.role, *group.last});
  names[1].lookup.queries = {
      {group.name.fqdn, model::Family::ipv4, "[fd00::a]:5353", DnsStatus::noerror, 1'200us, true}};
  return names;
}

}  // namespace support
