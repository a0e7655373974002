#include "agent/http/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "agent/http/tls_context.hpp"
#include "common/openssl.hpp"

namespace http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

bool is_loopback(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_v4() == asio::ip::address_v4::loopback();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6) == asio::ip::address_v4::loopback();
  return v6.is_loopback();
}

}  // namespace

struct Transport::Tls {
  Tls(tcp::socket& socket, const TlsContext& context) : stream(socket, context.connection()) {}
  asio::ssl::stream<tcp::socket&> stream;
};

Transport::Transport(tcp::socket socket, const std::shared_ptr<const TlsContext>& tls)
    : socket_(std::move(socket)), tls_(tls ? std::make_unique<Tls>(socket_, *tls) : nullptr) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
}

Transport::~Transport() = default;

bool Transport::from_loopback() const {
  error_code error;
  const auto peer = socket_.remote_endpoint(error);
  return !error && is_loopback(peer.address());
}

void Transport::close() {
  error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<bool> Transport::handshake() {
  if (!tls_) co_return true;
  const auto [error] = co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, token);
  common::clear_errors();  // of a failed one more is left than Asio takes
  co_return !error && !closed();
}

asio::awaitable<std::size_t> Transport::read_some(asio::mutable_buffer to) {
  if (!tls_) {
    const auto [error, bytes] = co_await socket_.async_read_some(to, token);
    co_return error || closed() ? 0 : bytes;
  }
  const auto [error, bytes] = co_await tls_->stream.async_read_some(to, token);
  common::clear_errors();
  co_return error || closed() ? 0 : bytes;
}

asio::awaitable<bool> Transport::write(std::array<asio::const_buffer, 3> parts) {
  if (!tls_) {
    const auto [error, bytes] = co_await asio::async_write(socket_, parts, token);
    co_return !error;
  }
  const auto [error, bytes] = co_await asio::async_write(tls_->stream, parts, token);
  common::clear_errors();
  co_return !error;
}

asio::awaitable<void> Transport::finish_sending() {
  if (tls_) {
    // Ends when the peer has closed its side too, or sends what is no longer wanted.
    (void)co_await tls_->stream.async_shutdown(token);
    common::clear_errors();
  }
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<std::size_t> Transport::drop_some() {
  static std::array<char, 4096> dropped;  // written by every connection, read by none
  const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(dropped), token);
  co_return error || closed() ? 0 : bytes;
}

}  // namespace http
