#include "tests/support/tls_server.hpp"

#include <array>
#include <stdexcept>

namespace support {
namespace {

void must(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("test TLS server: ") + what + ": " + common::take_errors());
}

std::string der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  must(size > 0, "DER");
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

TlsServer::TlsServer(const TlsServerOptions& options)
    : alpn_(options.alpn), context_(SSL_CTX_new(TLS_server_method())) {
  must(context_ != nullptr, "context");
  SSL_CTX* context = context_.get();
  SSL_CTX_set_security_level(context, 0);
  must(SSL_CTX_set_min_proto_version(context, options.version) == 1, "version");
  must(SSL_CTX_set_max_proto_version(context, options.version) == 1, "version");
  must(SSL_CTX_set1_groups_list(context, "P-256") == 1, "groups");  // ssl_ecdh_curve's default
  SSL_CTX_set_num_tickets(context, 0);
  must(!options.chain.empty(), "no certificate");
  must(SSL_CTX_use_certificate(context, options.chain.front().x509.get()) == 1, "certificate");
  must(SSL_CTX_use_PrivateKey(context, options.chain.front().key.get()) == 1, "key");
  for (std::size_t i = 1; i < options.chain.size(); ++i) {
    must(SSL_CTX_add1_chain_cert(context, options.chain[i].x509.get()) == 1, "chain");
  }
  if (!options.client_cas.empty()) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const auto day_one = std::chrono::floor<std::chrono::seconds>(pki_epoch) + std::chrono::hours{24};
    X509_VERIFY_PARAM_set_time(SSL_CTX_get0_param(context), day_one.time_since_epoch().count());
    for (const auto& ca : options.client_cas) {
      must(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca.x509.get()) == 1, "client CA");
      must(SSL_CTX_add_client_CA(context, ca.x509.get()) == 1, "client CA");
    }
  }
  SSL_CTX_set_alpn_select_cb(
      context,
      [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in, unsigned in_size, void* self) {
        auto& server = *static_cast<TlsServer*>(self);
        server.offered_.assign(reinterpret_cast<const char*>(in), in_size);
        if (server.alpn_.empty()) return SSL_TLSEXT_ERR_NOACK;
        *out = reinterpret_cast<const unsigned char*>(server.alpn_.data());
        *size = static_cast<unsigned char>(server.alpn_.size());
        return SSL_TLSEXT_ERR_OK;
      },
      this);
  ssl_.reset(SSL_new(context));
  must(ssl_ != nullptr, "connection");
  BIO* input = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(input, -1);
  SSL_set_bio(ssl_.get(), input, BIO_new(BIO_s_mem()));
  SSL_set_accept_state(ssl_.get());
  common::clear_errors();
}

TlsServer::Step TlsServer::step_of(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  common::clear_errors();
  if (result > 0 || error == SSL_ERROR_ZERO_RETURN) return Step::done;
  return error == SSL_ERROR_WANT_READ ? Step::wants_input : Step::failed;
}

TlsServer::Step TlsServer::handshake() {
  common::clear_errors();
  return step_of(SSL_do_handshake(ssl_.get()));
}

TlsServer::Step TlsServer::read(std::string& to) {
  common::clear_errors();
  std::array<char, 16'384> buffer{};
  const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (size > 0) to.append(buffer.data(), static_cast<std::size_t>(size));
  return step_of(size);
}

void TlsServer::write(std::string_view bytes) {
  must(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0, "write");
}

void TlsServer::close_notify() {
  SSL_shutdown(ssl_.get());
  common::clear_errors();
}

void TlsServer::received(std::string_view bytes) {
  BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsServer::to_send() {
  char* data = nullptr;
  const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
  std::string bytes(data, static_cast<std::size_t>(size));
  (void)BIO_reset(SSL_get_wbio(ssl_.get()));
  return bytes;
}

bool TlsServer::client_closed() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }

std::vector<std::string> TlsServer::client_chain() const {
  std::vector<std::string> chain;
  X509* leaf = SSL_get0_peer_certificate(ssl_.get());
  if (!leaf) return chain;
  chain.push_back(der_of(leaf));
  STACK_OF(X509)* rest = SSL_get_peer_cert_chain(ssl_.get());  // the server's view holds no leaf
  for (int i = 0; i < sk_X509_num(rest); ++i) chain.push_back(der_of(sk_X509_value(rest, i)));
  return chain;
}

std::string TlsServer::server_name() const {
  const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name ? name : "";
}

}  // namespace support
