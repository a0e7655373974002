// Metrics of probed endpoints (at most six series each), of probes by scope, status and phase, and of drift between the
// copies of a secret.
#include <algorithm>
#include <set>

#include "agent/views/metric_families.hpp"
#include "agent/views/probe_facts.hpp"

namespace views {
namespace {

struct ProbeFamilies {
  prometheus::MetricFamily up =
      gauge("pgd_agent_tls_probe_up", "Whether a PGD connection to an endpoint would get through, by its last probe.");
  prometheus::MetricFamily status =
      gauge("pgd_agent_tls_probe_status", "Why a PGD connection to an endpoint would fail, 1 while that is so.");
  prometheus::MetricFamily not_after = gauge("pgd_agent_peer_certificate_not_after_timestamp_seconds",
                                             "When the first certificate that the addresses of a peer serve expires.");
  prometheus::MetricFamily accepted = gauge("pgd_agent_client_certificate_accepted",
                                            "Whether an endpoint accepts our client certificate, by how it was tried.");
};

void probe_series(const model::ProbeVerdict& verdict, ProbeFamilies& families) {
  const model::ProbeTarget& target = verdict.target;
  const std::string port = std::to_string(target.port);
  const bool ok = verdict.status == model::ProbeStatus::ok;
  add(families.up, ok ? 1 : 0,
      {{"fqdn", target.host},
       {"port", port},
       {"role", name(target.role)},
       {"scope", name(target.scope)},
       {"target_group", target.target_group},
       {"target_node", target.target_node}});
  if (!ok) add(families.status, 1, {{"fqdn", target.host}, {"port", port}, {"status", name(verdict.status)}});
  // What our own endpoints serve is told by pgd_agent_certificate_*.
  if (verdict.not_after && target.scope == model::ProbeScope::peer) {
    add(families.not_after, *verdict.not_after,
        {{"fqdn", target.host},
         {"port", port},
         {"target_group", target.target_group},
         {"target_node", target.target_node}});
  }
  const auto accepted = [&](std::optional<bool> how, model::ClientCertificate level) {
    if (how) add(families.accepted, *how ? 1 : 0, {{"fqdn", target.host}, {"port", port}, {"level", name(level)}});
  };
  accepted(verdict.accepted_at_handshake, model::ClientCertificate::handshake);
  accepted(verdict.accepted_at_login, model::ClientCertificate::login);
}

/// Our own Postgres is at a numeric address, and that a name of ours does not resolve or match is rare.
bool can_be(model::ProbeScope scope, model::ProbeStatus status) {
  return scope != model::ProbeScope::self ||
         (status != model::ProbeStatus::dns_failed && status != model::ProbeStatus::name_mismatch);
}

void counter_metrics(const model::Counters& counters, Families& all) {
  auto probes = counter("pgd_agent_tls_probes_total", "Probes ended, one an address, by scope and status.");
  auto duration = histogram("pgd_agent_tls_probe_duration_seconds", "How long the phases of probes took.");
  for (const model::ProbeScope scope : model::all_probe_scopes) {
    for (const model::ProbeStatus status : model::all_probe_statuses) {
      const std::uint64_t count = counters.probes[static_cast<std::size_t>(scope)][static_cast<std::size_t>(status)];
      if (count == 0 && !can_be(scope, status)) continue;
      add(probes, static_cast<double>(count), {{"scope", name(scope)}, {"status", name(status)}});
    }
  }
  for (const model::ProbePhase phase : model::all_probe_phases) {
    const auto& observed = counters.probe_duration[static_cast<std::size_t>(phase)];
    const bool any = std::any_of(observed.counts.begin(), observed.counts.end(), [](std::uint64_t n) { return n > 0; });
    if (any) add(duration, model::probe_duration_bounds, observed, {{"phase", name(phase)}});
  }
  append(all, {&probes, &duration});
}

void drift_metrics(const model::Verdict& verdict, Families& all) {
  auto drift = gauge("pgd_agent_certificate_drift", "Whether two copies of a secret's certificates differ.");
  auto since = gauge("pgd_agent_certificate_drift_since_timestamp_seconds",
                     "Since when two copies of a secret's certificates differ, while they do.");
  for (const model::Drift& each : verdict.drifts) {
    const std::string port = each.port == 0 ? "" : std::to_string(each.port);
    const Labels labels{{"secret", name(each.secret)}, {"between", name(each.between)}, {"port", port}};
    add(drift, each.since ? 1 : 0, labels);
    if (each.since) add(since, *each.since, labels);
  }
  append(all, {&drift, &since});
}

}  // namespace

void probe_metrics(const model::World& world, Families& all) {
  ProbeFamilies families;
  std::set<std::pair<std::string_view, std::uint16_t>> seen;
  for (const ShownProbe& probe : shown_probes(world)) {
    if (!probe.verdict || !probe.of->last_probe) continue;
    if (seen.emplace(probe.of->target.host, probe.of->target.port).second) probe_series(*probe.verdict, families);
  }
  append(all, {&families.up, &families.status, &families.not_after, &families.accepted});
  counter_metrics(world.snapshot ? *world.snapshot->counters : model::Counters{}, all);
  if (world.verdict) drift_metrics(*world.verdict, all);
}

}  // namespace views
