#include "agent/app/adopt.hpp"

#include <algorithm>
#include <map>

#include "agent/app/probe_targets.hpp"
#include "agent/app/secret_places.hpp"
#include "agent/pgd/names.hpp"
#include "agent/rules/observe.hpp"

namespace app {
namespace {

void adopt_names(model::Snapshot& snapshot, common::WallTime now) {
  std::map<std::string, std::shared_ptr<const model::NameObservation>> known;
  for (const auto& seen : snapshot.names) known.emplace(seen->name.fqdn, seen);
  snapshot.names.clear();
  for (const auto& name : snapshot.targets->names) {
    const auto found = known.find(name.fqdn);
    if (found == known.end()) {
      snapshot.names.push_back(std::make_shared<const model::NameObservation>(rules::first_sight(name, now)));
    } else if (found->second->name == name) {
      snapshot.names.push_back(found->second);
    } else {
      auto renamed = *found->second;
      renamed.name = name;
      snapshot.names.push_back(std::make_shared<const model::NameObservation>(std::move(renamed)));
    }
  }
}

void adopt_secrets(model::Snapshot& snapshot, const config::Secrets& secrets) {
  const auto known = std::exchange(snapshot.secrets, {});
  for (const auto& place : secret_places(secrets)) {
    std::shared_ptr<const model::SecretObservation> kept;
    for (const auto& seen : known) {
      if (seen->role == place.role && seen->source == place.source && seen->directory == place.directory) kept = seen;
    }
    if (!kept) {
      model::SecretObservation fresh;
      fresh.role = place.role;
      fresh.source = place.source;
      fresh.directory = place.directory;
      kept = std::make_shared<const model::SecretObservation>(std::move(fresh));
    }
    snapshot.secrets.push_back(std::move(kept));
  }
}

void adopt_probes(model::Snapshot& snapshot, const config::Probe& probe) {
  const auto known = std::exchange(snapshot.probes, {});
  for (auto& target : probe_targets(*snapshot.group, snapshot.targets->names, probe)) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const auto& seen) { return seen->target == target; });
    if (found != known.end()) {
      snapshot.probes.push_back(*found);
      continue;
    }
    model::ProbeObservation fresh;
    fresh.target = std::move(target);
    snapshot.probes.push_back(std::make_shared<const model::ProbeObservation>(std::move(fresh)));
  }
}

}  // namespace

void adopt(model::Snapshot& snapshot, const config::Config& config, const std::string& hash, common::WallTime now) {
  snapshot.config.loaded = true;
  snapshot.config.error.clear();
  snapshot.config.hash = hash;
  snapshot.config.last_success = now;
  snapshot.group = std::make_shared<const model::Group>(config::group(config));
  snapshot.targets = std::make_shared<const model::Targets>(pgd::targets(*snapshot.group));
  snapshot.dns_queries_per_minute_limit = config.dns.max_queries_per_minute;
  adopt_names(snapshot, now);
  adopt_secrets(snapshot, config.secrets);
  adopt_probes(snapshot, config.probe);
}

}  // namespace app
