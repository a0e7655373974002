#include "agent/http/client.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

namespace http {
namespace asio = boost::asio;
using asio::ip::tcp;
using common::Error;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view scheme = "http://";

Error wrong(const std::string& url, const std::string& why) {
  return Error{"\"" + url + "\": " + why + "; expected http://ADDRESS:PORT"};
}

std::string text_of(const tcp::endpoint& at) {
  const auto address = at.address().to_string();
  return (at.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(at.port());
}

asio::awaitable<common::Result<Answer>> converse(tcp::endpoint at, std::string request) {
  const std::string where = text_of(at) + ": ";
  tcp::socket socket(co_await asio::this_coro::executor);
  const auto [refused] = co_await socket.async_connect(at, token);
  if (refused) co_return Error{where + refused.message()};
  const auto [unsent, sent] = co_await asio::async_write(socket, asio::buffer(request), token);
  if (unsent) co_return Error{where + unsent.message()};
  AnswerReader reader;
  for (;;) {
    const auto [error, bytes] = co_await socket.async_read_some(reader.room(), token);
    if (error && error != asio::error::eof) co_return Error{where + error.message()};
    const auto progress = error ? reader.finish() : reader.commit(bytes);
    if (progress == AnswerReader::Progress::rejected) co_return Error{where + reader.error()};
    if (progress == AnswerReader::Progress::complete) co_return reader.answer();
  }
}

}  // namespace

common::Result<Origin> parse_origin(const std::string& url) {
  if (!url.starts_with(scheme)) return wrong(url, "is no http:// URL");
  std::string rest = url.substr(scheme.size());
  if (rest.ends_with('/')) rest.pop_back();
  if (rest.find_first_of("/?#@ \t\r\n") != std::string::npos) return wrong(url, "has more than a host and a port");
  Origin origin;
  origin.host = rest;
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string::npos ? 0 : bracket);
  std::string host = rest.substr(0, colon);
  if (colon != std::string::npos) {
    const char* const begin = rest.data() + colon + 1;
    const char* const end = rest.data() + rest.size();
    const auto [stop, error] = std::from_chars(begin, end, origin.port);
    if (error != std::errc{} || stop != end || origin.port == 0) return wrong(url, "has no port from 1 to 65535");
  }
  if (host == "localhost") {
    origin.addresses = {"127.0.0.1", "::1"};
    return origin;
  }
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error || address.is_v6() != brackets) {
    return wrong(url, "names are not looked up, but for localhost: \"" + host + "\" is no address");
  }
  origin.addresses = {address.to_string()};
  return origin;
}

asio::awaitable<common::Result<Answer>> get(Origin origin, Question question, common::SteadyTime deadline) {
  const std::string request = "GET " + question.target + " HTTP/1.1\r\nHost: " + origin.host +
                              "\r\nAccept: " + question.accept +
                              "\r\nUser-Agent: pgd-agent\r\nConnection: close\r\n\r\n";
  common::Result<Answer> last = Error{"no address"};
  for (const auto& address : origin.addresses) {
    const tcp::endpoint at{asio::ip::make_address(address), origin.port};
    // On a line of its own: GCC 12 miscompiles a co_await inside a braced initialiser.
    auto answer = co_await common::with_deadline(converse(at, request), deadline);
    if (!answer) co_return Error{text_of(at) + ": no answer in time"};
    last = std::move(*answer);
    if (last) break;
  }
  co_return last;
}

}  // namespace http
