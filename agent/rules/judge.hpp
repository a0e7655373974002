// The verdict on everything observed, at one instant. Pure: the same inputs give the same verdict; latches, streaks and
// `since` are fields of the previous verdict.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/model/verdict.hpp"

namespace rules {

/// Judge after each change and at `next_change`. Secrets are judged anew only when their bundles, the policy or the
/// required names differ from the previous verdict's, or its `secrets_next` has come.
model::Verdict judge(const model::Verdict& previous, const model::Snapshot& snapshot, const model::Policy& policy,
                     model::Now now);

/// The parts, each pure, for tests and one-shot commands. Each source is judged by itself, against the CA of the same
/// source; only mounted Secrets have times and hold the startup gate.
struct SecretsJudgement {
  std::vector<model::Finding> findings;
  std::vector<model::SecretTimes> times;
  std::optional<common::WallTime> next_change{};
};
SecretsJudgement judge_secrets(const model::Snapshot& snapshot, const model::CertificatePolicy& policy,
                               common::WallTime now);

struct NamesJudgement {
  std::vector<model::Finding> findings;
  std::optional<common::WallTime> next_change{};
};
NamesJudgement judge_names(const model::Snapshot& snapshot, const model::Policy& policy, common::WallTime now);

/// Findings about the agent and its configuration.
std::vector<model::Finding> judge_agent(const model::Snapshot& snapshot);

/// The reason of a check whose subject has not been observed for the first time.
inline constexpr std::string_view not_read_yet = "not read yet";

/// Every check of every gate, sorted by gate and name. Opt-in checks need 3 bad or 2 good evaluations to turn: DNS
/// sweeps for names, rounds of probes of our own Postgres for what it serves, either for drift.
std::vector<model::Check> checks(const model::Verdict& previous, const model::Snapshot& snapshot,
                                 const model::Policy& policy, const std::vector<model::Finding>& findings,
                                 const std::vector<model::JudgedProbe>& probes, common::WallTime now);

}  // namespace rules
