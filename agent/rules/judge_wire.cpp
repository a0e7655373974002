#include "agent/rules/judge_wire.hpp"

#include <algorithm>

#include "agent/rules/drift.hpp"
#include "agent/rules/earliest.hpp"
#include "agent/rules/judge_probe.hpp"
#include "agent/rules/served.hpp"
#include "agent/rules/severity.hpp"
#include "agent/rules/verifying.hpp"
#include "agent/rules/wire_findings.hpp"

namespace rules {
namespace {

using common::WallTime;
using model::JudgedProbe;
using model::ProbeObservationRef;
using model::ProbeScope;

/// Everything but time that the judgement of a probe depends on, beside what JudgedProbe holds.
std::string policy_key(const model::Snapshot& snapshot, const model::CertificatePolicy& policy) {
  std::string key{name(policy.mode)};
  key += '|' + std::to_string(policy.pgd_version) + '|';
  if (policy.renew_before) key += std::to_string(policy.renew_before->count());
  if (!snapshot.targets) return key;
  for (const auto* list :
       {&snapshot.targets->required_sans, &snapshot.targets->required_read_sans, &snapshot.targets->foreign_sans}) {
    key += '|';
    for (const auto& fqdn : *list) key += fqdn + ',';
  }
  return key;
}

/// The server CA, and what its last rotation replaced.
struct Root {
  model::BundleRef now, before;
};
Root root_of(const model::Snapshot& snapshot) {
  Root root{root_file(snapshot.secrets), nullptr};
  for (const auto& secret : snapshot.secrets) {
    if (root.now && secret->bundle == root.now) root.before = secret->before;
  }
  return root;
}

JudgedProbe judge_anew(const ProbeObservationRef& probe, const Root& root, const Wire& wire) {
  const bool own = !probe->target.by_name();
  auto judged = judge_probe({.probe = *probe,
                             .ca = root.now.get(),
                             .policy = wire.policy.certificates,
                             .now = wire.now.wall,
                             .targets = own ? wire.snapshot.targets.get() : nullptr});
  JudgedProbe result{probe, root.now, judged.next_change, nullptr, root.before, {}, {}};
  result.rotation_order =
      rotation_order(*probe, judged.verdict, root.now.get(), root.before.get(), wire.mode, wire.now.wall);
  result.elsewhere = points_elsewhere(wire, *probe);
  result.verdict = std::make_shared<const model::ProbeVerdict>(std::move(judged.verdict));
  return result;
}

std::vector<JudgedProbe> judge_probes(const model::Verdict& previous, const Wire& wire, const std::string& policy) {
  const auto root = root_of(wire.snapshot);
  // A clock stepped back makes what was judged at a later time wrong as well.
  const bool usable = previous.judged_probes_policy == policy && wire.now.wall >= previous.at;
  std::vector<JudgedProbe> all;
  for (const auto& probe : wire.snapshot.probes) {
    if (!probe->last_probe) continue;
    const auto fresh = [&](const JudgedProbe& known) {
      return known.of == probe && known.ca == root.now && known.ca_before == root.before &&
             (!known.next_change || wire.now.wall < *known.next_change);
    };
    const auto known = std::find_if(previous.probes.begin(), previous.probes.end(), fresh);
    all.push_back(usable && known != previous.probes.end() ? *known : judge_anew(probe, root, wire));
  }
  return all;
}

/// What the mounted leaf's finding says already is not said of an own endpoint that serves the same leaf.
void find_rotation_order(Wire& wire, const JudgedProbe& judged) {
  const bool said = std::any_of(wire.findings.begin(), wire.findings.end(), [](const model::Finding& f) {
    return f.code == model::Code::ca_rotation_order && f.area == model::Area::server &&
           f.source == model::Source::mounted;
  });
  const auto same = [&](const auto& address) { return !serves_another_leaf(wire, address); };
  const auto& addresses = judged.of->addresses;
  if (said && judged.of->target.scope == ProbeScope::self && std::all_of(addresses.begin(), addresses.end(), same))
    return;
  for (const auto& finding : judged.rotation_order) wire.add(finding);
}

}  // namespace

WireJudgement judge_wire(const model::Verdict& previous, const model::Snapshot& snapshot, const model::Policy& policy,
                         const std::vector<model::Finding>& secret_findings, model::Now now) {
  const auto root = root_file(snapshot.secrets);
  Wire wire{.snapshot = snapshot,
            .policy = policy,
            .now = now,
            .mode = effective_mode(policy.certificates.mode, model::SecretRole::server, ca_file_present(root.get()))};
  WireJudgement judged;
  judged.policy = policy_key(snapshot, policy.certificates);
  judged.probes = judge_probes(previous, wire, judged.policy);
  find_own_rotation_order(wire, secret_findings);
  for (const auto& probe : judged.probes) {
    earliest(judged.next_change, probe.next_change);
    if (probe.of->target.own_name) {
      find_in_own_name(wire, probe, judged.probes);
      continue;
    }
    if (probe.of->target.by_name())
      find_in_peer(wire, probe);
    else
      find_in_self(wire, *probe.of, *probe.verdict);
    find_rotation_order(wire, probe);
  }
  earliest(judged.next_change, wire.next_change);

  auto drift = judge_drift(previous.drifts, snapshot, policy.probes, secret_findings, now.wall);
  earliest(judged.next_change, drift.next_change);
  judged.drifts = std::move(drift.drifts);
  judged.findings = std::move(wire.findings);
  std::move(drift.findings.begin(), drift.findings.end(), std::back_inserter(judged.findings));
  return judged;
}

}  // namespace rules
