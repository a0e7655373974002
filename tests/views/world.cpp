#include "world.hpp"

#include <algorithm>

#include "world_parts.hpp"

namespace support {

using namespace std::chrono_literals;
using common::WallTime;
using model::DnsStatus;
using model::NameRole;

WallTime instant(const char* rfc3339) { return common::parse_rfc3339(rfc3339).value(); }
WallTime noon() { return instant("2026-03-01T12:00:00Z"); }

model::BuildInfo build_info() { return {"0.1.0", "abc1234", "3.0.17", "1.18.1"}; }

model::Runtime runtime() {
  model::Runtime runtime;
  runtime.process = {12.34, 23'456'789, 1'772'107'200.25, 23, 1'048'576};
  runtime.log_lines_dropped = 2;
  runtime.http_requests = {
      {{"/readyz", 200}, 4321}, {{"/readyz", 503}, 7}, {{"/metrics", 200}, 99}, {{"other", 413}, 1}};
  runtime.heartbeats = {noon() - 30s, noon() - 12s, noon() - 1500ms, noon() - 20s, std::nullopt};
  return runtime;
}

namespace {

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
  counters.dns_queries = 123'456;
  counters.dns_lookups_deferred = 17;
  for (const double seconds : {.0021, .0042, 12.5})
    counters.rotation_delay.observe(model::rotation_delay_bounds, seconds);
  counters.probes[0][static_cast<std::size_t>(model::ProbeStatus::ok)] = 5'760;
  counters.probes[1][static_cast<std::size_t>(model::ProbeStatus::ok)] = 2'301;
  counters.probes[1][static_cast<std::size_t>(model::ProbeStatus::client_cert_untrusted)] = 12;
  for (auto& phase : counters.probe_duration) {
    for (const double seconds : {.0004, .0021, .03, 10.}) phase.observe(model::probe_duration_bounds, seconds);
  }
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
  snapshot.dns_servers = {{"10.96.0.10:53", 0, {}, false, std::nullopt, noon() - 9s},
                          {"[fd00::a]:5353", 7, DnsStatus::refused, true, noon() - 5min, noon() - 6min}};
  snapshot.dns_queries_per_minute_limit = 6'000;
  snapshot.names = rich_names();
  snapshot.secrets = rich_secrets();
  snapshot.probes = rich_probes();
  for (auto& monitor : snapshot.monitors) monitor.running = true;
  snapshot.of(model::Monitor::dns).restarts = 2;
  snapshot.of(model::Monitor::dns).last_error = "resolv.conf: nameserver \"x\" is no address";
  snapshot.events = rich_events();
  snapshot.counters = rich_counters();

  model::Verdict verdict;
  verdict.at = noon() - 8s;
  verdict.findings = rich_findings();
  verdict.checks = rich_checks();
  verdict.probes = rich_probe_verdicts();
  verdict.drifts = rich_drifts();
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
  snapshot.probes = {rich.snapshot->probes[0]};
  snapshot.monitors = {};
  snapshot.events.resize(2);
  model::Verdict verdict = *rich.verdict;
  verdict.findings.clear();
  verdict.secret_times.clear();
  verdict.probes = {rich.verdict->probes[0]};
  verdict.drifts = {{model::SecretRole::server, model::Between::mounted_served, 5432, std::nullopt}};
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
  snapshot.dns_servers.push_back({"10.96.0.11:53", 1, DnsStatus::timeout, false, noon(), noon()});
  model::World world{std::make_shared<const model::Snapshot>(snapshot), rich.verdict};
  add_peers(world, names / 10);
  return world;
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
    const bool of_server = found.area == model::Area::server || found.area == model::Area::server_ca;
    if (of_server && found.source == model::Source::mounted) report.findings.push_back(found);
  }
  for (auto& found : report.findings) found.since.reset();
  report.certificates = world.snapshot->secrets[0]->bundle->chain;
  for (const auto& anchor : world.snapshot->secrets[1]->bundle->anchors) report.certificates.push_back(anchor);
  return report;
}

std::vector<views::ResolvedName> resolved_names() {
  const model::World world = rich_world();
  std::vector<views::ResolvedName> names{{"www.example.org", std::nullopt, {}, {}}};
  names[0].lookup.ipv4 = answer(DnsStatus::refused);
  names[0].lookup.duration = 2'500us;
  names[0].lookup.queries = {
      {"www.example.org", model::Family::ipv4, "10.96.0.10:53", DnsStatus::refused, 650us, false},
      {"www.example.org", model::Family::ipv6, "10.96.0.10:53", DnsStatus::timeout, 1s, false}};
  const auto& group = *world.snapshot->names[3];
  names.push_back({group.name.fqdn, group.name.role, *group.last, {}});
  names[1].lookup.queries = {
      {group.name.fqdn, model::Family::ipv4, "[fd00::a]:5353", DnsStatus::noerror, 1'200us, true}};
  names[1].servers = server_answers(group);
  return names;
}

}  // namespace support
