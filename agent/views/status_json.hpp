// JSON documents: /status.json of a running agent and the --output json of the one-shot commands. Keys are never
// removed or retyped; an absent fact is null, never missing; arrays are sorted; enumerations may grow.
#pragma once
#include <string>
#include <vector>

#include "agent/model/build.hpp"
#include "agent/model/rehearsal.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/views/reports.hpp"

namespace views {

/// Everything the status page shows: {version, as_of, node, group, verdict, names, secrets, probes, drifts, events, …};
/// events newest first.
std::string status_json(const model::World& world, const model::BuildInfo& build, const model::Runtime& runtime,
                        common::WallTime now);

/// {ok, at, node, group, verdict, names, secrets, probes, drifts}; `ok`: nothing critical was found.
std::string check_json(const model::World& world);

/// {ok, mode, purpose, at, findings, certificates}
std::string verify_json(const VerifyReport& report);

/// {names:[{fqdn, role, up, ipv4, ipv6, duration, queries}]}, sorted by FQDN; queries in the order asked.
std::string resolve_json(const std::vector<ResolvedName>& names);

/// {ok, status, target, address, at, duration, phases, tls, client_certificate, certificates, findings, detail, remedy,
/// error} of the address that decides, with `addresses` listing the same of every one; `findings` also those of the CA
/// file.
std::string probe_json(const ProbeReport& report);

/// {ok, items:[{who, holds_now, holds_next, why, step}]} in the order given; `ok`: all would hold.
std::string rehearsal_json(const std::vector<model::Rehearsal>& items);
/// All would hold: what decides the exit code.
bool rehearsal_passes(const std::vector<model::Rehearsal>& items);

}  // namespace views
