// Why OpenSSL could not build a trusted chain, said so that somebody can act on it: another key under the same name, an
// intermediate that is missing, an unknown issuer, or OpenSSL's own reason.
#pragma once
#include <vector>

#include "agent/rules/chain.hpp"

namespace rules {

/// One complaint of X509_verify_cert.
struct ChainError {
  int depth = 0;  ///< 0 is the leaf
  int code = 0;   ///< X509_V_ERR_…
};

/// `path` as far as OpenSSL got, `errors` those that break trust (at least one).
ChainTrouble diagnose(const ChainQuestion& question, const std::vector<const model::Certificate*>& path,
                      const std::vector<ChainError>& errors);

/// The chain ends at `anchor`, which is in ca.crt but not self-signed.
ChainTrouble partial_chain_only(const model::Certificate& anchor);

}  // namespace rules
