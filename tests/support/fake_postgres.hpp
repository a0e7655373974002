// A Postgres server as far as a probe sees one, on a loopback port of the test's own io_context: it follows a script
// and goes silent, closes or resets where the script says. Answers whoever asks.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/tls_server.hpp"

namespace boost::asio {
class io_context;
}

namespace support {

/// Where a script leaves the way of a server that goes on to the end, and how.
enum class ScriptPoint { never, sslrequest, handshake, login };  ///< instead of that phase's answer
enum class ScriptEnd { silence, close, reset };

struct PostgresScript {
  TlsServerOptions tls;
  std::string answer = "S";  ///< to SSLRequest; TLS follows where it begins with "S"
  bool direct = false;       ///< TLS at once, without SSLRequest
  bool bytewise = false;     ///< everything is sent in single bytes
  std::string login = {};    ///< said within TLS after a StartupMessage; "" = it is closed
  ScriptPoint stops_at = ScriptPoint::never;
  ScriptEnd how = ScriptEnd::silence;
  std::chrono::milliseconds delay{0};  ///< before `answer`
};

/// A message of the server: type, length, body.
std::string postgres_message(char type, std::string_view body);
/// ErrorResponse with SQLSTATE, text and routine.
std::string postgres_error(std::string_view sqlstate, std::string_view text, std::string_view routine = "");
/// AuthenticationRequest.
std::string postgres_authentication(int code, std::string_view more = "");

/// What one connection brought.
struct PostgresConnection {
  std::string request;                    ///< what came instead of, or as, SSLRequest
  std::string startup;                    ///< all that came within TLS
  std::string server_name;                ///< SNI
  std::vector<std::string> client_chain;  ///< DER
  bool close_notify = false;              ///< the client said so
  bool ended = false;
};

/// How many connections there are at a time, over all servers that share it.
struct Gauge {
  int now = 0;
  int most = 0;
};

class FakePostgres {
 public:
  FakePostgres(boost::asio::io_context& io, PostgresScript script, std::shared_ptr<Gauge> all = nullptr);
  ~FakePostgres();
  FakePostgres(const FakePostgres&) = delete;
  FakePostgres& operator=(const FakePostgres&) = delete;

  [[nodiscard]] std::uint16_t port() const;  ///< on 127.0.0.1
  [[nodiscard]] const std::vector<PostgresConnection>& seen() const;
  [[nodiscard]] int most_at_once() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// A loopback port that accepts no connection, nor refuses one: its queue is full.
class FullPort {
 public:
  FullPort();
  ~FullPort();
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::vector<int> descriptors_;
  std::uint16_t port_ = 0;
};

}  // namespace support
