#include "agent/rules/judge.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/rules/earliest.hpp"
#include "agent/rules/judge_wire.hpp"
#include "agent/rules/verify.hpp"

namespace rules {
namespace {

using common::WallTime;
using model::Finding;

bool settled(const model::SecretObservation& secret, const model::CertificatePolicy& policy, WallTime now) {
  return secret.mismatch_since && secret.mismatch_reads >= 2 &&
         now >= *secret.mismatch_since + policy.mismatch_debounce;
}

/// Everything but time that the judgement of secrets depends on, beside the bundles.
std::string policy_key(const model::Snapshot& snapshot, const model::CertificatePolicy& policy, WallTime now) {
  std::string key{name(policy.mode)};
  key += '|' + std::to_string(policy.pgd_version) + '|' + policy.client_common_name + '|';
  if (policy.renew_before) key += std::to_string(policy.renew_before->count());
  for (const auto& secret : snapshot.secrets) {
    key += settled(*secret, policy, now) ? "|m" : "|-";
    key += std::string(name(secret->role)) + '.' + std::string(name(secret->source));
  }
  if (snapshot.targets) {
    for (const auto* list :
         {&snapshot.targets->required_sans, &snapshot.targets->required_read_sans, &snapshot.targets->foreign_sans}) {
      key += '|';
      for (const auto& fqdn : *list) key += fqdn + ',';
    }
  }
  return key;
}

std::vector<model::BundleRef> bundles(const model::Snapshot& snapshot) {
  std::vector<model::BundleRef> all;
  for (const auto& secret : snapshot.secrets) all.push_back(secret->bundle);
  return all;
}

void judge_secrets_if_needed(model::Verdict& next, const model::Verdict& previous, const model::Snapshot& snapshot,
                             const model::CertificatePolicy& policy, WallTime now) {
  next.judged_bundles = bundles(snapshot);
  next.judged_policy = policy_key(snapshot, policy, now);
  // A clock stepped back makes what was judged at a later time wrong as well.
  const bool fresh = next.judged_bundles == previous.judged_bundles && next.judged_policy == previous.judged_policy &&
                     now >= previous.at && (!previous.secrets_next || now < *previous.secrets_next);
  if (fresh) {
    next.secret_findings = previous.secret_findings;
    next.secret_times = previous.secret_times;
    next.secrets_next = previous.secrets_next;
    return;
  }
  auto judged = judge_secrets(snapshot, policy, now);
  next.secret_findings = std::move(judged.findings);
  next.secret_times = std::move(judged.times);
  next.secrets_next = judged.next_change;
}

/// `since` is carried over from the same trouble in the previous verdict.
void date(std::vector<Finding>& findings, const std::vector<Finding>& previous, WallTime now) {
  const auto key = [](const Finding& f) {
    return std::tuple(f.area, f.code, f.source ? static_cast<int>(*f.source) : -1, std::string_view(f.subject));
  };
  std::map<decltype(key(previous.front())), std::optional<WallTime>> known;
  for (const auto& finding : previous) known.emplace(key(finding), finding.since);
  for (auto& finding : findings) {
    const auto found = known.find(key(finding));
    finding.since = found != known.end() && found->second ? found->second : now;
  }
}

void sort_gravest_first(std::vector<Finding>& findings) {
  const auto key = [](const Finding& f) {
    return std::tuple(f.severity, f.area, std::string_view(f.subject), f.code,
                      f.source ? static_cast<int>(*f.source) : -1);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
}

bool passes(const std::vector<model::Check>& checks, model::Gate gate) {
  return std::all_of(checks.begin(), checks.end(), [&](const model::Check& c) { return c.gate != gate || c.ok; });
}

std::string failing(const std::vector<model::Check>& checks, model::Gate gate) {
  std::string text;
  for (const auto& check : checks) {
    if (check.gate != gate || check.ok) continue;
    if (!text.empty()) text += "; ";
    text += check.name + ": " + check.reason;
  }
  return text;
}

/// The startup gate is latched and bounded: it opens when its checks pass, or loudly after startup_max_wait.
void judge_startup(model::Verdict& next, const model::Verdict& previous, const model::GatePolicy& policy,
                   model::Now now) {
  next.started = previous.started;
  next.started_at = previous.started_at;
  next.startup_released = previous.startup_released;
  next.startup_reason = previous.startup_reason;
  if (next.started) return;
  next.startup_reason = failing(next.checks, model::Gate::startup);
  const bool bounded = policy.startup_max_wait.count() > 0;
  if (passes(next.checks, model::Gate::startup)) {
    next.started = true;
    next.started_at = now.wall;
  } else if (bounded && now.uptime >= policy.startup_max_wait) {
    next.started = true;
    next.started_at = now.wall;
    next.startup_released = true;
  } else if (bounded) {
    earliest(next.next_change, now.wall + (policy.startup_max_wait - now.uptime));
  }
}

/// Postgres has not been given anything yet: its container starts after the agent's.
bool not_written_yet(const model::Bundle& bundle) {
  const bool only_missing = std::all_of(bundle.file_problems.begin(), bundle.file_problems.end(),
                                        [](const auto& problem) { return problem.error == model::ReadError::missing; });
  return bundle.source == model::Source::written && !bundle.loaded() && !bundle.file_problems.empty() && only_missing &&
         bundle.pem_problems.empty() && !bundle.cert_file_empty;
}

/// What is said of the mounted copy is not said again of a written one that is no different.
void add(std::vector<Finding>& all, std::vector<Finding> more) {
  for (auto& finding : more) {
    const auto said = [&](const Finding& other) {
      return other.source == model::Source::mounted && other.area == finding.area && other.code == finding.code &&
             other.message == finding.message;
    };
    const bool again = finding.source == model::Source::written && std::any_of(all.begin(), all.end(), said);
    if (!again) all.push_back(std::move(finding));
  }
}

}  // namespace

model::Verdict judge(const model::Verdict& previous, const model::Snapshot& snapshot, const model::Policy& policy,
                     model::Now now) {
  model::Verdict next;
  next.at = now.wall;
  judge_secrets_if_needed(next, previous, snapshot, policy.certificates, now.wall);
  next.next_change = next.secrets_next;
  next.findings = next.secret_findings;

  auto names = judge_names(snapshot, policy, now.wall);
  earliest(next.next_change, names.next_change);
  std::move(names.findings.begin(), names.findings.end(), std::back_inserter(next.findings));
  auto wire = judge_wire(previous, snapshot, policy, next.secret_findings, now);
  earliest(next.next_change, wire.next_change);
  std::move(wire.findings.begin(), wire.findings.end(), std::back_inserter(next.findings));
  next.judged_probes_policy = std::move(wire.policy);
  next.probes = std::move(wire.probes);
  next.drifts = std::move(wire.drifts);
  auto agent = judge_agent(snapshot);
  std::move(agent.begin(), agent.end(), std::back_inserter(next.findings));
  date(next.findings, previous.findings, now.wall);
  sort_gravest_first(next.findings);

  next.checks = checks(previous, snapshot, policy, next.findings, next.probes, now.wall);
  next.judged_sweeps = snapshot.sweeps;
  next.ready = passes(next.checks, model::Gate::ready);
  judge_startup(next, previous, policy.gates, now);

  for (const auto& secret : snapshot.secrets) {
    if (!secret->mismatch_since) continue;
    const auto at = *secret->mismatch_since + policy.certificates.mismatch_debounce;
    if (at > now.wall) earliest(next.next_change, at);
  }
  return next;
}

SecretsJudgement judge_secrets(const model::Snapshot& snapshot, const model::CertificatePolicy& policy, WallTime now) {
  SecretsJudgement all;
  for (const auto& secret : snapshot.secrets) {
    if (!secret->bundle) continue;
    const auto grace_ends = snapshot.started_at + model::written_grace;
    if (not_written_yet(*secret->bundle) && now < grace_ends) {
      earliest(all.next_change, grace_ends);
      continue;
    }
    const model::Bundle* ca = nullptr;
    for (const auto& other : snapshot.secrets) {
      if (other->role == ca_of(secret->role) && other->source == secret->source && other->bundle)
        ca = other->bundle.get();
    }
    auto judged = judge_secret({.bundle = secret->bundle.get(),
                                .ca = ca,
                                .policy = policy,
                                .targets = snapshot.targets.get(),
                                .own_node = snapshot.group ? snapshot.group->node : "",
                                .key_mismatch_settled = settled(*secret, policy, now),
                                .now = now});
    add(all.findings, std::move(judged.findings));
    earliest(all.next_change, judged.next_change);
    if (!is_ca(secret->role) && secret->source == model::Source::mounted) {
      all.times.push_back({secret->role, judged.effective_not_after, judged.renewal_due});
    }
  }
  return all;
}

}  // namespace rules
