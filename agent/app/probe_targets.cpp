#include "agent/app/probe_targets.hpp"

#include <algorithm>

#include "agent/app/secret_places.hpp"
#include "agent/rules/host_match.hpp"

namespace app {
namespace {

constexpr std::size_t most_addresses = 16;  // of one name

}  // namespace

std::vector<model::ProbeTarget> probe_targets(const model::Group& group, const std::vector<model::Name>& names,
                                              const config::Probe& probe) {
  std::vector<model::ProbeTarget> targets;
  for (const auto& endpoint : probe.self) {
    targets.push_back(
        {endpoint.address, endpoint.port, model::ProbeScope::self, model::NameRole::node, group.name, group.node});
  }
  const auto asked = [&](model::NameRole role) {
    return std::find(probe.peer_roles.begin(), probe.peer_roles.end(), role) != probe.peer_roles.end();
  };
  if (probe.max_peers > 0) {
    for (const auto& name : names) {
      // Of our own names those of the node: behind the group's any node may answer.
      const bool own_node = name.own && name.role == model::NameRole::node;
      if (!asked(name.role) || (name.own && !own_node)) continue;
      const auto scope = own_node ? model::ProbeScope::self : model::ProbeScope::peer;
      targets.push_back({name.fqdn, static_cast<std::uint16_t>(probe.peer_port), scope, name.role, name.target_group,
                         name.target_node, own_node});
    }
  }
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

std::vector<std::string> addresses_of(const model::ProbeTarget& target, const model::Snapshot& snapshot) {
  if (!target.by_name()) return {target.host};
  for (const auto& seen : snapshot.names) {
    if (seen->name.fqdn != target.host) continue;
    auto addresses = seen->last_addresses;
    addresses.resize(std::min(addresses.size(), most_addresses));
    return addresses;
  }
  return {};
}

std::vector<ProbeJob> probe_jobs(const model::ProbeTarget& target, const std::vector<std::string>& addresses,
                                 model::ClientCertificate level, const config::Config& config,
                                 const sources::IdentityRef& identity) {
  std::vector<ProbeJob> jobs;
  for (const auto& address : addresses) {
    sources::PostgresQuestion question;
    question.address = address;
    question.port = target.port;
    if (!rules::is_ip_address(target.host)) question.server_name = target.host;
    question.level = level;
    question.negotiation = config.probe.negotiation;
    question.identity = identity;
    question.user = config.secrets.client_common_name;
    question.timeout = config.probe.timeout;
    jobs.push_back({target, std::move(question)});
  }
  return jobs;
}

sources::IdentityRef load_identity(const config::Secrets& secrets) {
  for (const auto& place : secret_places(secrets)) {
    if (place.role != model::SecretRole::client) continue;
    if (auto identity = sources::Identity::load(sources::read_secret(request(place)))) return *identity;
  }
  return nullptr;
}

}  // namespace app
