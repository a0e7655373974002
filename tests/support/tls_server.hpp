// The server's side of one TLS connection over strings, as PostgreSQL does it: whatever certificate a test gives it,
// and client certificates verified against the CAs it is given, at the test PKI's day one. Not fit for anything but
// tests.
#pragma once
#include <openssl/ssl.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/test_pki.hpp"

namespace support {

struct TlsServerOptions {
  std::vector<Minted> chain;            ///< leaf first, with its key
  std::vector<Minted> client_cas = {};  ///< not empty: a client certificate is asked for and verified against these
  int version = TLS1_3_VERSION;         ///< the only one spoken
  std::string alpn = {};                ///< selected whatever the client offers; "" = the extension is ignored
};

class TlsServer {
 public:
  enum class Step { done, wants_input, failed };

  explicit TlsServer(const TlsServerOptions& options);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  Step handshake();
  /// Decrypts what is there, appended to `to`. `done`: there was some, or the client has said close_notify.
  Step read(std::string& to);
  void write(std::string_view bytes);
  void close_notify();

  void received(std::string_view bytes);
  std::string to_send();  ///< taken

  [[nodiscard]] bool client_closed() const;                     ///< close_notify was received
  [[nodiscard]] std::vector<std::string> client_chain() const;  ///< DER, leaf first; empty where none was sent
  [[nodiscard]] std::string server_name() const;                ///< SNI; "" = none
  [[nodiscard]] std::string alpn_offered() const { return offered_; }

 private:
  Step step_of(int result);

  std::string alpn_, offered_;
  std::unique_ptr<SSL_CTX, common::Deleter<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, common::Deleter<SSL_free>> ssl_;
};

}  // namespace support
