#include "tests/http/tls_rig.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>

namespace support {

common::Result<http::TlsContextRef> tls_context(const std::vector<Minted>& chain) {
  std::vector<common::X509Ptr> certificates;
  for (const auto& minted : chain) {
    X509_up_ref(minted.x509.get());
    certificates.emplace_back(minted.x509.get());
  }
  return http::TlsContext::make(certificates, chain.empty() ? nullptr : chain.front().key.get());
}

HttpsClient::HttpsClient(std::uint16_t port) : HttpsClient(port, Options{}) {}

HttpsClient::HttpsClient(std::uint16_t port, const Options& options)
    : fd_(connect_to(port)), context_(SSL_CTX_new(TLS_client_method())), ssl_(nullptr) {
  ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  const int yes = 1;
  ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);  // else a request waits for the handshake's ACK
  std::signal(SIGPIPE, SIG_IGN);                                        // OpenSSL writes without MSG_NOSIGNAL
  SSL_CTX_set_security_level(context_.get(), 0);
  if (options.version != 0) {
    SSL_CTX_set_min_proto_version(context_.get(), options.version);
    SSL_CTX_set_max_proto_version(context_.get(), options.version);
  }
  ssl_.reset(SSL_new(context_.get()));
  const auto* alpn = reinterpret_cast<const unsigned char*>(options.alpn.data());
  SSL_set_alpn_protos(ssl_.get(), alpn, static_cast<unsigned>(options.alpn.size()));
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_set_fd(ssl_.get(), fd_.get());
  SSL_set_connect_state(ssl_.get());
  common::clear_errors();
}

bool HttpsClient::went_on(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  common::clear_errors();
  if (result <= 0 && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) closed_ = true;
  return result > 0;
}

bool HttpsClient::handshake() {
  if (!done_ && !closed_) done_ = went_on(SSL_do_handshake(ssl_.get()));
  return done_;
}

std::size_t HttpsClient::send(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size() && !closed_) {
    const int took = SSL_write(ssl_.get(), bytes.data() + sent, static_cast<int>(bytes.size() - sent));
    if (!went_on(took)) break;
    sent += static_cast<std::size_t>(took);
  }
  return sent;
}

void HttpsClient::receive() {
  std::array<char, 65536> bytes{};
  while (!closed_) {
    const int got = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (!went_on(got)) return;
    received_.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

bool HttpsClient::closed() {
  receive();
  return closed_;
}

std::optional<HttpAnswer> HttpsClient::answer() {
  receive();
  return take_answer(received_);
}

bool HttpsClient::served(const Minted& leaf) const {
  X509* peer = SSL_get0_peer_certificate(ssl_.get());
  return peer && X509_cmp(peer, leaf.x509.get()) == 0;
}

std::size_t HttpsClient::chain_length() const {
  return static_cast<std::size_t>(sk_X509_num(SSL_get_peer_cert_chain(ssl_.get())));
}

std::string HttpsClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return name ? std::string(reinterpret_cast<const char*>(name), size) : "";
}

HttpsClient& connected(HttpRig& rig, HttpsClient& client) {
  REQUIRE(rig.until([&] { return client.handshake(); }));
  return client;
}

HttpAnswer answer_of(HttpRig& rig, HttpsClient& client) {
  std::optional<HttpAnswer> answer;
  rig.until([&] { return (answer = client.answer()).has_value(); });
  return answer.value_or(HttpAnswer{});
}

}  // namespace support
