// What checks make of probes and drift. Not for other rooms.
#pragma once
#include <string>
#include <vector>

#include "agent/model/snapshot.hpp"
#include "agent/model/verdict.hpp"

namespace rules {

bool is_drift(const model::Finding& finding);

/// Found by probing: our own Postgres, or the peers.
bool of_probes(const model::Finding& finding, model::ProbeScope scope);

/// Why what our own Postgres presents does not hold, whatever it thinks of our client certificate; "" where it does.
std::string own_postgres_fails(const model::Snapshot& snapshot, const std::vector<model::JudgedProbe>& probes);

/// Another round of probes of our own Postgres has ended since the previous verdict.
bool self_probed(const model::Verdict& previous, const std::vector<model::JudgedProbe>& probes);

}  // namespace rules
