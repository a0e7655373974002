// A server's certificate and key as TLS connections use them: TLS 1.2 and up, no resumption, HTTP/1.1. Immutable;
// a connection keeps the one it began with, so that another may take its place at any moment.
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <vector>

#include "common/openssl.hpp"
#include "common/result.hpp"

namespace http {

class TlsContext {
 public:
  /// `chain`: leaf first, at least one. Errors: what OpenSSL won't serve, such as a key that does not belong to the
  /// leaf or is too short.
  static common::Result<std::shared_ptr<const TlsContext>> make(const std::vector<common::X509Ptr>& chain,
                                                                EVP_PKEY* key);

  /// For one connection, which keeps what it needs of this; the caller frees it. Throws std::bad_alloc.
  [[nodiscard]] SSL* connection() const;

 private:
  TlsContext() = default;
  std::unique_ptr<SSL_CTX, common::Deleter<SSL_CTX_free>> context_;
};

using TlsContextRef = std::shared_ptr<const TlsContext>;

}  // namespace http
