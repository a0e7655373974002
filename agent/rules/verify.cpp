#include "agent/rules/verify.hpp"

#include <algorithm>
#include <tuple>

#include "agent/rules/verifying.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::CertificateRef;
using model::Finding;

/// Looking this far ahead finds the next change in all but absurd bundles; beyond, judging once too often is harmless.
constexpr int look_ahead = 24;

struct Assessment {
  std::vector<Finding> findings;
  std::optional<ChainVerdict> chain;
};

std::optional<ChainVerdict> chain_of(const SecretInput& input, Second now) {
  const auto& bundle = *input.bundle;
  if (!bundle.leaf() || !input.ca || input.ca->anchors.empty()) return std::nullopt;
  const auto purpose = bundle.role == model::SecretRole::server ? model::Purpose::server : model::Purpose::client;
  return judge_chain({bundle.chain, input.ca->anchors, bundle.anchors, purpose, now});
}

Assessment assess(const SecretInput& input, common::WallTime at) {
  Verifying verifying{input, at};
  verify_files(verifying);
  Assessment assessment;
  if (is_ca(input.bundle->role)) {
    verify_anchors(verifying);
  } else {
    verify_key(verifying);
    assessment.chain = chain_of(input, verifying.now);
    const auto* chain = assessment.chain ? &*assessment.chain : nullptr;
    verify_dates(verifying, chain);
    verify_strength(verifying, chain);
    verify_usage(verifying);
    verify_names(verifying);
    if (chain) verify_chain(verifying, *chain);
    verify_ca_copy(verifying);
  }
  assessment.findings = std::move(verifying.findings);
  const auto key = [](const Finding& f) { return std::tie(f.severity, f.code, f.subject); };
  std::stable_sort(assessment.findings.begin(), assessment.findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  return assessment;
}

bool same(const Finding& a, const Finding& b) {
  return a.same_trouble(b) && a.severity == b.severity && a.message == b.message;
}

/// Anchors whose dates can alter a leaf's findings: those that may issue a certificate of its chain; all of them where
/// the one it uses is no good, for then it matters whether others are.
std::vector<const Certificate*> anchors_that_matter(const SecretInput& input, const ChainVerdict& chain, Second now) {
  const bool all = chain.anchor() && !is_good_anchor(*chain.anchor(), now);
  std::vector<const Certificate*> matter;
  for (const CertificateRef& anchor : input.ca->anchors) {
    const auto issues = [&](const auto& one) {
      return X509_NAME_cmp(X509_get_subject_name(anchor->x509.get()), X509_get_issuer_name(one->x509.get())) == 0;
    };
    if (all || std::any_of(chain.path.begin(), chain.path.end(), issues)) matter.push_back(anchor.get());
  }
  return matter;
}

std::vector<Second> turning_points_of(const SecretInput& input, const Assessment& assessment, Second now) {
  std::vector<const Certificate*> certificates;
  for (const auto* list : {&input.bundle->chain, &input.bundle->anchors}) {
    // A leaf Secret's own copy of the CA is compared only.
    if (list == &input.bundle->anchors && !is_ca(input.bundle->role)) continue;
    for (const auto& one : *list) certificates.push_back(one.get());
  }
  if (assessment.chain) {
    const auto anchors = anchors_that_matter(input, *assessment.chain, now);
    certificates.insert(certificates.end(), anchors.begin(), anchors.end());
  }
  std::vector<Second> points;
  for (const auto* certificate : certificates) {
    const auto own = turning_points(*certificate, input.policy.renew_before);
    std::copy_if(own.begin(), own.end(), std::back_inserter(points), [&](Second point) { return point > now; });
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

/// Not every turning point turns something: an intermediate's may be hidden, an anchor's may not matter. So each is
/// judged.
std::optional<common::WallTime> next_change(const SecretInput& input, const Assessment& assessment) {
  int looked = 0;
  for (const Second point : turning_points_of(input, assessment, second_of(input.now))) {
    const auto then = assess(input, point).findings;
    const auto& present = assessment.findings;
    if (++looked == look_ahead || !std::equal(then.begin(), then.end(), present.begin(), present.end(), same))
      return point;
  }
  return std::nullopt;
}

}  // namespace

Judgement judge_secret(const SecretInput& input) {
  common::clear_errors();
  auto assessment = assess(input, input.now);
  Judgement judgement;
  judgement.next_change = next_change(input, assessment);
  if (const auto* leaf = input.bundle->leaf(); leaf && !is_ca(input.bundle->role)) {
    auto earliest = leaf->not_after;
    if (assessment.chain) {
      for (const auto* one : assessment.chain->path) earliest = std::min(earliest, one->not_after);
    } else {
      for (const auto& one : input.bundle->chain) earliest = std::min(earliest, one->not_after);
    }
    judgement.effective_not_after = earliest;
    judgement.renewal_due = second_of(leaf->not_after) - renewal_lead(*leaf, input.policy.renew_before);
  }
  judgement.findings = std::move(assessment.findings);
  common::clear_errors();
  return judgement;
}

}  // namespace rules
