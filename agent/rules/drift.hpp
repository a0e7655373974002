// Copies of one secret that differ: what the agent has mounted, what Postgres was given, what Postgres serves. Since
// when, whether that is too long, and why as far as it can be known. Pure: what was known before comes in by value.
#pragma once
#include <optional>
#include <vector>

#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/model/verdict.hpp"

namespace rules {

struct DriftJudgement {
  std::vector<model::Drift> drifts;  ///< every comparison that can be made, by secret, between, port
  std::vector<model::Finding> findings;
  std::optional<common::WallTime> next_change{};
};

/// Compares what is loaded: leaf roles by their leaf, CA roles by the set of their anchors; served is the newest chain
/// of each own endpoint, two endpoints with the same port as one. `since` is carried over from `previous` while a pair
/// differs. `secret_findings` are those already judged: what Postgres refuses of what it was given.
DriftJudgement judge_drift(const std::vector<model::Drift>& previous, const model::Snapshot& snapshot,
                           const model::ProbePolicy& policy, const std::vector<model::Finding>& secret_findings,
                           common::WallTime now);

}  // namespace rules
