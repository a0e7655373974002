// One GET: a question put to an agent's HTTP server, and its answer within a deadline and a bound. Looks no name up,
// keeps no connection, speaks no TLS.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/http/answer.hpp"
#include "common/deadline.hpp"
#include "common/result.hpp"

namespace http {

/// Where a server is: addresses are tried in turn.
struct Origin {
  std::vector<std::string> addresses;  ///< numeric
  std::uint16_t port = 80;
  std::string host;  ///< as written, with port: the Host field
};

/// "http://HOST[:PORT]" with or without a "/" behind it; HOST is an address ("[::1]" too) or localhost.
common::Result<Origin> parse_origin(const std::string& url);

struct Question {
  std::string target;  ///< "/startupz?verbose"
  std::string accept;  ///< the Accept field
};

/// The answer, whatever its status from 200 to 599. Error: "127.0.0.1:9188: Connection refused"; also where the
/// deadline passes, the peer speaks no HTTP, breaks off or has no end.
boost::asio::awaitable<common::Result<Answer>> get(Origin origin, Question question, common::SteadyTime deadline);

}  // namespace http
