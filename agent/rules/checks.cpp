// Checks and gates: which finding fails which gate, and the hysteresis of the opt-in ones.
#include <algorithm>
#include <tuple>

#include "agent/rules/checks_wire.hpp"
#include "agent/rules/judge.hpp"

namespace rules {
namespace {

using model::Check;
using model::Finding;
using model::Gate;
using model::Severity;

using Result = std::string;  // why a check fails; "" = it passes

/// The first finding of the area that counts, with how many more there are.
template <class Counts>
Result first_of(const std::vector<Finding>& findings, Counts counts) {
  const Finding* first = nullptr;
  std::size_t more = 0;
  for (const auto& finding : findings) {
    if (!counts(finding)) continue;
    if (first) ++more;
    if (!first) first = &finding;
  }
  if (!first) return "";
  std::string text{name(first->code)};
  text += ": " + first->message;
  if (more > 0) text += " (and " + std::to_string(more) + " more)";
  return text;
}

/// A connection fails now or at the next reconnect; what merely comes to its end still works.
bool unusable(const Finding& finding) {
  return finding.severity == Severity::critical && finding.code != model::Code::expires_soon;
}

Result material(const model::SecretObservation& secret, const std::vector<Finding>& findings, Gate gate) {
  if (!secret.bundle) return std::string(not_read_yet);
  return first_of(findings, [&](const Finding& f) {
    if (f.area != area_of(secret.role) || f.source != model::Source::mounted) return false;
    return gate == Gate::startup ? f.holds_startup : unusable(f);
  });
}

struct Count {
  std::size_t up = 0, known = 0, all = 0;
  std::string first_down;
};
Count count(const model::Snapshot& snapshot, bool own) {
  Count n;
  for (const auto& seen : snapshot.names) {
    if (seen->name.own != own || seen->name.role == model::NameRole::extra) continue;
    ++n.all;
    if (seen->last || !seen->invalid.empty()) ++n.known;
    if (seen->up) ++n.up;
    if (!seen->up && n.first_down.empty()) n.first_down = seen->name.fqdn;
  }
  return n;
}

Result all_up(const model::Snapshot& snapshot, bool own) {
  const auto n = count(snapshot, own);
  if (n.up == n.all) return "";
  return std::to_string(n.all - n.up) + " of " + std::to_string(n.all) + " names not up, first " + n.first_down;
}

/// The startup gate's opt-in: own names all up; of peers the quorum.
Result startup_names(const model::Snapshot& snapshot, const model::GatePolicy& policy) {
  switch (policy.startup_names) {
    case model::StartupNames::none: return "";
    case model::StartupNames::own: return all_up(snapshot, true);
    case model::StartupNames::peers: break;
  }
  const auto n = count(snapshot, false);
  std::size_t needed = 0;
  switch (policy.startup_quorum) {
    case model::StartupQuorum::any: needed = n.all == 0 ? 0 : 1; break;
    case model::StartupQuorum::majority: needed = n.all == 0 ? 0 : n.all / 2 + 1; break;
    case model::StartupQuorum::all: needed = n.all; break;
  }
  if (n.up >= needed) return "";
  return std::to_string(n.up) + " of " + std::to_string(n.all) + " peer names up, " + std::to_string(needed) +
         " needed";
}

const Check* find(const std::vector<Check>& checks, Gate gate, std::string_view name) {
  const auto found =
      std::find_if(checks.begin(), checks.end(), [&](const Check& c) { return c.gate == gate && c.name == name; });
  return found == checks.end() ? nullptr : &*found;
}

/// One evaluation of an opt-in check: the state turns only after enough evaluations in a row that contradict it.
void smooth(Check& next, const Check* before, bool evaluated) {
  if (!before) return;  // the first evaluation counts as it is
  const bool now_ok = next.ok;
  const auto now_reason = next.reason;
  next.ok = before->ok;
  next.reason = before->ok ? "" : (now_ok ? before->reason : now_reason);
  next.streak = now_ok == before->ok ? 0 : before->streak + (evaluated ? 1 : 0);
  const int needed = before->ok ? model::bad_evaluations_to_fail : model::good_evaluations_to_recover;
  if (next.streak < needed) return;
  next.ok = now_ok;
  next.reason = now_reason;
  next.streak = 0;
}

}  // namespace

std::vector<Check> checks(const model::Verdict& previous, const model::Snapshot& snapshot, const model::Policy& policy,
                          const std::vector<Finding>& findings, const std::vector<model::JudgedProbe>& probes,
                          common::WallTime now) {
  std::vector<Check> all;
  /// `evaluated`, given for opt-in checks: there is something new to go by.
  const auto add = [&](std::string name, Gate gate, const Result& why, std::optional<bool> evaluated = std::nullopt) {
    Check check{std::move(name), gate, why.empty(), why, std::nullopt, std::nullopt, 0};
    const Check* before = find(previous.checks, gate, check.name);
    if (evaluated) smooth(check, before, *evaluated);
    check.since = before && before->ok == check.ok ? before->since : now;
    check.last_success = check.ok ? now : (before ? before->last_success : std::nullopt);
    all.push_back(std::move(check));
  };

  const Result config = snapshot.config.loaded ? ""
                        : snapshot.config.error.empty()
                            ? std::string(not_read_yet)
                            : snapshot.config.error.substr(0, snapshot.config.error.find('\n'));
  add("config", Gate::startup, config);
  add("config", Gate::ready, config);
  add("config-current", Gate::advisory, snapshot.config.error.substr(0, snapshot.config.error.find('\n')));
  for (const auto& secret : snapshot.secrets) {
    const std::string check = "secret-" + std::string(name(secret->role));
    if (secret->source != model::Source::mounted) continue;
    add(check, Gate::startup, material(*secret, findings, Gate::startup));
    add(check, Gate::ready, material(*secret, findings, Gate::ready));
    add(check, Gate::advisory, first_of(findings, [&](const Finding& f) {
          return f.area == area_of(secret->role) && f.source != model::Source::served && !is_drift(f) &&
                 f.severity != Severity::info;
        }));
  }
  if (policy.gates.startup_names != model::StartupNames::none) {
    add("names", Gate::startup, startup_names(snapshot, policy.gates));
  }
  const auto asked = [&](model::ReadyCheck check) {
    const auto& list = policy.gates.ready_checks;
    return std::find(list.begin(), list.end(), check) != list.end();
  };
  const bool swept = snapshot.sweeps != previous.judged_sweeps;
  const bool probed = self_probed(previous, probes);
  if (asked(model::ReadyCheck::names_own)) add("names-own", Gate::ready, all_up(snapshot, true), swept);
  if (asked(model::ReadyCheck::names_peers)) add("names-peers", Gate::ready, all_up(snapshot, false), swept);
  if (asked(model::ReadyCheck::served)) add("served", Gate::ready, own_postgres_fails(snapshot, probes), probed);
  if (asked(model::ReadyCheck::drift)) {
    add("drift", Gate::ready,
        first_of(findings, [](const Finding& f) { return is_drift(f) && f.severity == Severity::critical; }),
        swept || probed);
  }
  const auto probes_any = [&](model::ProbeScope scope) {
    return std::any_of(snapshot.probes.begin(), snapshot.probes.end(),
                       [&](const auto& probe) { return probe->target.scope == scope; });
  };
  for (const auto scope : model::all_probe_scopes) {
    if (!probes_any(scope)) continue;
    add(scope == model::ProbeScope::self ? "probes-self" : "probes-peers", Gate::advisory,
        first_of(findings, [&](const Finding& f) { return of_probes(f, scope); }));
  }
  const bool has_written = std::any_of(snapshot.secrets.begin(), snapshot.secrets.end(),
                                       [](const auto& secret) { return secret->source == model::Source::written; });
  if (has_written || probes_any(model::ProbeScope::self)) add("drift", Gate::advisory, first_of(findings, is_drift));
  add("names-own", Gate::advisory, all_up(snapshot, true));
  add("names-peers", Gate::advisory, all_up(snapshot, false));
  for (const auto monitor : model::all_monitors) {
    const auto& state = snapshot.of(monitor);
    const std::string check = "monitor-" + std::string(name(monitor));
    const Result stuck =
        state.stuck_since ? "its loop has not come round since " + common::to_rfc3339(*state.stuck_since) : "";
    add(check, Gate::live, state.fails_liveness ? stuck : "");
    add(check, Gate::advisory, stuck);
  }
  std::sort(all.begin(), all.end(),
            [](const Check& a, const Check& b) { return std::tie(a.gate, a.name) < std::tie(b.gate, b.name); });
  return all;
}

}  // namespace rules
