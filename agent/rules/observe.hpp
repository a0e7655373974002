// Folds what was just seen into what is known: previous observation + new facts → next observation. Pure; judges
// nothing.
#pragma once
#include <string>

#include "agent/model/dns.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"

namespace rules {

/// A name before its first lookup.
model::NameObservation first_sight(const model::Name& name, common::WallTime now);

/// Up after one lookup with an address, down after `policy.down_after` failures in a row; an address change is a
/// different set than at the last success.
model::NameObservation observe(const model::NameObservation& previous, model::Lookup lookup,
                               const model::NamePolicy& policy, common::WallTime now);

/// A read of a secret. A rotation is a change of content between two generations that both hold material; appearing and
/// vanishing are not. A key mismatch is counted per read for the debounce. `by` says what led to the read.
model::SecretObservation observe(const model::SecretObservation& previous, model::BundleRef bundle,
                                 model::DetectedBy by, common::WallTime now);

/// Whether two bundles come from the same bytes.
bool same_content(const model::BundleRef& a, const model::BundleRef& b);

/// Counts one lookup per family, and its duration.
void count(model::Counters& counters, model::NameRole role, const model::Lookup& lookup);

}  // namespace rules
