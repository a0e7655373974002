// Findings of the wire: drift between what is mounted, written and served; endpoints that fail; client certificates
// refused; backends that differ; CA rotations in the wrong order. Pure: what was known before comes in by value.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/model/verdict.hpp"

namespace rules {

struct WireJudgement {
  std::string policy;  ///< for Verdict::judged_probes_policy
  std::vector<model::JudgedProbe> probes;
  std::vector<model::Drift> drifts;
  std::vector<model::Finding> findings;
  std::optional<common::WallTime> next_change{};
};

/// Probes are judged anew only where their observation, the server CA (mounted, or written where none is mounted) or
/// the policy changed, or their time has come. A drift's `since` is carried over from `previous`. `secret_findings` are
/// those already judged, for the reason of a drift.
WireJudgement judge_wire(const model::Verdict& previous, const model::Snapshot& snapshot, const model::Policy& policy,
                         const std::vector<model::Finding>& secret_findings, model::Now now);

}  // namespace rules
