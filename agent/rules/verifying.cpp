#include "agent/rules/verifying.hpp"

#include <algorithm>

#include "agent/rules/facts.hpp"

namespace rules {
namespace {

/// Whether the server's CA file is there: of itself for the CA role, of its counterpart for the leaf role.
bool server_ca_present(const SecretInput& input) {
  return ca_file_present(is_ca(input.bundle->role) ? input.bundle : input.ca);
}

}  // namespace

Verifying::Verifying(const SecretInput& given, common::WallTime at)
    : input(given),
      bundle(*given.bundle),
      now(second_of(at)),
      mode(effective_mode(given.policy.mode, given.bundle->role, server_ca_present(given))) {}

void Verifying::say(model::Code code, SeverityFacts facts, std::string subject, std::string message,
                    std::string remedy) {
  facts.role = bundle.role;
  facts.source = bundle.source;
  const auto grave = severity(code, facts, mode);
  if (!grave) return;
  const bool holds = holds_startup(code) && !facts.taken && bundle.source == model::Source::mounted;
  findings.push_back({code, *grave, area_of(bundle.role), bundle.source, std::move(subject), std::move(message),
                      std::move(remedy), holds, std::nullopt});
}

void Verifying::say(model::Code code, SeverityFacts facts, const model::Certificate& about, std::string message,
                    std::string remedy) {
  facts.position = about.position;
  say(code, facts, label(about), std::move(message), std::move(remedy));
}

std::string Verifying::label(const model::Certificate& certificate) const {
  const bool anchor = certificate.position == model::Position::anchor;
  std::string text = anchor ? (input.ca ? input.ca->names.ca : bundle.names.ca) : bundle.names.cert;
  if (certificate.index > 0) text += " #" + std::to_string(certificate.index + 1);
  return text + ": " + subject_of(certificate);
}

bool ca_file_present(const model::Bundle* ca) {
  if (!ca) return false;
  return std::none_of(ca->file_problems.begin(), ca->file_problems.end(),
                      [](const auto& problem) { return problem.error == model::ReadError::missing; });
}

bool is_good_anchor(const model::Certificate& anchor, Second now) {
  const auto age = age_at(anchor, now);
  return age == Age::in_date && X509_check_ca(anchor.x509.get()) != 0;
}

bool another_is_good(const std::vector<model::CertificateRef>& anchors, const model::Certificate* one, Second now,
                     Second until) {
  return std::any_of(anchors.begin(), anchors.end(), [&](const model::CertificateRef& other) {
    return other.get() != one && is_good_anchor(*other, now) && second_of(other->not_after) > until;
  });
}

bool is_spare(const model::Certificate& certificate, const ChainVerdict* chain) {
  if (certificate.position == model::Position::leaf || !chain || chain->trouble) return false;
  return std::find(chain->path.begin(), chain->path.end(), &certificate) == chain->path.end();
}

std::string words(Seconds duration) { return common::human(std::min<Seconds>(duration, std::chrono::days{36'500})); }

std::string expiry_sentence(const model::Certificate& certificate) {
  return subject_of(certificate) + " expires at " + common::to_rfc3339(certificate.not_after);
}

}  // namespace rules
