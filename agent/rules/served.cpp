#include "agent/rules/served.hpp"

#include <algorithm>
#include <array>

#include "agent/rules/chain.hpp"
#include "agent/rules/earliest.hpp"
#include "agent/rules/facts.hpp"
#include "agent/rules/verifying.hpp"

namespace rules {
namespace {

using model::Code;
using model::Finding;
using model::ProbeStatus;
using model::Severity;

/// What libpq would say to a finding of the chain or of its anchors; ok where it does not mind.
ProbeStatus status_of(const Finding& finding) {
  const bool critical = finding.severity == Severity::critical;
  if (!critical) return ProbeStatus::ok;
  switch (finding.code) {
    case Code::untrusted:
    case Code::ca_key_changed:
    case Code::incomplete_chain:
    case Code::partial_chain_only:
    case Code::weak_signature:
    case Code::weak_key:
    case Code::anchor_not_ca: return ProbeStatus::untrusted;
    case Code::wrong_purpose: return ProbeStatus::wrong_purpose;
    case Code::not_yet_valid: return ProbeStatus::not_yet_valid;
    case Code::expired: return ProbeStatus::expired;
    case Code::name_not_covered: return ProbeStatus::name_mismatch;
    // The remaining codes are no trouble of a handshake: libpq takes such a chain, or the code is of files or names.
    case Code::missing_file:
    case Code::unreadable:
    case Code::malformed_pem:
    case Code::no_certificate:
    case Code::key_mismatch:
    case Code::key_encrypted:
    case Code::key_permissions:
    case Code::expires_soon:
    case Code::renewal_overdue:
    case Code::ca_expires_first:
    case Code::leaf_is_ca:
    case Code::no_san:
    case Code::foreign_name:
    case Code::wrong_common_name:
    case Code::connection_manager_refuses:
    case Code::ca_copy_differs:
    case Code::not_rotatable:
    case Code::drift_written:
    case Code::drift_served:
    case Code::name_invalid:
    case Code::not_resolving:
    case Code::partial_answer:
    case Code::servers_disagree:
    case Code::server_failing:
    case Code::search_list_answer:
    case Code::search_cost:
    case Code::points_elsewhere:
    case Code::self_unreachable:
    case Code::pending:
    case Code::hosts_file_answers:
    case Code::flapping:
    case Code::client_certificate_refused:
    case Code::peer_unreachable:
    case Code::backends_differ:
    case Code::ca_rotation_order:
    case Code::own_postgres_unreachable:
    case Code::watch_degraded:
    case Code::group_stale:
    case Code::config_rejected: return ProbeStatus::ok;
  }
  return ProbeStatus::ok;
}

/// Position in the order in which the statuses win.
int rank(ProbeStatus status) {
  constexpr std::array order{ProbeStatus::untrusted, ProbeStatus::wrong_purpose, ProbeStatus::not_yet_valid,
                             ProbeStatus::expired, ProbeStatus::name_mismatch};
  return static_cast<int>(std::find(order.begin(), order.end(), status) - order.begin());
}

void take_worse(Answer& best, ProbeStatus status, const std::string& detail, const std::string& remedy) {
  if (status == ProbeStatus::ok || (best.status != ProbeStatus::ok && rank(best.status) <= rank(status))) return;
  best = {status, detail, remedy};
}

/// Clock skew is a mere warning of files, which wait; a handshake fails for each second of it.
const model::Certificate* not_yet_valid_in_path(const ServedQuestion& question) {
  const Second now = second_of(question.now);
  const auto ahead = [&](const auto& one) { return age_at(*one, now) == Age::just_ahead; };
  const auto& chain = question.chain;
  if (!question.ca || question.ca->anchors.empty()) {
    const auto found = std::find_if(chain.begin(), chain.end(), ahead);
    return found == chain.end() ? nullptr : found->get();
  }
  const auto& anchors = question.ca->anchors;
  if (std::none_of(chain.begin(), chain.end(), ahead) && std::none_of(anchors.begin(), anchors.end(), ahead))
    return nullptr;
  const auto path = judge_chain({chain, anchors, {}, model::Purpose::server, now}).path;
  const auto found = std::find_if(path.begin(), path.end(), ahead);
  return found == path.end() ? nullptr : *found;
}

}  // namespace

ServedJudgement judge_served(const ServedQuestion& question) {
  ServedJudgement judged;
  const bool ca_there = ca_file_present(question.ca);
  const bool verifies =
      effective_mode(question.policy.mode, model::SecretRole::server, ca_there) != model::TlsMode::require;
  model::Bundle served;
  served.role = model::SecretRole::server;
  served.source = model::Source::served;
  served.names.cert = "served chain";
  served.chain = question.chain;
  if (!served.leaf()) {
    if (verifies) {
      judged.answer = {ProbeStatus::untrusted, "The certificate that it presents can't be read.",
                       "Issue the server certificate again; `openssl s_client -starttls postgres` shows it."};
    }
    return judged;
  }

  const bool host_counts = question.policy.mode == model::TlsMode::verify_full && !question.host.empty();
  model::Targets of_host;
  if (host_counts) of_host.required_sans = {question.host};
  const SecretInput input{.bundle = &served,
                          .ca = question.ca,
                          .policy = question.policy,
                          .targets = host_counts ? &of_host : question.targets,
                          .own_node = "",
                          .key_mismatch_settled = true,
                          .now = question.now};
  auto of_chain = judge_secret(input);
  judged.findings = std::move(of_chain.findings);
  judged.next_change = of_chain.next_change;
  if (!verifies) return judged;

  for (const auto& finding : judged.findings) {
    if (finding.code == Code::name_not_covered && !host_counts) continue;
    take_worse(judged.answer, status_of(finding), finding.message, finding.remedy);
  }
  if (question.ca) {
    auto ca_input = input;
    ca_input.bundle = question.ca;
    ca_input.ca = nullptr;
    const auto of_anchors = judge_secret(ca_input);
    earliest(judged.next_change, of_anchors.next_change);
    for (const auto& finding : of_anchors.findings)
      take_worse(judged.answer, status_of(finding), finding.message, finding.remedy);
  }
  if (const auto* early = not_yet_valid_in_path(question)) {
    take_worse(judged.answer, ProbeStatus::not_yet_valid,
               subject_of(*early) + " is not valid before " + common::to_rfc3339(early->not_before) +
                   ", and OpenSSL allows no skew of clocks.",
               "Check the clocks of this node and of the issuer, or wait until then.");
  }
  return judged;
}

model::BundleRef root_file(const std::vector<std::shared_ptr<const model::SecretObservation>>& secrets) {
  model::BundleRef given;
  for (const auto& secret : secrets) {
    if (secret->role != model::SecretRole::server_ca || secret->source == model::Source::served) continue;
    if (secret->source == model::Source::mounted) return secret->bundle;
    given = secret->bundle;
  }
  return given;
}

}  // namespace rules
