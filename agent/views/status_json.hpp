// JSON documents: /status.json of a running agent and the --output json of the one-shot commands. Keys are never
// removed or retyped; an absent fact is null, never missing; arrays are sorted; enumerations may grow.
#pragma once
#include <string>
#include <vector>

#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/views/reports.hpp"

namespace views {

/// Everything the status page shows: {version, as_of, node, group, verdict, names, secrets, probes, events, …}; events
/// newest first.
std::string status_json(const model::World& world, const model::BuildInfo& build, const model::Runtime& runtime,
                        common::WallTime now);

/// {ok, at, node, group, verdict, names, secrets, probes}; `ok`: nothing critical was found.
std::string check_json(const model::World& world);

/// {ok, mode, purpose, at, findings, certificates}
std::string verify_json(const VerifyReport& report);

/// {names:[{fqdn, role, up, ipv4, ipv6, duration, queries}]}, sorted by FQDN; queries in the order asked.
std::string resolve_json(const std::vector<ResolvedName>& names);

}  // namespace views
