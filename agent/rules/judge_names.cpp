// Findings of names and of the agent itself.
#include <algorithm>

#include "agent/rules/judge.hpp"

namespace rules {
namespace {

using common::WallTime;
using model::Code;
using model::DnsStatus;
using model::Family;
using model::Finding;
using model::NameObservation;
using model::Severity;

/// policy.md: proxy_read and extra names are a lesser trouble.
Severity gravity(model::NameRole role) {
  switch (role) {
    case model::NameRole::node:
    case model::NameRole::group:
    case model::NameRole::proxy:
    case model::NameRole::discovery: return Severity::critical;
    case model::NameRole::proxy_read:
    case model::NameRole::extra: return Severity::warning;
  }
  return Severity::warning;
}

Finding about(const NameObservation& seen, Code code, Severity severity, std::string message, std::string remedy) {
  return {code,  severity,    model::Area::names, std::nullopt, seen.name.fqdn, std::move(message), std::move(remedy),
          false, std::nullopt};
}

bool absent(DnsStatus status) { return status == DnsStatus::nxdomain || status == DnsStatus::nodata; }

std::string what_came(const model::Lookup& lookup) {
  if (lookup.ipv4.status == lookup.ipv6.status) return std::string(name(lookup.ipv4.status)) + " for IPv4 and IPv6";
  return std::string(name(lookup.ipv4.status)) + " for IPv4, " + std::string(name(lookup.ipv6.status)) + " for IPv6";
}

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
  std::string message = seen.name.fqdn + " does not resolve: " + what_came(*seen.last) + ", " +
                        std::to_string(seen.failures) + (seen.failures == 1 ? " lookup" : " lookups in a row");
  message +=
      seen.last_success ? "; last resolved " + common::to_rfc3339(*seen.last_success) : "; it has never resolved here";
  return about(seen, Code::not_resolving, gravity(seen.name.role), message + ".", remedy_for(*seen.last));
}

/// A family that errors while the other answers, or that answered before and is gone. A family that never had an
/// address and says so plainly is no trouble.
std::optional<Finding> partial(const NameObservation& seen) {
  for (const auto family : model::all_families) {
    const auto other = family == Family::ipv4 ? Family::ipv6 : Family::ipv4;
    const auto status = seen.last->of(family).status;
    if (!seen.last->of(family).addresses.empty() || seen.last->of(other).addresses.empty()) continue;
    const bool errs = status != DnsStatus::nodata && status != DnsStatus::noerror;
    const bool lost = seen.family_seen[static_cast<std::size_t>(family)];
    if (!errs && !lost) continue;
    const auto label = [](Family f) { return std::string(f == Family::ipv4 ? "IPv4" : "IPv6"); };
    return about(
        seen, Code::partial_answer, Severity::warning,
        seen.name.fqdn + " resolves to " + label(other) + " addresses only: " + label(family) + " gave " +
            std::string(name(status)) + (lost ? ", though it answered before." : "."),
        errs ? "Look at the name server: it should answer NOERROR without data for a family the name does not have."
             : "Restore the " + label(family) + " record if the name is meant to be dual stack.");
  }
  return std::nullopt;
}

}  // namespace

NamesJudgement judge_names(const model::Snapshot& snapshot, const model::Policy& policy, WallTime now) {
  NamesJudgement all;
  for (const auto& ref : snapshot.names) {
    const NameObservation& seen = *ref;
    if (!seen.invalid.empty()) {
      all.findings.push_back(
          about(seen, Code::name_invalid, gravity(seen.name.role),
                "\"" + seen.name.fqdn + "\" can't be a host name: " + seen.invalid + ".",
                "Correct the group name, domain or hostSuffix it is made of; until then it is not asked."));
      continue;
    }
    if (!seen.last) continue;
    if (seen.up) {
      if (auto finding = partial(seen)) all.findings.push_back(std::move(*finding));
      continue;
    }
    const bool not_there_yet = !seen.last_success && absent(seen.last->ipv4.status) && absent(seen.last->ipv6.status);
    const auto grace_ends = seen.first_seen + policy.names.pending_grace;
    if (not_there_yet && now < grace_ends) {
      if (!all.next_change || grace_ends < *all.next_change) all.next_change = grace_ends;
      all.findings.push_back(
          about(seen, Code::pending, Severity::info,
                seen.name.fqdn + " does not exist yet (" + what_came(*seen.last) + "), looked for since " +
                    common::to_rfc3339(seen.first_seen) + "; it counts as missing from " +
                    common::to_rfc3339(grace_ends) + ".",
                "Nothing, if the node or Service is just being made: headless names appear when their pods are "
                "ready."));
    } else if (seen.last_success || seen.failures >= policy.names.down_after) {
      all.findings.push_back(not_resolving(seen));
    }
  }
  return all;
}

std::vector<Finding> judge_agent(const model::Snapshot& snapshot) {
  std::vector<Finding> found;
  const auto say = [&](Code code, Severity severity, model::Area area, std::string subject, std::string message,
                       std::string remedy) {
    found.push_back({code, severity, area, std::nullopt, std::move(subject), std::move(message), std::move(remedy),
                     false, std::nullopt});
  };
  if (!snapshot.config.error.empty()) {
    const auto first = snapshot.config.error.substr(0, snapshot.config.error.find('\n'));
    say(Code::config_rejected, Severity::warning, model::Area::config, snapshot.config.path,
        (snapshot.config.loaded ? "The newest configuration is rejected and the last good one stays in force: "
                                : "There is no usable configuration: ") +
            first,
        "Run \"pgd-agent check-config\" for every error at once, mend the file; it is read again by itself.");
  }
  if (snapshot.group && !snapshot.group->node.empty() && !snapshot.group->nodes.empty()) {
    const auto& nodes = snapshot.group->nodes;
    if (std::find(nodes.begin(), nodes.end(), snapshot.group->node) == nodes.end()) {
      say(Code::group_stale, Severity::warning, model::Area::config, snapshot.group->node,
          "This node, " + snapshot.group->node + ", is not among the group's " + std::to_string(nodes.size()) +
              " nodes known here.",
          "Bring the node list (group.nodes, or the manifest) up to date; names of nodes missing from it are not "
          "watched.");
    }
  }
  if (!snapshot.resolver_error.empty()) {
    say(Code::server_failing, Severity::warning, model::Area::names, "resolv.conf", snapshot.resolver_error,
        "Restore /etc/resolv.conf or name the servers in dns.servers.");
  }
  for (const auto& secret : snapshot.secrets) {
    if (secret->watch_active || secret->watch_problem.empty()) continue;
    say(Code::watch_degraded, Severity::info, area_of(secret->role), secret->directory,
        "Changes of " + secret->directory + " are found by re-reading only: " + secret->watch_problem + ".",
        "Nothing urgent: rotations are still found, at the resync interval; raise fs.inotify.max_user_instances or "
        "max_user_watches on the host to see them at once.");
  }
  return found;
}

}  // namespace rules
