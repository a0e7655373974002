// A small HTTP/1.1 server: listens, bounds every connection in size, time and number, hands each request to one
// function. Knows no route, logs nothing. When there is no room it gives up the connection that needs its place least.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agent/http/message.hpp"
#include "common/result.hpp"

namespace boost::asio {
class io_context;
}

namespace http {

class TlsContext;

class Server {
 public:
  struct Options {
    std::string address = "::";  ///< numeric, brackets allowed; "::" also takes IPv4
    std::uint16_t port = 9188;   ///< 0: any free one
    std::size_t max_connections = 64;
    std::chrono::milliseconds request_timeout{5000};  ///< from a request's first byte to its answer's last
    std::chrono::milliseconds idle_timeout{75'000};   ///< between requests of one connection
    std::size_t header_limit = 8192;                  ///< bytes of request line and fields; more: 431
    std::size_t body_limit = 1024;                    ///< bytes of a body; more: 413
    /// Bytes of requests held for all connections together; beyond it the one that holds most is closed.
    std::size_t held_limit = std::size_t{64} << 20;
    /// Asked for each connection; where it gives null, the connection is closed. Empty: no TLS.
    std::function<std::shared_ptr<const TlsContext>()> tls{};
  };
  using Handler = std::function<Response(const Request&)>;
  /// Told of every answer: the path's label (one of model::counted_paths) and the status.
  using OnResponse = std::function<void(std::string_view path, int status)>;

  /// `io` outlives the server; neither function is called once the server is gone.
  Server(boost::asio::io_context& io, Options options, Handler handler, OnResponse on_response = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and begins to accept; the port. On a host without IPv6 "::" becomes 0.0.0.0. Once only.
  common::Result<std::uint16_t> listen();

  /// Goes on, but each connection ends with its next answer: clients come back elsewhere.
  void send_away();

  /// No new connections; those waiting or still asking are closed, answers being written have 0.3 s. Nothing of
  /// the server keeps the io_context running after that.
  void stop();

  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  // Shared with the coroutines, which may wake once more after the server is gone and then find it closed.
  std::shared_ptr<State> state_;
};

}  // namespace http
