// Metrics of names: at most eight series a name, and counters by role.
#include <algorithm>
#include <set>

#include "agent/model/policy.hpp"
#include "agent/views/metric_families.hpp"
#include "agent/views/summary.hpp"

namespace views {
namespace {

struct NameFamilies {
  prometheus::MetricFamily up =
      gauge("pgd_agent_dns_up", "Whether a name resolves, with the configured patience applied.");
  prometheus::MetricFamily status =
      gauge("pgd_agent_dns_status", "Why an address family of a name is not fine, 1 while that is so.");
  prometheus::MetricFamily addresses = gauge("pgd_agent_dns_addresses", "Addresses in the last answer.");
  prometheus::MetricFamily ttl = gauge("pgd_agent_dns_ttl_seconds", "Shortest TTL in the last answer.");
  prometheus::MetricFamily last_success =
      gauge("pgd_agent_dns_last_success_timestamp_seconds", "When a name last resolved.");
  prometheus::MetricFamily changes =
      counter("pgd_agent_dns_address_changes_total", "How often the addresses of a name changed.");
};

void name_metrics(const model::NameObservation& observed, NameFamilies& families) {
  const std::string_view fqdn = observed.name.fqdn;
  if (observed.last || !observed.invalid.empty()) {
    add(families.up, observed.up ? 1 : 0,
        {{"fqdn", fqdn},
         {"role", name(observed.name.role)},
         {"target_group", observed.name.target_group},
         {"target_node", observed.name.target_node}});
  }
  if (observed.last) {
    for (const model::Family family : model::all_families) {
      const model::FamilyAnswer& answer = observed.last->of(family);
      if (!is_fine(*observed.last, family)) {
        add(families.status, 1, {{"fqdn", fqdn}, {"family", name(family)}, {"status", name(answer.status)}});
      }
      add(families.addresses, static_cast<double>(answer.addresses.size()), {{"fqdn", fqdn}, {"family", name(family)}});
      const auto ttl = shortest_ttl(answer);
      if (ttl) add(families.ttl, static_cast<double>(ttl->count()), {{"fqdn", fqdn}, {"family", name(family)}});
    }
  }
  if (observed.last_success) add(families.last_success, *observed.last_success, {{"fqdn", fqdn}});
  add(families.changes, static_cast<double>(observed.address_changes), {{"fqdn", fqdn}});
}

/// Appears when first seen, to keep the budget: what no sane resolver answers, or what the kernel says instead of it.
bool is_rare(model::DnsStatus status) {
  switch (status) {
    case model::DnsStatus::notimp:
    case model::DnsStatus::formerr:
    case model::DnsStatus::unreachable: return true;
    case model::DnsStatus::noerror:
    case model::DnsStatus::nodata:
    case model::DnsStatus::nxdomain:
    case model::DnsStatus::servfail:
    case model::DnsStatus::refused:
    case model::DnsStatus::timeout: break;
  }
  return false;
}

void counter_metrics(const model::Counters& counters, Families& all) {
  auto lookups = counter("pgd_agent_dns_lookups_total", "Lookups ended, by role of the name, family and status.");
  auto duration = histogram("pgd_agent_dns_lookup_duration_seconds", "How long lookups took, both families together.");
  auto rebuilds = counter("pgd_agent_dns_resolver_rebuilds_total", "Resolver channels made anew.");
  for (std::size_t role = 0; role < model::all_name_roles.size(); ++role) {
    const std::string_view role_name = name(model::all_name_roles[role]);
    for (std::size_t family = 0; family < model::all_families.size(); ++family) {
      for (std::size_t status = 0; status < model::all_dns_statuses.size(); ++status) {
        const std::uint64_t count = counters.dns_lookups[role][family][status];
        if (count == 0 && is_rare(model::all_dns_statuses[status])) continue;
        add(lookups, static_cast<double>(count),
            {{"role", role_name},
             {"family", name(model::all_families[family])},
             {"status", name(model::all_dns_statuses[status])}});
      }
    }
    // Unlike the counters a histogram has eight series a role: it appears with the first lookup.
    const auto& observed = counters.dns_duration[role];
    const bool any = std::any_of(observed.counts.begin(), observed.counts.end(), [](std::uint64_t n) { return n > 0; });
    if (any) add(duration, model::dns_duration_bounds, observed, {{"role", role_name}});
  }
  for (const model::RebuildReason reason : model::all_rebuild_reasons) {
    add(rebuilds, static_cast<double>(counters.resolver_rebuilds[static_cast<std::size_t>(reason)]),
        {{"reason", name(reason)}});
  }
  append(all, {&lookups, &duration, &rebuilds});
}

/// The resolver's servers: no more than glibc takes of resolv.conf, to keep the budget.
void server_metrics(const model::Snapshot& snapshot, Families& all) {
  constexpr std::size_t most = 3;
  auto up = gauge("pgd_agent_dns_server_up", "Whether a name server of the resolver answers, with patience applied.");
  auto limit = gauge("pgd_agent_dns_queries_per_minute_limit", "How many questions a minute the agent may ask.");
  auto queries = counter("pgd_agent_dns_queries_total", "Questions put to name servers.");
  auto deferred =
      counter("pgd_agent_dns_lookups_deferred_total", "Lookups put off because of the limit of questions a minute.");
  std::set<std::string_view> seen;
  for (const model::DnsServerState& state : snapshot.dns_servers) {
    if (seen.size() == most || !seen.insert(state.server).second) continue;
    add(up, state.failures < model::server_failures_to_report ? 1 : 0, {{"server", state.server}});
  }
  if (snapshot.dns_queries_per_minute_limit > 0) add(limit, snapshot.dns_queries_per_minute_limit);
  add(queries, static_cast<double>(snapshot.counters->dns_queries));
  add(deferred, static_cast<double>(snapshot.counters->dns_lookups_deferred));
  append(all, {&up, &limit, &queries, &deferred});
}

}  // namespace

void dns_metrics(const model::Snapshot& snapshot, Families& all) {
  NameFamilies families;
  for (const auto& observed : snapshot.names) name_metrics(*observed, families);
  append(all, {&families.up, &families.status, &families.addresses, &families.ttl, &families.last_success,
               &families.changes});
  counter_metrics(*snapshot.counters, all);
  server_metrics(snapshot, all);
}

}  // namespace views
