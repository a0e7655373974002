// Validity, expiry windows and renewal of leaf and intermediates.
#include "agent/rules/facts.hpp"
#include "agent/rules/verifying.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::Code;
using model::Position;

void verify_renewal(Verifying& verifying, const Certificate& leaf) {
  const auto renew_before = verifying.input.policy.renew_before;
  if (!less_remains(leaf, verifying.now, overdue_below(leaf, renew_before))) return;
  const Seconds lead = renewal_lead(leaf, renew_before);
  verifying.say(Code::renewal_overdue, {}, leaf,
                subject_of(leaf) + " was due for renewal at " + common::to_rfc3339(second_of(leaf.not_after) - lead) +
                    ", " + words(lead) + " before it expires at " + common::to_rfc3339(leaf.not_after) + ".",
                "Find out why it was not renewed: issuer not ready, request denied, or a copy that nobody renews.");
}

void verify_date(Verifying& verifying, const Certificate& certificate, bool spare) {
  const auto age = age_at(certificate, verifying.now);
  const std::string who = subject_of(certificate);
  if (age == Age::far_ahead || age == Age::just_ahead) {
    verifying.say(Code::not_yet_valid, {.others_good = spare, .mild = age == Age::just_ahead}, certificate,
                  who + " is not valid before " + common::to_rfc3339(certificate.not_before) + ".",
                  "Check the clocks of this node and of the issuer, or wait until then to use it.");
  }
  if (age == Age::expired) {
    verifying.say(Code::expired, {.others_good = spare}, certificate,
                  who + " expired at " + common::to_rfc3339(certificate.not_after) + ".",
                  spare ? "Take it out of the file, since the chain does without it."
                        : "Renew it now, and let Postgres reload it.");
    return;
  }
  const auto windows = expiry_windows(certificate);
  if (less_remains(certificate, verifying.now, windows.warning)) {
    const bool pressing = less_remains(certificate, verifying.now, windows.critical);
    verifying.say(Code::expires_soon, {.others_good = spare, .pressing = pressing}, certificate,
                  expiry_sentence(certificate) + ", with less than " +
                      words(pressing ? windows.critical : windows.warning) + " of its " + words(lifetime(certificate)) +
                      " left.",
                  "Renew it, and see why it was not renewed before.");
  }
  if (certificate.position == Position::leaf) verify_renewal(verifying, certificate);
}

}  // namespace

void verify_dates(Verifying& verifying, const ChainVerdict* chain) {
  for (const auto& certificate : verifying.bundle.chain) {
    verify_date(verifying, *certificate, is_spare(*certificate, chain));
  }
}

}  // namespace rules
