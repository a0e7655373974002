#include "agent/rules/drift.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "agent/rules/drift_words.hpp"
#include "agent/rules/earliest.hpp"
#include "agent/rules/judge_probe.hpp"
#include "agent/rules/lifetime.hpp"
#include "agent/rules/probe_answer.hpp"
#include "agent/rules/severity.hpp"

namespace rules {
namespace {

using common::WallTime;
using model::Between;
using model::Bundle;
using model::Certificate;
using model::Code;
using model::Drift;
using model::Finding;
using model::SecretRole;
using model::Source;

const Bundle* bundle_of(const model::Snapshot& snapshot, SecretRole role, Source source) {
  for (const auto& secret : snapshot.secrets) {
    if (secret->role == role && secret->source == source) return secret->bundle.get();
  }
  return nullptr;
}

/// Something to compare: a leaf, or for CA roles anchors.
const Bundle* comparable(const model::Snapshot& snapshot, SecretRole role, Source source) {
  const auto* bundle = bundle_of(snapshot, role, source);
  return bundle && (is_ca(role) ? bundle->loaded() : bundle->leaf() != nullptr) ? bundle : nullptr;
}

std::set<std::string> fingerprints(const Bundle& bundle) {
  std::set<std::string> all;
  if (!is_ca(bundle.role)) return {bundle.leaf()->fingerprint_sha256};
  for (const auto& anchor : bundle.anchors) all.insert(anchor->fingerprint_sha256);
  return all;
}

/// What an own endpoint serves.
struct Served {
  std::string endpoint;
  std::uint16_t port = 0;
  const Certificate* leaf = nullptr;
};
std::vector<Served> served_by(const model::Snapshot& snapshot) {
  std::vector<Served> all;
  for (const auto& probe : snapshot.probes) {
    if (probe->target.by_name()) continue;
    for (const auto& address : probe->addresses) {
      const auto* result = newest_chain(address);
      if (!result || result->chain.front()->position != model::Position::leaf) continue;
      all.push_back(
          {endpoint_text(probe->target.host, probe->target.port), probe->target.port, result->chain.front().get()});
    }
  }
  return all;
}

class Drifting {
 public:
  Drifting(const std::vector<Drift>& previous, const model::Snapshot& snapshot, const model::ProbePolicy& policy,
           const std::vector<Finding>& secret_findings, WallTime now)
      : previous_(previous), snapshot_(snapshot), policy_(policy), secret_findings_(secret_findings), now_(now) {}

  void files(SecretRole role) {
    const auto* mounted = comparable(snapshot_, role, Source::mounted);
    const auto* written = comparable(snapshot_, role, Source::written);
    if (!mounted || !written) return;
    const bool differs = fingerprints(*mounted) != fingerprints(*written);
    const auto since = note(role, Between::mounted_written, 0, differs);
    if (!since) return;
    const auto told = words_of_files(*mounted, *written, *since);
    say(Code::drift_written, role, Source::written, is_ca(role) ? written->names.ca : written->names.cert,
        written->leaf(), *since, told);
  }

  void served() {
    const auto* mounted = comparable(snapshot_, SecretRole::server, Source::mounted);
    const auto* written = comparable(snapshot_, SecretRole::server, Source::written);
    const auto endpoints = served_by(snapshot_);
    for (const auto& one : endpoints) {
      const Served& worst = worst_of_port(endpoints, one.port, mounted ? mounted : written);
      if (&worst != &one) continue;
      const auto compare = [&](const Bundle* with, Between between) -> std::optional<WallTime> {
        if (!with) return std::nullopt;
        return note(SecretRole::server, between, one.port,
                    with->leaf()->fingerprint_sha256 != one.leaf->fingerprint_sha256);
      };
      const auto from_mounted = compare(mounted, Between::mounted_served);
      const auto from_written = compare(written, Between::written_served);
      // One trouble, one finding.
      const auto since = from_mounted ? from_mounted : from_written;
      if (!since) continue;
      const auto told = words_of_served({.endpoint = one.endpoint,
                                         .served = *one.leaf,
                                         .mounted = from_mounted ? mounted : nullptr,
                                         .written = bundle_of(snapshot_, SecretRole::server, Source::written),
                                         .client_ca = bundle_of(snapshot_, SecretRole::client_ca, Source::written),
                                         .secret_findings = secret_findings_,
                                         .since = *since});
      say(Code::drift_served, SecretRole::server, Source::served, "server: " + one.endpoint, one.leaf, *since, told);
    }
  }

  DriftJudgement take() {
    const auto key = [](const Drift& d) { return std::tie(d.secret, d.between, d.port); };
    std::sort(judged_.drifts.begin(), judged_.drifts.end(),
              [&](const Drift& a, const Drift& b) { return key(a) < key(b); });
    return std::move(judged_);
  }

 private:
  static const Served& worst_of_port(const std::vector<Served>& endpoints, std::uint16_t port, const Bundle* with) {
    const Served* first = nullptr;
    for (const auto& one : endpoints) {
      if (one.port != port) continue;
      if (!first) first = &one;
      if (with && with->leaf()->fingerprint_sha256 != one.leaf->fingerprint_sha256) return one;
    }
    return *first;
  }

  /// Notes the comparison; since when it differs, if it does.
  std::optional<WallTime> note(SecretRole role, Between between, std::uint16_t port, bool differs) {
    Drift drift{role, between, port, std::nullopt};
    if (differs) {
      const auto known = std::find_if(previous_.begin(), previous_.end(), [&](const Drift& d) {
        return d.secret == role && d.between == between && d.port == port && d.since;
      });
      // A clock stepped back must not make a drift younger than none.
      drift.since = known != previous_.end() ? std::min(*known->since, now_) : now_;
    }
    judged_.drifts.push_back(drift);
    return drift.since;
  }

  void say(Code code, SecretRole role, Source source, std::string subject, const Certificate* in_use, WallTime since,
           const DriftWords& told) {
    const auto from = since + policy_.drift_grace;
    if (now_ < from) return earliest(judged_.next_change, from);
    auto pressing_from = since + policy_.drift_critical_after;
    if (in_use) {
      const WallTime last_sixth = second_of(in_use->not_after) - lifetime(*in_use) / 6;
      pressing_from = std::min(pressing_from, last_sixth);
    }
    const bool pressing = now_ >= pressing_from;
    if (!pressing) earliest(judged_.next_change, pressing_from);
    const auto grave =
        severity(code, {.role = role, .source = source, .pressing = pressing}, model::TlsMode::verify_ca);
    judged_.findings.push_back(
        {code, *grave, area_of(role), source, std::move(subject), told.message, told.remedy, false, std::nullopt});
  }

  const std::vector<Drift>& previous_;
  const model::Snapshot& snapshot_;
  const model::ProbePolicy& policy_;
  const std::vector<Finding>& secret_findings_;
  const WallTime now_;
  DriftJudgement judged_;
};

}  // namespace

DriftJudgement judge_drift(const std::vector<Drift>& previous, const model::Snapshot& snapshot,
                           const model::ProbePolicy& policy, const std::vector<Finding>& secret_findings,
                           WallTime now) {
  Drifting drifting{previous, snapshot, policy, secret_findings, now};
  for (const auto role : model::all_secret_roles) drifting.files(role);
  drifting.served();
  return drifting.take();
}

}  // namespace rules
