// One connection, plain or by TLS: reads requests, asks for answers, writes them, each within its time. Knows no route
// and no other connection; its owner may close it at any moment.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/http/message.hpp"
#include "agent/http/reader.hpp"
#include "agent/http/transport.hpp"

namespace http {

struct ConnectionLimits {
  ReaderLimits reader;
  std::chrono::milliseconds request_timeout{5000};  ///< from a request's first byte to its answer's last
  std::chrono::milliseconds idle_timeout{75'000};   ///< between requests
};

/// How a connection asks: `answer` is called for every complete request, `counted` for every answer given, with the
/// target it was for ("" where none could be read). After Connection::close() neither is called again.
struct Answering {
  std::function<Response(const Request&)> answer;
  std::function<void(const std::string& target, int status)> counted;
  std::function<void()> grown;  ///< called when a connection holds more than before; may close any, the caller too
  bool last = false;            ///< every answer is its connection's last
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  /// In the order in which they are given up when there is no room: a peer that has had its last answer, one that wants
  /// nothing now, one that has not finished asking, one that has not finished reading.
  enum class Phase { leaving, idle, asking, answering };

  /// `tls` null: plain. Throws std::bad_alloc.
  Connection(boost::asio::ip::tcp::socket socket, const std::shared_ptr<const TlsContext>& tls);

  [[nodiscard]] Phase phase() const { return phase_; }
  /// When the phase began.
  [[nodiscard]] std::chrono::steady_clock::time_point since() const { return since_; }
  [[nodiscard]] bool closed() const { return transport_.closed(); }
  /// Bytes of its request kept so far.
  [[nodiscard]] std::size_t held() const { return held_; }

  /// Whatever it waits for ends now.
  void close();
  /// Closes, unless an answer is being written: that may go on for `grace` and is the last.
  void finish(std::chrono::milliseconds grace);

  /// The connection's life, from accept to close, whatever the peer does. The caller owns *this for as long.
  boost::asio::awaitable<void> serve(std::shared_ptr<const Answering> answering, ConnectionLimits limits);

 private:
  void enter(Phase phase);
  void close_in(std::chrono::milliseconds time);
  /// Nothing where the peer went, its time passed or it was closed.
  boost::asio::awaitable<std::optional<RequestReader::Progress>> read(RequestReader& reader, const Answering& answering,
                                                                      ConnectionLimits limits);
  boost::asio::awaitable<void> write(const Response& response, const Request& request, bool http_1_0);
  /// Says that no more will come, and reads what is still under way: closing over unread bytes would send a reset,
  /// which makes the peer's kernel drop the answer (RFC 9112 §9.6).
  boost::asio::awaitable<void> leave();

  Transport transport_;
  boost::asio::steady_timer deadline_;
  std::chrono::steady_clock::time_point since_;
  Phase phase_ = Phase::asking;
  bool from_loopback_ = false;
  bool served_ = false;      ///< has had an answer
  bool keep_alive_ = false;  ///< another request may follow
  bool finishing_ = false;
  std::size_t held_ = 0;
};

}  // namespace http
