// A certificate of ours with its key: what a probe offers, what the webhook serves. A round of probes reads it from the
// Secret anew, so that a key lives in memory no longer than it is used.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "agent/model/pki.hpp"
#include "common/openssl.hpp"
#include "common/result.hpp"

namespace sources {

class Identity {
 public:
  /// `files` as read_secret gives them; the key bytes are wiped. Errors: no certificate, no key, an encrypted key, a
  /// key that does not belong to the certificate.
  static common::Result<std::shared_ptr<const Identity>> load(model::SecretFiles files);

  [[nodiscard]] X509* leaf() const { return chain_.front().get(); }
  [[nodiscard]] const std::vector<common::X509Ptr>& chain() const { return chain_; }  ///< leaf first
  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }  ///< SHA-256 of the leaf, hexadecimal

 private:
  Identity() = default;
  std::vector<common::X509Ptr> chain_;
  common::KeyPtr key_;
  std::string fingerprint_;
};
using IdentityRef = std::shared_ptr<const Identity>;

}  // namespace sources
