// The path from a leaf to the anchors of its CA Secret, as OpenSSL builds it for Postgres and libpq; and why there is
// none. Time is not its business, beyond which of several anchors OpenSSL would take.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/model/pki.hpp"
#include "agent/rules/lifetime.hpp"

namespace rules {

/// What a path is sought for.
struct ChainQuestion {
  const std::vector<model::CertificateRef>& chain;    ///< leaf first; never empty
  const std::vector<model::CertificateRef>& anchors;  ///< never empty
  const std::vector<model::CertificateRef>& hints;    ///< the leaf Secret's own ca.crt: for the diagnosis only
  model::Purpose purpose = model::Purpose::server;
  Second now{};
};

/// Why a chain is not trusted.
struct ChainTrouble {
  model::Code code = model::Code::untrusted;  ///< untrusted, ca_key_changed, incomplete_chain or partial_chain_only
  const model::Certificate* about = nullptr;  ///< the certificate at which the chain breaks
  std::string message;
  std::string remedy;
};

struct ChainVerdict {
  /// Leaf first, as far as OpenSSL got; of anchors with the same name and key the one that lasts longest.
  std::vector<const model::Certificate*> path;
  std::optional<ChainTrouble> trouble;                    ///< absent: the chain is trusted, dates apart
  std::vector<const model::Certificate*> wrong_purpose;   ///< issuers whose usages forbid the purpose
  std::vector<const model::Certificate*> weak_key;        ///< issuers whose key is below the security level
  std::vector<const model::Certificate*> weak_signature;  ///< issuers below the root signed with too weak a digest
  bool anchor_is_no_ca = false;                           ///< the path's anchor may not sign certificates

  /// The last certificate of the path where that is an anchor, else null.
  [[nodiscard]] const model::Certificate* anchor() const {
    return path.empty() || path.back()->position != model::Position::anchor ? nullptr : path.back();
  }
};

/// OpenSSL's security level of libssl on current distributions, by which certificates are judged.
inline constexpr int security_level = 2;
inline constexpr int security_bits = 112;  ///< what the level asks for

ChainVerdict judge_chain(const ChainQuestion& question);

}  // namespace rules
