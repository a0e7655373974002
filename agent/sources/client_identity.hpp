// Our client certificate with its key, for the time a round of probes takes: read from the Secret anew for each, so
// that a key lives in memory no longer than it is used.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "agent/model/pki.hpp"
#include "common/openssl.hpp"
#include "common/result.hpp"

namespace sources {

class ClientIdentity {
 public:
  /// `files` as read_secret gives them; the key bytes are wiped. Errors: no certificate, no key, an encrypted key, a
  /// key that does not belong to the certificate.
  static common::Result<std::shared_ptr<const ClientIdentity>> load(model::SecretFiles files);

  [[nodiscard]] X509* leaf() const { return chain_.front().get(); }
  [[nodiscard]] const std::vector<common::X509Ptr>& chain() const { return chain_; }  ///< leaf first
  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }  ///< SHA-256 of the leaf, hexadecimal

 private:
  ClientIdentity() = default;
  std::vector<common::X509Ptr> chain_;
  common::KeyPtr key_;
  std::string fingerprint_;
};
using ClientIdentityRef = std::shared_ptr<const ClientIdentity>;

}  // namespace sources
