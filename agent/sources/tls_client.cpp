#include "agent/sources/tls_client.hpp"

#include <openssl/err.h>

#include <array>
#include <new>

namespace sources {
namespace {

constexpr std::size_t longest_served_chain = 32;
constexpr int offered_level = 0;  // of security: judged later, so nothing is refused here
/// As PostgreSQL's default ssl_ecdh_curve: a first key share it takes saves a HelloRetryRequest.
constexpr auto groups = "P-256:X25519:P-384:P-521";
constexpr std::array<unsigned char, 11> alpn_postgresql{10, 'p', 'o', 's', 't', 'g', 'r', 'e', 's', 'q', 'l'};

std::string der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  if (size <= 0) return "";
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

TlsClient::TlsClient(const Options& options) : context_(SSL_CTX_new(TLS_client_method())), identity_(options.identity) {
  common::clear_errors();
  if (!context_) throw std::bad_alloc();
  SSL_CTX* context = context_.get();
  SSL_CTX_set_security_level(context, offered_level);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);  // libpq's default
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);  // asks for the callback; the callback lets all pass
  SSL_CTX_set_cert_verify_callback(context, &TlsClient::collect, this);
  SSL_CTX_set_cert_cb(context, &TlsClient::certificate_wanted, this);
  SSL_CTX_set_info_callback(context, &TlsClient::informed);
  ssl_.reset(SSL_new(context));
  if (!ssl_) throw std::bad_alloc();
  SSL* ssl = ssl_.get();
  SSL_set_app_data(ssl, this);
  SSL_set1_groups_list(ssl, groups);
  if (!options.server_name.empty()) SSL_set_tlsext_host_name(ssl, options.server_name.c_str());
  if (options.alpn) SSL_set_alpn_protos(ssl, alpn_postgresql.data(), alpn_postgresql.size());
  BIO* input = BIO_new(BIO_s_mem());
  BIO* output = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(input, -1);
  SSL_set_bio(ssl, input, output);
  SSL_set_connect_state(ssl);
  common::clear_errors();
}

TlsClient::~TlsClient() { common::clear_errors(); }

int TlsClient::collect(X509_STORE_CTX* store, void* self) {
  auto& chain = static_cast<TlsClient*>(self)->chain_;
  chain.clear();
  STACK_OF(X509)* presented = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(presented) && chain.size() < longest_served_chain; ++i) {
    chain.push_back(der_of(sk_X509_value(presented, i)));
  }
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

int TlsClient::certificate_wanted(SSL* ssl, void* self) {
  auto& client = *static_cast<TlsClient*>(self);
  client.requested_ = true;
  if (!client.identity_) return 1;
  const auto& identity = *client.identity_;
  client.sent_ = SSL_use_certificate(ssl, identity.leaf()) == 1 && SSL_use_PrivateKey(ssl, identity.key()) == 1;
  for (std::size_t i = 1; i < identity.chain().size() && client.sent_; ++i) {
    SSL_add1_chain_cert(ssl, identity.chain()[i].get());
  }
  common::clear_errors();
  return 1;
}

void TlsClient::informed(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT) return;
  const bool fatal = value >> 8 == SSL3_AL_FATAL;
  const int description = value & 0xff;
  if (fatal && description != SSL3_AD_CLOSE_NOTIFY)
    static_cast<TlsClient*>(SSL_get_app_data(ssl))->alert_ = description;
}

TlsClient::Step TlsClient::step_of(int result) {
  if (result > 0) {
    common::clear_errors();
    return Step::done;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: common::clear_errors(); return Step::wants_input;
    case SSL_ERROR_ZERO_RETURN: common::clear_errors(); return Step::ended;
    case SSL_ERROR_SYSCALL: error_ = common::take_errors(); return error_.empty() ? Step::ended : Step::failed;
    default: break;
  }
  const bool ended = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  error_ = common::take_errors();
  return ended ? Step::ended : Step::failed;
}

TlsClient::Step TlsClient::handshake() {
  common::clear_errors();
  return step_of(SSL_do_handshake(ssl_.get()));
}

TlsClient::Step TlsClient::read(std::string& to) {
  common::clear_errors();
  std::array<char, 16'384> buffer{};
  const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (size > 0) to.append(buffer.data(), static_cast<std::size_t>(size));
  return step_of(size);
}

TlsClient::Step TlsClient::write(std::string_view bytes) {
  common::clear_errors();
  return step_of(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

void TlsClient::close_notify() {
  SSL_shutdown(ssl_.get());
  common::clear_errors();
}

void TlsClient::received(std::string_view bytes) {
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

void TlsClient::input_ended() { BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), 0); }

std::string TlsClient::to_send() {
  std::string bytes;
  std::array<char, 16'384> buffer{};
  for (;;) {
    const int size = BIO_read(SSL_get_wbio(ssl_.get()), buffer.data(), static_cast<int>(buffer.size()));
    if (size <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::string TlsClient::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsClient::cipher() const {
  const char* name = SSL_get_cipher_name(ssl_.get());
  return name && std::string_view(name) != "(NONE)" ? name : "";
}

std::string TlsClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return name ? std::string(reinterpret_cast<const char*>(name), size) : "";
}

}  // namespace sources
