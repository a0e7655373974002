// Findings of names: what became of each lookup, and what the servers say.
#include <algorithm>

#include "agent/rules/judge.hpp"
#include "agent/rules/name_findings.hpp"

namespace rules {
namespace {

using common::WallTime;
using model::Code;
using model::DnsStatus;
using model::Finding;
using model::NameObservation;

bool absent(DnsStatus status) { return status == DnsStatus::nxdomain || status == DnsStatus::nodata; }

std::string remedy_for(const model::Lookup& lookup) {
  // The graver of the two families says where to look.
  const auto status = absent(lookup.ipv4.status) ? lookup.ipv6.status : lookup.ipv4.status;
  switch (status) {
    case DnsStatus::nxdomain:
    case DnsStatus::nodata:
    case DnsStatus::noerror:
      return "Create the DNS record or the Service behind it, or correct domain, hostSuffix or the node list if the "
             "name itself "
             "is wrong.";
    case DnsStatus::servfail:
    case DnsStatus::refused:
    case DnsStatus::notimp:
    case DnsStatus::formerr:
      return "Ask the name server's owner why it refuses or fails for this zone: forwarding, delegation or an access "
             "list.";
    case DnsStatus::timeout:
    case DnsStatus::unreachable:
      return "Check that the name servers of /etc/resolv.conf run and that no NetworkPolicy or firewall keeps port 53 "
             "(UDP and "
             "TCP) from this pod.";
  }
  return "";
}

Finding not_resolving(const NameObservation& seen) {
  std::string message = seen.name.fqdn + " does not resolve: " + statuses_in_words(*seen.last) + ", " +
                        std::to_string(seen.failures) + (seen.failures == 1 ? " lookup" : " lookups in a row");
  message +=
      seen.last_success ? "; last resolved " + common::to_rfc3339(*seen.last_success) : "; it has never resolved here";
  return about(seen, Code::not_resolving, message + ".", remedy_for(*seen.last));
}

Finding invalid(const NameObservation& seen) {
  return about(seen, Code::name_invalid, "\"" + seen.name.fqdn + "\" can't be a host name: " + seen.invalid + ".",
               "Correct the group name, domain or hostSuffix it is made of; until then it is not asked.");
}

Finding pending(const NameObservation& seen, WallTime grace_ends) {
  return about(seen, Code::pending,
               seen.name.fqdn + " does not exist yet (" + statuses_in_words(*seen.last) + "), looked for since " +
                   common::to_rfc3339(seen.first_seen) + "; it counts as missing from " +
                   common::to_rfc3339(grace_ends) + ".",
               "Nothing, if the node or Service is just being made: headless names appear when their pods are "
               "ready.");
}

/// One name's findings, added to `all`.
void judge_name(NamesJudgement& all, const NameObservation& seen, const model::NamePolicy& policy, WallTime now) {
  const auto at_latest = [&](WallTime at) {
    if (!all.next_change || at < *all.next_change) all.next_change = at;
  };
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) all.findings.push_back(std::move(*finding));
  };
  if (!seen.invalid.empty()) return add(invalid(seen));
  if (!seen.last) return;
  if (auto often = flapping(seen, now)) {
    at_latest(often->ends);
    add(std::move(often->finding));
  }
  add(servers_disagree(seen));
  if (seen.up) {
    add(hosts_file_answers(seen));
    add(search_list_answer(seen));
    add(partial_answer(seen));
    return;
  }
  const bool not_there_yet = !seen.last_success && absent(seen.last->ipv4.status) && absent(seen.last->ipv6.status);
  const auto grace_ends = seen.first_seen + policy.pending_grace;
  if (not_there_yet && now < grace_ends) {
    at_latest(grace_ends);
    add(pending(seen, grace_ends));
  } else if (seen.last_success || seen.failures >= policy.down_after) {
    add(not_resolving(seen));
  }
}

}  // namespace

NamesJudgement judge_names(const model::Snapshot& snapshot, const model::Policy& policy, WallTime now) {
  NamesJudgement all;
  for (const auto& seen : snapshot.names) judge_name(all, *seen, policy.names, now);
  auto servers = failing_servers(snapshot.dns_servers);
  std::move(servers.begin(), servers.end(), std::back_inserter(all.findings));
  if (auto cost = search_cost(snapshot.names, snapshot.resolver.get())) all.findings.push_back(std::move(*cost));
  return all;
}

}  // namespace rules
