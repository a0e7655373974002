// A running server and clients made of plain sockets, driven by one thread in turns: nothing here waits for the other
// side.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "agent/http/server.hpp"
#include "common/files.hpp"

namespace support {

using Milliseconds = std::chrono::milliseconds;

/// A server on a free port of `options.address` (default 127.0.0.1) and the loop it lives in.
class HttpRig {
 public:
  /// Answers with "<method> <target>\n", with 4 MB to "/big", with the request's own body to "/body"; throws for
  /// "/throw".
  explicit HttpRig(http::Server::Options options = small());
  ~HttpRig();
  HttpRig(const HttpRig&) = delete;
  HttpRig& operator=(const HttpRig&) = delete;

  /// Timeouts that make a test quick: 150 ms a request, 150 ms idle.
  static http::Server::Options small();
  /// As shipped, on a free port.
  static http::Server::Options shipped();

  [[nodiscard]] http::Server& server() { return *server_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  void destroy_server() { server_.reset(); }

  /// Runs the loop until `done()` (true) or until `at_most` has passed (false).
  bool until(const std::function<bool()>& done, Milliseconds at_most = Milliseconds(3000));
  /// Runs the loop for so long; how many handlers ran.
  std::size_t spin(Milliseconds time);
  /// Runs until nothing is left to do; false where that takes longer.
  bool drains_within(Milliseconds time);

  std::map<std::pair<std::string, int>, int> counted;  ///< (path label, status) → answers
  int asked = 0;                                       ///< how often the handler was called
  std::function<void()> on_request;                    ///< called by the handler

 private:
  struct Loop;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<http::Server> server_;
  std::uint16_t port_ = 0;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names in lower case
  std::string body;
};

/// The first answer in `received`, taken out of it where it is complete. `head`: it is one to HEAD, without a body.
std::optional<HttpAnswer> take_answer(std::string& received, bool head = false);

/// A socket connected from `source` to the same address family's loopback.
common::UniqueFd connect_to(std::uint16_t port, const std::string& source = "127.0.0.1", int receive_buffer = 0);

/// A non-blocking TCP client.
class HttpClient {
 public:
  explicit HttpClient(std::uint16_t port, const std::string& source = "127.0.0.1", int receive_buffer = 0);

  /// Sends what the kernel takes now; how much that was (0 where the peer is gone).
  std::size_t send(std::string_view bytes);
  void finish_sending();
  /// Takes in what has arrived; true once the peer has closed or reset.
  bool closed();
  /// The next answer, where it is complete.
  std::optional<HttpAnswer> answer(bool head = false);
  /// What arrived and was not taken by answer().
  [[nodiscard]] const std::string& unread() const { return received_; }

 private:
  void receive();
  common::UniqueFd fd_;
  std::string received_;
  bool closed_ = false;
};

/// The next answer, running the loop until it is there; status 0 where it does not come within 3 s.
HttpAnswer answer_of(HttpRig& rig, HttpClient& client, bool head = false);
/// Sends `request` on a connection of its own; the answer.
HttpAnswer ask(HttpRig& rig, std::string_view request);

/// "GET <target> HTTP/1.1" with a Host and `fields` ("Name: value\r\n" each).
std::string get(std::string_view target, std::string_view fields = {});

}  // namespace support
