// Questions several views ask of a world: does a gate pass, is a family fine, which certificates are shown, what is the
// verdict in words. Answers only from the values; never judges anew.
#pragma once
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/model/snapshot.hpp"
#include "common/time.hpp"

namespace views {

/// Startup and ready as judged; live and advisory: no check of theirs fails. Before the first verdict only live passes.
bool passes(const model::World& world, model::Gate gate);

/// What one-shot commands call fine: nothing critical was found.
bool none_critical(const std::vector<model::Finding>& findings);

/// How many findings of each severity, in the order of model::all_severities.
std::array<std::size_t, model::all_severities.size()> count_severities(const std::vector<model::Finding>& findings);
/// "2 critical, 1 warning"; severities without a finding are left out; "" where there is none at all.
std::string severities_in_words(const std::vector<model::Finding>& findings);

/// Gravest first, then area, subject, code: the order of Verdict::findings, for findings from elsewhere.
std::vector<model::Finding> sorted(std::vector<model::Finding> findings);

/// Fine: `noerror`, or `nodata` while the other family answers.
bool is_fine(const model::Lookup& lookup, model::Family family);

/// The shortest TTL of the addresses; absent where there is none.
std::optional<std::chrono::seconds> shortest_ttl(const model::FamilyAnswer& answer);

/// The secret was read and holds a certificate of the kind its role is for.
bool is_loaded(const model::SecretObservation& secret);

/// CA roles show their anchors, leaf roles the leaf and what follows it (not their own copy of the CA).
const std::vector<model::CertificateRef>& shown_certificates(const model::Bundle& bundle);

/// Findings about one secret as seen at one source.
std::vector<model::Finding> findings_of(const std::vector<model::Finding>& findings,
                                        const model::SecretObservation& secret);

/// Absent where the verdict has none for the role.
const model::SecretTimes* times_of(const model::World& world, model::SecretRole role);
/// The same for a secret: those of the mounted one alone are judged.
const model::SecretTimes* times_of(const model::World& world, const model::SecretObservation& secret);

/// "Ready", "Not ready: secret-server: the key does not match", "Not started: …": the first line of the page and of
/// `check`.
std::string headline(const model::World& world);

/// "in 41 days" or "3 d 2 h ago", from `now`.
std::string relative(common::WallTime time, common::WallTime now);

/// "0.4 ms", "10 s"
std::string milliseconds_text(std::chrono::microseconds duration);

}  // namespace views
