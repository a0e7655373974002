// The bytes of one accepted connection, plain or by TLS, to whoever reads and writes them the same. Knows no HTTP and
// no time: its owner closes it when that has passed.
#pragma once
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>

namespace http {

class TlsContext;

class Transport {
 public:
  /// `tls` null: plain. Throws std::bad_alloc.
  Transport(boost::asio::ip::tcp::socket socket, const std::shared_ptr<const TlsContext>& tls);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }
  [[nodiscard]] bool secure() const { return tls_ != nullptr; }
  [[nodiscard]] bool closed() const { return !socket_.is_open(); }
  /// 127.0.0.1 and ::1 only, where port-forward and exec come from: a service mesh hands in other pods' connections
  /// from 127.0.0.6.
  [[nodiscard]] bool from_loopback() const;

  /// Whatever it waits for ends now, as failed.
  void close();

  // One at a time.

  /// Plain: true at once. False where the peer does not speak TLS, or not ours.
  boost::asio::awaitable<bool> handshake();
  /// 0: the peer has ended, or what it sent can't be read.
  boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer to);
  /// The buffers stay valid until it returns. False where they were not all taken.
  boost::asio::awaitable<bool> write(std::array<boost::asio::const_buffer, 3> parts);
  /// Says that no more will come, by TLS too.
  boost::asio::awaitable<void> finish_sending();
  /// After finish_sending: bytes that were still under way, as they came; 0 at their end.
  boost::asio::awaitable<std::size_t> drop_some();

 private:
  struct Tls;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;  ///< refers to socket_
};

}  // namespace http
