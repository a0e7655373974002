#include "agent/pgd/names.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace pgd {
namespace {

using model::NameRole;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::vector<model::DnsEntry> entries(const model::Group& group) {
  std::vector<model::DnsEntry> all{group.primary};
  all.insert(all.end(), group.additional.begin(), group.additional.end());
  return all;
}

/// The group's nodes with the own one first: it may be newer than the list.
std::vector<std::string> nodes(const model::Group& group) {
  std::vector<std::string> all;
  if (!group.node.empty()) all.push_back(lower(group.node));
  for (const auto& node : group.nodes) {
    if (std::string text = lower(node); std::find(all.begin(), all.end(), text) == all.end()) {
      all.push_back(std::move(text));
    }
  }
  return all;
}

/// Texts in the order first added, each once.
class OrderedSet {
 public:
  void add(const std::string& text) {
    if (seen_.insert(text).second) order_.push_back(text);
  }
  [[nodiscard]] bool contains(const std::string& text) const { return seen_.contains(text); }
  [[nodiscard]] std::vector<std::string> take() { return std::move(order_); }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> order_;
};

/// Names by FQDN; the first role added stays, so they are added in the order of NameRole.
class NameTable {
 public:
  void add(model::Name name) {
    if (!name.fqdn.empty()) names_.try_emplace(name.fqdn, name);
  }
  [[nodiscard]] std::vector<model::Name> take() {
    std::vector<model::Name> sorted;
    sorted.reserve(names_.size());
    std::transform(names_.begin(), names_.end(), std::back_inserter(sorted),
                   [](auto& entry) { return std::move(entry.second); });
    return sorted;
  }

 private:
  std::map<std::string, model::Name> names_;
};

/// Roles of the group's own services, beside its nodes'.
std::vector<NameRole> group_roles(const model::Group& group) {
  std::vector<NameRole> roles{NameRole::group};
  if (group.proxy) roles.push_back(NameRole::proxy);
  if (group.proxy_read) roles.push_back(NameRole::proxy_read);
  return roles;
}

void add_composed(const model::Group& group, bool own, NameTable& names) {
  const std::string group_name = lower(group.name);
  for (const auto& node : nodes(group)) {
    for (const auto& entry : entries(group)) {
      names.add({fqdn(service_name(NameRole::node, node), entry), NameRole::node, group_name, node,
                 own && node == lower(group.node)});
    }
  }
  for (const NameRole role : group_roles(group)) {
    for (const auto& entry : entries(group)) {
      names.add({fqdn(service_name(role, group_name), entry), role, group_name, "", own});
    }
  }
}

/// The operator writes, for each entry: node, group, proxy. Whether it adds proxy-r is not documented: a list of its
/// own.
void add_certificate_names(const model::Group& group, model::Targets& targets) {
  OrderedSet required, read, foreign;
  for (const auto& entry : entries(group)) {
    if (!group.node.empty()) required.add(fqdn(service_name(NameRole::node, group.node), entry));
    for (const NameRole role : group_roles(group)) {
      (role == NameRole::proxy_read ? read : required).add(fqdn(service_name(role, group.name), entry));
    }
  }
  for (const auto& name : group.certificate_names) required.add(lower(name));
  for (const auto& entry : entries(group)) {
    for (const auto& node : nodes(group)) {
      const std::string name = fqdn(service_name(NameRole::node, node), entry);
      if (node != lower(group.node) && !required.contains(name)) foreign.add(name);
    }
  }
  targets.required_sans = required.take();
  targets.required_read_sans = read.take();
  targets.foreign_sans = foreign.take();
}

}  // namespace

std::string service_name(NameRole role, const std::string& object) {
  switch (role) {
    case NameRole::node: return object + "-node";
    case NameRole::group: return object + "-group";
    case NameRole::proxy: return object + "-proxy";
    case NameRole::proxy_read: return object + "-proxy-r";
    case NameRole::discovery:
    case NameRole::extra: break;
  }
  return "";
}

std::string fqdn(const std::string& service, const model::DnsEntry& entry) {
  return lower(service + entry.host_suffix + (entry.domain.empty() ? "" : "." + entry.domain));
}

model::Targets targets(const model::Group& group) {
  model::Targets targets;
  NameTable names;
  if (!group.name.empty()) {
    add_composed(group, true, names);
    add_certificate_names(group, targets);
  }
  for (const auto& peer : group.peers) add_composed(peer, false, names);
  for (const auto& host : group.discovery) names.add({lower(host), NameRole::discovery, "", "", false});
  for (const auto& host : group.extra_names) names.add({lower(host), NameRole::extra, "", "", false});
  targets.names = names.take();
  return targets;
}

}  // namespace pgd
