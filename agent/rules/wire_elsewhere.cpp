// points-elsewhere: a node's name leads to a server that presents another node's certificate.
#include <algorithm>

#include "agent/rules/host_match.hpp"
#include "agent/rules/probe_answer.hpp"
#include "agent/rules/severity.hpp"
#include "agent/rules/wire_findings.hpp"

namespace rules {
namespace {

using model::Code;
using model::Finding;
using model::Name;

bool covers(const model::Certificate& leaf, const Name& name) {
  return host_match(leaf, name.fqdn) == HostMatch::match;
}

/// The first node name of another node of that group which the leaf covers, where it covers none of the node's own.
const Name* other_node(const model::Certificate& leaf, const model::ProbeTarget& target,
                       const std::vector<Name>& names) {
  if (host_match(leaf, target.host) == HostMatch::match) return nullptr;
  const Name* other = nullptr;
  for (const auto& name : names) {
    if (name.role != model::NameRole::node || name.target_group != target.target_group) continue;
    const bool of_target = name.target_node == target.target_node;
    if ((of_target || !other) && covers(leaf, name)) {
      if (of_target) return nullptr;
      other = &name;
    }
  }
  return other;
}

}  // namespace

std::optional<Finding> points_elsewhere(const Wire& wire, const model::ProbeObservation& probe) {
  const auto& target = probe.target;
  const auto grave = severity(Code::points_elsewhere, {}, wire.mode);
  if (!grave || !wire.snapshot.targets || !target.by_name() || target.role != model::NameRole::node ||
      target.target_node.empty())
    return std::nullopt;
  for (const auto& address : probe.addresses) {
    const auto& served = address.last->chain;
    if (served.empty()) continue;
    const auto* other = other_node(*served.front(), target, wire.snapshot.targets->names);
    if (!other) continue;
    const std::string whose = target.own_name ? "This node's name " : "Node " + target.target_node + "'s name ";
    return Finding{Code::points_elsewhere,
                   *grave,
                   model::Area::names,
                   std::nullopt,
                   target.host,
                   whose + target.host + " leads to " + endpoint_text(address.address, target.port) +
                       ", where a server presents the certificate of node " + other->target_node + " (" + other->fqdn +
                       ", serial " + served.front()->serial + ") and none of " + target.target_node + "'s names.",
                   "Correct the DNS record, or what made it: the Service's selector, the load balancer behind it, or "
                   "ExternalDNS' annotation; if the address is right, that node runs with another node's Secret.",
                   false,
                   std::nullopt};
  }
  return std::nullopt;
}

}  // namespace rules
