// Findings of a CA rotation whose order cuts nodes off.
#include <algorithm>

#include "agent/rules/ca_rotation.hpp"
#include "agent/rules/chain.hpp"
#include "agent/rules/facts.hpp"
#include "agent/rules/judge_probe.hpp"
#include "agent/rules/probe_answer.hpp"
#include "agent/rules/severity.hpp"
#include "agent/rules/wire_findings.hpp"

namespace rules {
namespace {

using model::Area;
using model::Bundle;
using model::Certificate;
using model::CertificateRef;
using model::Code;
using model::Finding;
using model::SecretRole;
using model::Source;

struct Words {
  std::string message;
  std::string remedy;
};

/// `who`: "b-1-node.example:5432 at 10.0.0.7 serves", "The mounted client Secret holds".
std::optional<Words> words(SkippedStep step, const std::string& who, const Certificate& leaf) {
  const std::string issuer = leaf.issuer.empty() ? "a CA without a name" : leaf.issuer;
  const std::string what = who + " " + subject_of(leaf) + " (serial " + leaf.serial + "), issued by " + issuer;
  switch (step) {
    case SkippedStep::none: return std::nullopt;
    case SkippedStep::add_everywhere:
      return Words{what +
                       ", a CA that the ca.crt here does not hold yet: steps 1 and 2 of a CA rotation, both CAs in "
                       "every ca.crt before any new certificate, were skipped.",
                   "Go back to step 1: put that CA into every ca.crt beside the present one, wait until every node has "
                   "both, and only then issue new certificates."};
    case SkippedStep::replace_all_leaves:
      return Words{what +
                       ", a CA that the ca.crt here no longer holds: step 5 of a CA rotation, dropping the old CA, "
                       "came before steps 3 and 4, a new certificate issued and served everywhere.",
                   "Go back to step 3: put that CA back into every ca.crt beside the new one, issue the certificate "
                   "again from the new CA, and drop the old one when every node serves a new certificate."};
  }
  return std::nullopt;
}

const std::vector<CertificateRef>& anchors_of(const Bundle* bundle) {
  static const std::vector<CertificateRef> none;
  return bundle ? bundle->anchors : none;
}

bool distrusted(const std::vector<Finding>& findings, Area area) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
    return f.area == area && f.source == Source::mounted &&
           (f.code == Code::untrusted || f.code == Code::ca_key_changed);
  });
}

}  // namespace

std::vector<Finding> rotation_order(const model::ProbeObservation& probe, const model::ProbeVerdict& verdict,
                                    const Bundle* ca, const Bundle* before, model::TlsMode mode, common::WallTime now) {
  std::vector<Finding> found;
  const auto grave = severity(Code::ca_rotation_order, {}, mode);
  if (!ca || !grave) return found;
  const bool own = !probe.target.by_name();
  const auto endpoint = endpoint_text(probe.target.host, probe.target.port);
  for (std::size_t i = 0; i < verdict.addresses.size() && i < probe.addresses.size(); ++i) {
    if (verdict.addresses[i].status != model::ProbeStatus::untrusted) continue;
    const auto& served = probe.addresses[i].last->chain;
    if (served.empty()) continue;
    const auto step = skipped_step(served, ca->anchors, anchors_of(before), model::Purpose::server, now);
    const std::string who =
        own ? "This node's Postgres at " + endpoint : endpoint + " at " + verdict.addresses[i].address;
    const auto told = words(step, who + " serves", *served.front());
    if (!told) continue;
    found.push_back({Code::ca_rotation_order, *grave, own ? Area::server : Area::peers,
                     own ? std::optional{Source::served} : std::nullopt, endpoint, told->message, told->remedy, false,
                     std::nullopt});
    break;  // one an endpoint
  }
  return found;
}

void find_own_rotation_order(Wire& wire, const std::vector<Finding>& secret_findings) {
  for (const auto role : {SecretRole::server, SecretRole::client}) {
    const auto* leaf = wire.mounted(role);
    const auto* ca = wire.mounted(ca_of(role));
    if (!leaf || !ca || !leaf->bundle || !ca->bundle || (!leaf->before && !ca->before)) continue;
    // Chains cost signatures: only where they are known not to hold.
    if (!distrusted(secret_findings, area_of(role))) continue;
    const auto purpose = role == SecretRole::server ? model::Purpose::server : model::Purpose::client;
    const auto step =
        skipped_step(leaf->bundle->chain, ca->bundle->anchors, anchors_of(ca->before.get()), purpose, wire.now.wall);
    const auto told = leaf->bundle->leaf() ? words(step, "The mounted " + std::string(name(role)) + " Secret holds",
                                                   *leaf->bundle->leaf())
                                           : std::nullopt;
    if (!told) continue;
    const auto mode = effective_mode(wire.policy.certificates.mode, role, true);
    const auto grave = severity(Code::ca_rotation_order, {.role = role}, mode);
    wire.add({Code::ca_rotation_order, *grave, area_of(role), Source::mounted, leaf->bundle->names.cert, told->message,
              told->remedy, false, std::nullopt});
  }
}

std::string refusal_by_rotation(const Wire& wire) {
  const auto* client = wire.mounted(SecretRole::client);
  const auto* ca = wire.mounted(SecretRole::client_ca);
  if (!client || !ca || !client->bundle || !ca->bundle || !client->bundle->leaf() || ca->bundle->anchors.empty())
    return "";
  const auto verdict =
      judge_chain({client->bundle->chain, ca->bundle->anchors, {}, model::Purpose::client, second_of(wire.now.wall)});
  const auto* issuer = verdict.trouble ? nullptr : verdict.anchor();
  if (!issuer) return "";
  const Certificate* newest = nullptr;  // of the other CAs that are or were in ca.crt
  for (const auto* list : {&anchors_of(ca->bundle.get()), &anchors_of(ca->before.get())}) {
    for (const auto& anchor : *list) {
      if (anchor->fingerprint_sha256 == issuer->fingerprint_sha256) continue;
      if (!newest || newest->not_before < anchor->not_before) newest = anchor.get();
    }
  }
  if (!newest || newest->not_before == issuer->not_before) return "";  // which came first can't be told
  const auto of = [](const Certificate& one) { return rules::subject_of(one) + " (serial " + one.serial + ")"; };
  if (newest->not_before < issuer->not_before) {
    return " Our certificate is from " + of(*issuer) + ", newer than " + of(*newest) +
           ": steps 1 and 2 of a CA rotation, both in every client ca.crt, come before certificates of the new one.";
  }
  return " Our certificate is still from " + of(*issuer) + ", older than " + of(*newest) +
         ": it must be replaced (steps 3 and 4 of a CA rotation) before anybody drops its CA (step 5).";
}

}  // namespace rules
