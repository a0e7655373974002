#include "agent/rules/checks_wire.hpp"

#include <algorithm>

#include "agent/rules/judge_probe.hpp"

namespace rules {
namespace {

using model::Finding;
using model::Severity;

/// What the server presents holds, whatever it thinks of us.
bool presents_what_holds(const model::ProbeVerdict& verdict) {
  return verdict.status == model::ProbeStatus::ok || is_refusal(verdict.status);
}

const model::JudgedProbe* find(const std::vector<model::JudgedProbe>& probes, const model::ProbeTarget& target) {
  const auto found =
      std::find_if(probes.begin(), probes.end(), [&](const auto& one) { return one.of->target == target; });
  return found == probes.end() ? nullptr : &*found;
}

}  // namespace

bool is_drift(const Finding& finding) {
  return finding.code == model::Code::drift_written || finding.code == model::Code::drift_served;
}

bool of_probes(const Finding& finding, model::ProbeScope scope) {
  if (is_drift(finding) || finding.severity == Severity::info) return false;
  const bool own = finding.source == model::Source::served || finding.subject.ends_with("(own)");
  if (scope == model::ProbeScope::self) return own;
  return finding.area == model::Area::peers && !own;
}

std::string own_postgres_fails(const model::Snapshot& snapshot, const std::vector<model::JudgedProbe>& probes) {
  for (const auto& probe : snapshot.probes) {
    if (probe->target.by_name()) continue;
    const auto* judged = find(probes, probe->target);
    if (!judged) return "not probed yet";
    if (!presents_what_holds(*judged->verdict))
      return std::string(name(judged->verdict->status)) + ": " + judged->verdict->detail;
  }
  return "";
}

bool self_probed(const model::Verdict& previous, const std::vector<model::JudgedProbe>& probes) {
  return std::any_of(probes.begin(), probes.end(), [&](const model::JudgedProbe& one) {
    if (one.of->target.by_name()) return false;
    const auto* before = find(previous.probes, one.of->target);
    return !before || before->of->last_probe != one.of->last_probe;
  });
}

}  // namespace rules
