// Folds what was just seen into what is known: previous observation + new facts → next observation. Pure; judges
// nothing.
#pragma once
#include <string>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"

namespace rules {

/// A name before its first lookup.
model::NameObservation first_sight(const model::Name& name, common::WallTime now);

/// Up after one lookup with an address, down after `policy.down_after` failures in a row; an address change is a
/// different set than at the last success. That, going down and coming back (not the first success) are the recent
/// changes: those of the last flapping_window, at most 16.
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

/// A round of probes. `addresses` are those the endpoint's name has now (none: unresolved); what is known of others is
/// dropped, and an address without any result yet is left out. `results` in any order, several an address allowed. An
/// exchange without an answer adds to the address' failures, any other ends them; the newest login and the newest chain
/// are kept beside the newest result.
model::ProbeObservation observe(const model::ProbeObservation& previous, std::vector<std::string> addresses,
                                std::vector<model::ProbeResultRef> results, common::WallTime now);

/// Without TLS, or without an answer after it: what may pass by itself. A refusal is an answer.
bool failed(const model::Exchange& exchange);

/// Counts one exchange, and the duration of each phase begun.
void count(model::Counters& counters, model::ProbeScope scope, model::ProbeStatus status,
           const model::Exchange& exchange);

}  // namespace rules
