#include "agent/http/tls_context.hpp"

#include <array>
#include <new>
#include <string>
#include <string_view>

namespace http {
namespace {

/// Of TLS 1.2; those of 1.3 are all of this kind.
constexpr auto ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";
constexpr std::array<unsigned char, 9> http_1_1{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// A client that offers h2 alone is served all the same: it learns from the answer what is spoken.
int select_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, size, http_1_1.data(), http_1_1.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

common::Result<TlsContextRef> TlsContext::make(const std::vector<common::X509Ptr>& chain, EVP_PKEY* key) {
  common::clear_errors();
  const std::shared_ptr<TlsContext> made{new TlsContext};
  made->context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = made->context_.get();
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, &select_protocol, nullptr);
  bool ok = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
            SSL_CTX_set_cipher_list(context, ciphers) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1;
  ok = ok && !chain.empty() && key && SSL_CTX_use_certificate(context, chain.front().get()) == 1 &&
       SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
  for (std::size_t i = 1; i < chain.size() && ok; ++i) ok = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  const std::string trouble = common::take_errors();
  if (!ok) return common::Error{"can't be served: " + (trouble.empty() ? "no certificate or no key" : trouble)};
  return TlsContextRef{made};
}

SSL* TlsContext::connection() const {
  SSL* ssl = SSL_new(context_.get());
  if (!ssl) {
    common::clear_errors();
    throw std::bad_alloc();
  }
  return ssl;
}

}  // namespace http
