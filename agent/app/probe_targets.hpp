// Which endpoints are probed, and with what questions: own Postgres, and the peers' names of the configured roles.
#pragma once
#include <string>
#include <vector>

#include "agent/config/config.hpp"
#include "agent/model/probe.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/sources/postgres_tls.hpp"

namespace app {

/// Sorted, unique. Own Postgres by its addresses, and by the node's own names where those of the peers are probed.
std::vector<model::ProbeTarget> probe_targets(const model::Group& group, const std::vector<model::Name>& names,
                                              const config::Probe& probe);

/// Where an endpoint is now: itself for an address, else the last known addresses of its name, at most 16, sorted.
std::vector<std::string> addresses_of(const model::ProbeTarget& target, const model::Snapshot& snapshot);

/// One address to ask on behalf of an endpoint.
struct ProbeJob {
  model::ProbeTarget target;
  sources::PostgresQuestion question;
};

/// A job for each address.
std::vector<ProbeJob> probe_jobs(const model::ProbeTarget& target, const std::vector<std::string>& addresses,
                                 model::ClientCertificate level, const config::Config& config,
                                 const sources::IdentityRef& identity);

/// Our client certificate as mounted, or as written for Postgres; null where there is none that can be used (the
/// secret's own findings say why).
sources::IdentityRef load_identity(const config::Secrets& secrets);

}  // namespace app
