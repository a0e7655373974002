// The client's side of one TLS connection without any I/O: bytes received go in, bytes to send come out. Verifies
// nothing: it collects the chain the server presents, whatever its state, and the alerts it sends.
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/sources/identity.hpp"

namespace sources {

class TlsClient {
 public:
  struct Options {
    std::string server_name;  ///< SNI; "" = none is sent (RFC 6066 §3: not for addresses)
    bool alpn = false;        ///< offers "postgresql"
    IdentityRef identity;     ///< null = none is offered
  };
  enum class Step {
    done,         ///< what was asked for has happened
    wants_input,  ///< call again after received()
    ended,        ///< the server closed in order, or its stream ended
    failed        ///< an alert, or our side gave up: see alert() and error()
  };

  explicit TlsClient(const Options& options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  Step handshake();
  /// Decrypts what is there, appended to `to`, at most 16 KiB a call.
  Step read(std::string& to);
  /// Queues encrypted bytes.
  Step write(std::string_view bytes);
  void close_notify();

  void received(std::string_view bytes);
  void input_ended();
  /// What is to be sent now; taken.
  std::string to_send();

  [[nodiscard]] int alert() const { return alert_; }  ///< description received, -1 = none; close_notify is none
  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] const std::vector<std::string>& chain_der() const { return chain_; }  ///< leaf first
  [[nodiscard]] bool certificate_requested() const { return requested_; }
  [[nodiscard]] bool certificate_sent() const { return sent_; }
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::string cipher() const;
  [[nodiscard]] std::string alpn() const;

 private:
  Step step_of(int result);
  static int collect(X509_STORE_CTX* store, void* self);
  static int certificate_wanted(SSL* ssl, void* self);
  static void informed(const SSL* ssl, int where, int value);

  std::unique_ptr<SSL_CTX, common::Deleter<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, common::Deleter<SSL_free>> ssl_;
  IdentityRef identity_;
  std::vector<std::string> chain_;
  std::string error_;
  int alert_ = -1;
  bool requested_ = false;
  bool sent_ = false;
};

}  // namespace sources
