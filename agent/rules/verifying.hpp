// The inside of verify: one judgement in the making, and the groups of checks that add to it. Not for other rooms.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/rules/chain.hpp"
#include "agent/rules/lifetime.hpp"
#include "agent/rules/severity.hpp"
#include "agent/rules/verify.hpp"

namespace rules {

/// Collects findings of one bundle at one instant.
class Verifying {
 public:
  Verifying(const SecretInput& input, common::WallTime at);

  const SecretInput& input;
  const model::Bundle& bundle;
  const Second now;
  const model::TlsMode mode;  ///< effective
  std::vector<model::Finding> findings;

  /// Adds the finding unless the mode does not mind; role, source and position of `facts` are filled in here.
  void say(model::Code code, SeverityFacts facts, std::string subject, std::string message, std::string remedy);
  void say(model::Code code, SeverityFacts facts, const model::Certificate& about, std::string message,
           std::string remedy);

  /// "tls.crt: CN=leaf", "ca.crt #2: CN=old": stable, and unique in a Secret.
  [[nodiscard]] std::string label(const model::Certificate& certificate) const;
};

/// ca.crt is there, readable or not: libpq would verify, or refuse to connect.
bool ca_file_present(const model::Bundle* ca);
/// In date and allowed to sign certificates.
bool is_good_anchor(const model::Certificate& anchor, Second now);
/// Any anchor but `one` (which may be null) is good at `now`, and in date after `until`.
bool another_is_good(const std::vector<model::CertificateRef>& anchors, const model::Certificate* one, Second now,
                     Second until = Second::min());
/// A certificate behind the leaf that the trusted chain does without. Without a chain to tell, none is.
bool is_spare(const model::Certificate& certificate, const ChainVerdict* chain);
std::string expiry_sentence(const model::Certificate& certificate);
/// Not for more than a century: what a sentence can say.
std::string words(Seconds duration);

// Groups of checks, each of one subject.
void verify_files(Verifying& verifying);                                ///< presence, PEM, mount
void verify_key(Verifying& verifying);                                  ///< match, passphrase, mode
void verify_dates(Verifying& verifying, const ChainVerdict* chain);     ///< leaf and intermediates
void verify_strength(Verifying& verifying, const ChainVerdict* chain);  ///< signature, key
void verify_usage(Verifying& verifying);                                ///< purpose, CA flag, rustls
void verify_names(Verifying& verifying);                             ///< SAN, required and foreign names, common name
void verify_chain(Verifying& verifying, const ChainVerdict& chain);  ///< trust, issuers
void verify_ca_copy(Verifying& verifying);                           ///< the leaf Secret's own ca.crt
void verify_anchors(Verifying& verifying);                           ///< CA roles

}  // namespace rules
