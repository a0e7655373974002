#include "agent/http/connection.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/status.hpp>
#include <exception>
#include <string_view>

namespace http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds leave_time{1000};
constexpr std::size_t leave_limit = std::size_t{4} << 20;  // bytes read and dropped while leaving

/// 127.0.0.1 and ::1 only, where port-forward and exec come from: a service mesh hands in other pods' connections from
/// 127.0.0.6.
bool is_loopback(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_v4() == asio::ip::address_v4::loopback();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6) == asio::ip::address_v4::loopback();
  return v6.is_loopback();
}

std::string reason_phrase(int status) {
  return boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
}

/// For requests that no route saw.
Response plain(int status) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.tail = reason_phrase(status) + "\n";
  return response;
}

Response ask(const Answering& answering, const Request& request) {
  try {
    return answering.answer(request);
  } catch (const std::exception&) {  // a bug of ours must not take the other answers with it; the count shows it
    return plain(500);
  }
}

std::string head(const Response& response, bool keep_alive, bool http_1_0) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " + reason_phrase(response.status) + "\r\n";
  const auto field = [&](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  if (!response.content_type.empty()) field("Content-Type", response.content_type);
  field("Content-Length", std::to_string((response.body ? response.body->size() : 0) + response.tail.size()));
  for (const auto& [name, value] : response.headers) field(name, value);
  if (!keep_alive) field("Connection", "close");
  if (keep_alive && http_1_0) field("Connection", "keep-alive");
  return text + "\r\n";
}

}  // namespace

Connection::Connection(tcp::socket socket)
    : socket_(std::move(socket)), deadline_(socket_.get_executor()), since_(std::chrono::steady_clock::now()) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  const auto peer = socket_.remote_endpoint(ignored);
  from_loopback_ = !ignored && is_loopback(peer.address());
}

void Connection::close() {
  error_code ignored;
  socket_.close(ignored);
  deadline_.cancel();
}

void Connection::finish(std::chrono::milliseconds grace) {
  if (phase_ != Phase::answering) return close();
  keep_alive_ = false;
  finishing_ = true;
  close_in(grace);
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  since_ = std::chrono::steady_clock::now();
}

void Connection::close_in(std::chrono::milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    // A wait that had expired when the deadline was moved still arrives as a success.
    if (!error && self && self->deadline_.expiry() <= std::chrono::steady_clock::now()) self->close();
  });
}

asio::awaitable<void> Connection::serve(std::shared_ptr<const Answering> answering, ConnectionLimits limits) {
  RequestReader reader(limits.reader);
  do {
    const auto progress = co_await read(reader, limits);
    if (!progress) co_return close();
    const bool rejected = *progress == RequestReader::Progress::rejected;
    const Request request = rejected ? Request{} : reader.request(from_loopback_);
    const Response response = rejected ? plain(reader.status()) : ask(*answering, request);
    keep_alive_ = !rejected && reader.keep_alive();
    if (answering->counted) answering->counted(request.target, response.status);
    co_await write(response, request, reader.http_1_0());
    served_ = true;
  } while (keep_alive_ && !closed());
  if (!closed() && !finishing_) co_await leave();
  close();
}

asio::awaitable<std::optional<RequestReader::Progress>> Connection::read(RequestReader& reader,
                                                                         ConnectionLimits limits) {
  // A peer that connects and says nothing gets the time of a request only.
  enter(served_ && reader.empty() ? Phase::idle : Phase::asking);
  close_in(phase_ == Phase::idle ? limits.idle_timeout : limits.request_timeout);
  for (;;) {
    const auto progress = reader.parse();
    if (progress != RequestReader::Progress::need_more) co_return progress;
    const auto [error, bytes] = co_await socket_.async_read_some(reader.room(), token);
    if (error || closed()) co_return std::nullopt;
    reader.commit(bytes);
    if (phase_ == Phase::idle) {
      enter(Phase::asking);
      close_in(limits.request_timeout);
    }
  }
}

asio::awaitable<void> Connection::write(const Response& response, const Request& request, bool http_1_0) {
  enter(Phase::answering);
  const std::string first = head(response, keep_alive_, http_1_0);
  std::array<asio::const_buffer, 3> parts{asio::buffer(first)};
  if (request.method != "HEAD") {
    if (response.body) parts[1] = asio::buffer(*response.body);
    parts[2] = asio::buffer(response.tail);
  }
  const auto [error, bytes] = co_await asio::async_write(socket_, parts, token);
  if (error) close();
}

asio::awaitable<void> Connection::leave() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  enter(Phase::leaving);
  close_in(leave_time);
  static std::array<char, 4096> dropped;  // written by every connection, read by none
  for (std::size_t total = 0; total < leave_limit;) {
    const auto [error, bytes] = co_await socket_.async_read_some(asio::buffer(dropped), token);
    if (error || closed()) co_return;
    total += bytes;
  }
}

}  // namespace http
