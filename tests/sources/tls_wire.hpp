// A TlsClient and a real OpenSSL server with a wire of strings between them, for the tests of the client's side of TLS.
#pragma once
#include <openssl/err.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "agent/sources/tls_client.hpp"
#include "tests/support/test_pki.hpp"
#include "tests/support/tls_server.hpp"

namespace tls_wire {

using sources::Identity;
using sources::IdentityRef;
using sources::TlsClient;
using Step = TlsClient::Step;
using support::Minted;
using support::Recipe;
using support::TlsServer;
using support::TlsServerOptions;

inline constexpr int alert_bad_certificate_expired = 45;
inline constexpr int alert_unknown_ca = 48;
inline constexpr int alert_handshake_failure = 40;
inline constexpr int alert_protocol_version = 70;

inline const Minted server_ca = Recipe("server CA").ca().self_signed();
inline const Minted client_ca = Recipe("client CA").ca().self_signed();

inline Minted server_leaf() { return Recipe("server").dns({"n1.example"}).issued_by(server_ca); }

inline IdentityRef identity_of(const std::vector<Minted>& chain) {
  std::string pem;
  for (const auto& one : chain) pem += one.pem();
  auto loaded = Identity::load(support::secret_files(pem, chain.front().key_pem(), ""));
  REQUIRE(loaded.has_value());
  return *loaded;
}

/// A client and a server with a wire between them that a test may cut.
struct Wire {
  TlsClient client;
  TlsServer server;
  std::size_t piece = std::string::npos;  ///< what the client gets at once
  std::string down{};                     ///< on its way from server to client

  Wire(const TlsClient::Options& options, const TlsServerOptions& served) : client(options), server(served) {}

  /// What each side has to say goes over; the server takes a step.
  void exchange() {
    server.received(client.to_send());
    if (!ready) ready = server.handshake() == TlsServer::Step::done;
    down += server.to_send();
  }
  void deliver() {
    const auto bytes = down.substr(0, piece);
    down.erase(0, bytes.size());
    if (!bytes.empty()) client.received(bytes);
  }
  Step handshake() {
    for (int turns = 0; turns < 20'000; ++turns) {
      const auto step = client.handshake();
      if (down.empty()) exchange();
      if (step != Step::wants_input) return step;
      if (down.empty()) return step;  // both wait
      deliver();
    }
    return Step::failed;
  }
  /// Says goodbye and reads to the end, as a probe does.
  Step hear_out(std::string& plain) {
    client.close_notify();
    exchange();
    std::string ignored;
    if (ready && server.read(ignored) == TlsServer::Step::done && server.client_closed()) server.close_notify();
    down += server.to_send();
    while (!down.empty()) deliver();
    client.input_ended();
    for (;;) {
      const auto step = client.read(plain);
      if (step != Step::done) return step;
    }
  }
  Step hear_out() {
    std::string plain;
    return hear_out(plain);
  }

  bool ready = false;
};

inline std::vector<std::string> ders(const std::vector<Minted>& chain) {
  std::vector<std::string> out;
  for (const auto& one : chain) out.push_back(one.der());
  return out;
}

inline bool queue_is_empty() { return ERR_peek_error() == 0; }

}  // namespace tls_wire
