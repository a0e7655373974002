// What the name servers do: say different things, or nothing.
#include <algorithm>

#include "agent/model/policy.hpp"
#include "agent/rules/name_findings.hpp"

namespace rules {
namespace {

using model::Code;
using model::DnsStatus;
using model::Finding;
using model::Lookup;
using model::NameObservation;
using model::ServerAnswer;

bool says_no(DnsStatus status) { return status == DnsStatus::nxdomain || status == DnsStatus::nodata; }

bool share_an_address(const Lookup& a, const Lookup& b) {
  for (const auto family : model::all_families) {
    for (const auto& one : a.of(family).addresses) {
      const auto& others = b.of(family).addresses;
      if (std::any_of(others.begin(), others.end(), [&](const auto& other) { return other.text == one.text; }))
        return true;
    }
  }
  return false;
}

/// In a family one has addresses and the other says there are none; or what they have has nothing in common.
bool differ(const Lookup& a, const Lookup& b) {
  for (const auto family : model::all_families) {
    const auto &x = a.of(family), &y = b.of(family);
    if (!x.addresses.empty() && says_no(y.status)) return true;
    if (!y.addresses.empty() && says_no(x.status)) return true;
  }
  return a.resolved() && b.resolved() && !share_an_address(a, b);
}

/// "answers 10.0.0.1 (IPv6: nodata)", "says nxdomain".
std::string words_of(const Lookup& lookup) {
  if (!lookup.resolved()) return "says " + statuses_in_words(lookup);
  std::string text = "answers " + listed(addresses_of(lookup));
  for (const auto family : model::all_families) {
    if (!lookup.of(family).addresses.empty()) continue;
    text += std::string(family == model::Family::ipv4 ? " (IPv4: " : " (IPv6: ") +
            std::string(name(lookup.of(family).status)) + ")";
  }
  return text;
}

bool spoke(const Lookup& lookup) {
  return lookup.resolved() || says_no(lookup.ipv4.status) || says_no(lookup.ipv6.status);
}

std::string remedy_for(DnsStatus status) {
  switch (status) {
    case DnsStatus::noerror:
    case DnsStatus::nodata:
    case DnsStatus::nxdomain:
    case DnsStatus::timeout:
    case DnsStatus::unreachable:
      return "Restore the server, allow this pod to reach it (port 53, UDP and TCP), or take it out of resolv.conf.";
    case DnsStatus::servfail:
    case DnsStatus::refused:
    case DnsStatus::notimp:
    case DnsStatus::formerr:
      return "Ask the server's owner why it refuses or fails (recursion, forwarding, an access list), or take it out "
             "of resolv.conf.";
  }
  return "";
}

}  // namespace

std::optional<Finding> servers_disagree(const NameObservation& seen) {
  if (!seen.truth || seen.truth->servers.size() < 2 || !seen.last->hosts.empty()) return std::nullopt;
  const auto& servers = seen.truth->servers;
  const auto contradicted = [&](const ServerAnswer& one) {
    return std::any_of(servers.begin(), servers.end(),
                       [&](const ServerAnswer& other) { return differ(one.lookup, other.lookup); });
  };
  if (std::none_of(servers.begin(), servers.end(), contradicted)) return std::nullopt;
  std::string message = "The name servers disagree about " + seen.name.fqdn + ": ";
  bool first = true;
  for (const auto& one : servers) {
    if (!spoke(one.lookup)) continue;
    message += (first ? "" : "; ") + one.server + " " + words_of(one.lookup);
    first = false;
  }
  return about(seen, Code::servers_disagree, message + ".",
               "Bring the servers to the same zone data, or take the one that is wrong out of resolv.conf: libpq takes "
               "the first answer, \"does not exist\" included.");
}

std::vector<Finding> failing_servers(const std::vector<model::DnsServerState>& servers) {
  const auto failing = [](const model::DnsServerState& server) {
    return server.failures >= model::server_failures_to_report;
  };
  std::vector<std::string> others;
  for (const auto& server : servers) {
    if (!failing(server)) others.push_back(server.server);
  }
  std::vector<Finding> found;
  for (const auto& server : servers) {
    if (!failing(server)) continue;
    std::string message = "Name server " + server.server + " gave no answer to " + std::to_string(server.failures) +
                          " questions in a row (last " + std::string(name(server.last_failure)) + ")";
    if (server.failing_since) message += " since " + common::to_rfc3339(*server.failing_since);
    if (!others.empty())
      message += "; the others are asked instead (" + listed(others) + ").";
    else
      message += servers.size() == 1 ? "; there is no other one." : "; the others give none either.";
    found.push_back({Code::server_failing, model::Severity::warning, model::Area::names, std::nullopt, server.server,
                     std::move(message), remedy_for(server.last_failure), false, std::nullopt});
  }
  return found;
}

}  // namespace rules
