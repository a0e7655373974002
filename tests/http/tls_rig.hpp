// A TLS client made of a plain socket and OpenSSL, that takes any certificate and never waits; and contexts for
// servers.
#pragma once
#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <string_view>

#include "agent/http/tls_context.hpp"
#include "tests/http/rig.hpp"
#include "tests/support/test_pki.hpp"

namespace support {

/// What a server would serve of these, leaf first with its key.
common::Result<http::TlsContextRef> tls_context(const std::vector<Minted>& chain);

class HttpsClient {
 public:
  struct Options {
    int version = 0;   ///< the only one spoken; 0 = any
    std::string alpn;  ///< in wire form: "\x02h2\x08http/1.1"
  };
  explicit HttpsClient(std::uint16_t port);
  HttpsClient(std::uint16_t port, const Options& options);

  /// One step further; true once it is done.
  bool handshake();
  /// Encrypts and sends; less than all where the kernel takes no more now.
  std::size_t send(std::string_view bytes);
  /// Takes in what has arrived; true once the server has ended the connection, in order or not.
  bool closed();
  /// By close_notify.
  [[nodiscard]] bool closed_in_order() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  std::optional<HttpAnswer> answer();

  [[nodiscard]] bool served(const Minted& leaf) const;  ///< the certificate presented is this one
  [[nodiscard]] std::size_t chain_length() const;
  [[nodiscard]] std::string version() const { return SSL_get_version(ssl_.get()); }
  [[nodiscard]] std::string alpn() const;

 private:
  bool went_on(int result);
  void receive();
  common::UniqueFd fd_;
  std::unique_ptr<SSL_CTX, common::Deleter<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, common::Deleter<SSL_free>> ssl_;
  std::string received_;
  bool done_ = false;
  bool closed_ = false;
};

/// A client with its handshake done; fails the test where it isn't.
HttpsClient& connected(HttpRig& rig, HttpsClient& client);
/// The next answer, running the loop until it is there; status 0 where it does not come within 3 s.
HttpAnswer answer_of(HttpRig& rig, HttpsClient& client);

}  // namespace support
