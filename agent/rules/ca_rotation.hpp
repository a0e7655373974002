// The order of a CA rotation: (1) both CAs into every ca.crt, (2) wait until every node has both, (3) new certificates,
// (4) wait until every served one chains to the new CA, (5) drop the old CA. Which step was skipped when a chain does
// not verify, and what would fail if a file became the CA now. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/rehearsal.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/model/verdict.hpp"

namespace rules {

/// Why a chain that should verify does not, as far as a rotation explains it.
enum class SkippedStep {
  none,               ///< it verifies, or nothing speaks for a rotation
  add_everywhere,     ///< 1–2: issued by a CA that our ca.crt does not hold yet
  replace_all_leaves  ///< 3–5: our ca.crt dropped the CA that issued it while it is still served
};

/// `anchors`: the CA file in force; `before`: the one it replaced (empty = not known). Where history says nothing,
/// dates do: a leaf older than every anchor lost its CA, a younger one came too early.
SkippedStep skipped_step(const std::vector<model::CertificateRef>& chain,
                         const std::vector<model::CertificateRef>& anchors,
                         const std::vector<model::CertificateRef>& before, model::Purpose purpose,
                         common::WallTime now);

/// Every peer's served chain, our own served and mounted server chain and our client chain, under `next` (the anchors
/// of FILE) as the CA of both. Trust and purpose only: dates, names and keys are judged elsewhere. Sorted by `who`.
std::vector<model::Rehearsal> rehearse(const model::Snapshot& snapshot, const std::vector<model::CertificateRef>& next,
                                       common::WallTime now, std::optional<model::Purpose> only = std::nullopt);

}  // namespace rules
