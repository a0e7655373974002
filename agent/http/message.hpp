// A request as routes see it and the response they give: plain values, so that routes know no socket and the server no
// route.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace http {

struct Request {
  std::string method;  ///< as sent: "GET"
  std::string target;  ///< request-target as sent, percent-encoded; never write it anywhere unescaped
  std::string accept;  ///< the Accept field, "" where there is none
  bool from_loopback = false;
  std::string content_type{};  ///< the Content-Type field as sent, "" where there is none
  std::string body{};          ///< at most the server's limit
};

struct Response {
  int status = 200;
  std::string content_type;
  std::shared_ptr<const std::string> body;  ///< shared by everyone who reads the same world; may be null
  std::string tail;                         ///< what is fresh for this reader alone, sent after `body`
  std::vector<std::pair<std::string, std::string>> headers;  ///< beside Content-Type, Content-Length and Connection
};

}  // namespace http
