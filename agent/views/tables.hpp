// What the one-shot commands print for people: aligned tables and findings with their remedy. Colour only where asked
// for; the words say the same without it.
#pragma once
#include <string>
#include <vector>

#include "agent/model/rehearsal.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/views/reports.hpp"

namespace views {

/// Certificates, then findings, then one line of result.
std::string verify_table(const VerifyReport& report, bool colour);

/// A line a name, family and address, what each server says, then every question that was asked.
std::string resolve_table(const std::vector<ResolvedName>& names, bool colour);

/// The verdict, gates, findings, names, endpoints, secrets and drift of a world, times relative to the verdict's.
std::string check_table(const model::World& world, bool colour);

/// Each address phase by phase: what happened and how long it took, what was served, what became of our certificate,
/// status, sentence and remedy; then findings of the CA file and one line of result.
std::string probe_table(const ProbeReport& report, bool colour);

/// Who holds now and under the next CA, why not and what to do first, then one line of result.
std::string rehearsal_table(const std::vector<model::Rehearsal>& items, bool colour);

/// Findings gravest first: severity, code, subject, sentence, remedy. "" where there are none.
std::string findings_text(const std::vector<model::Finding>& findings, bool colour);

/// "pgd-agent: <what>: <place>: <why>", a line each.
std::string problems_text(std::string_view what, const std::vector<Problem>& problems);

}  // namespace views
