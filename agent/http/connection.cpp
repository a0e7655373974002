#include "agent/http/connection.hpp"

#include <array>
#include <boost/beast/http/status.hpp>
#include <exception>
#include <string_view>

namespace http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds leave_time{1000};
constexpr std::size_t leave_limit = std::size_t{4} << 20;  // bytes read and dropped while leaving

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

Connection::Connection(tcp::socket socket, const std::shared_ptr<const TlsContext>& tls)
    : transport_(std::move(socket), tls),
      deadline_(transport_.executor()),
      since_(std::chrono::steady_clock::now()),
      from_loopback_(transport_.from_loopback()) {}

void Connection::close() {
  transport_.close();
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
  close_in(limits.request_timeout);
  if (!co_await transport_.handshake()) co_return close();
  do {
    const auto progress = co_await read(reader, *answering, limits);
    if (!progress) co_return close();
    const bool rejected = *progress == RequestReader::Progress::rejected;
    Request request = rejected ? Request{} : reader.take(from_loopback_);
    const Response response = rejected ? plain(reader.status()) : ask(*answering, request);
    std::string().swap(request.body);  // the peer may take its time reading the answer
    held_ = reader.held();
    keep_alive_ = !rejected && reader.keep_alive() && !answering->last;
    if (answering->counted) answering->counted(request.target, response.status);
    co_await write(response, request, reader.http_1_0());
    served_ = true;
  } while (keep_alive_ && !closed());
  held_ = 0;
  if (!closed() && !finishing_) co_await leave();
  close();
}

asio::awaitable<std::optional<RequestReader::Progress>> Connection::read(RequestReader& reader,
                                                                         const Answering& answering,
                                                                         ConnectionLimits limits) {
  // A peer that connects and says nothing gets the time of a request only. One that has spoken TLS may be silent:
  // clients keep such connections for later.
  if (served_ || transport_.secure()) {
    enter(reader.empty() ? Phase::idle : Phase::asking);
    close_in(phase_ == Phase::idle ? limits.idle_timeout : limits.request_timeout);
  }
  for (;;) {
    const auto progress = reader.parse();
    held_ = reader.held();
    if (progress != RequestReader::Progress::need_more) co_return progress;
    const auto bytes = co_await transport_.read_some(reader.room());
    if (bytes == 0 || closed()) co_return std::nullopt;
    reader.commit(bytes);
    held_ += bytes;
    if (phase_ == Phase::idle) {
      enter(Phase::asking);
      close_in(limits.request_timeout);
    }
    if (answering.grown) answering.grown();
    if (closed()) co_return std::nullopt;
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
  if (!co_await transport_.write(parts)) close();
}

asio::awaitable<void> Connection::leave() {
  enter(Phase::leaving);
  close_in(leave_time);
  co_await transport_.finish_sending();
  for (std::size_t total = 0; total < leave_limit && !closed();) {
    const auto bytes = co_await transport_.drop_some();
    if (bytes == 0) co_return;
    total += bytes;
  }
}

}  // namespace http
