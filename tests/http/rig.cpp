#include "tests/http/rig.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <cctype>
#include <cerrno>
#include <stdexcept>

namespace support {

struct HttpRig::Loop {
  boost::asio::io_context io{1};
};

namespace {

http::Response echo(const http::Request& request) {
  static const auto big = std::make_shared<const std::string>(4u << 20, 'x');
  if (request.target == "/throw") throw std::logic_error("a broken route");
  http::Response response;
  response.content_type = "text/plain";
  if (request.target == "/body") {
    response.tail = request.content_type + ": " + request.body;
  } else if (request.target == "/big") {
    response.body = big;
  } else {
    response.body = std::make_shared<const std::string>(request.method + " ");
    response.tail = request.target + (request.from_loopback ? " from loopback\n" : "\n");
  }
  return response;
}

}  // namespace

http::Server::Options HttpRig::small() {
  http::Server::Options options = shipped();
  options.request_timeout = Milliseconds(150);
  options.idle_timeout = Milliseconds(150);
  return options;
}

http::Server::Options HttpRig::shipped() {
  http::Server::Options options;
  options.address = "127.0.0.1";
  options.port = 0;
  return options;
}

HttpRig::HttpRig(http::Server::Options options) : loop_(std::make_unique<Loop>()) {
  server_ = std::make_unique<http::Server>(
      loop_->io, std::move(options),
      [this](const http::Request& request) {
        ++asked;
        if (on_request) on_request();
        return echo(request);
      },
      [this](std::string_view path, int status) { ++counted[{std::string(path), status}]; });
  port_ = server_->listen().value();
}

HttpRig::~HttpRig() = default;

bool HttpRig::until(const std::function<bool()>& done, Milliseconds at_most) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    loop_->io.restart();
    loop_->io.run_one_for(Milliseconds(1));
    loop_->io.poll();
  }
  return true;
}

std::size_t HttpRig::spin(Milliseconds time) {
  loop_->io.restart();
  return loop_->io.run_for(time);
}

bool HttpRig::drains_within(Milliseconds time) {
  loop_->io.restart();
  loop_->io.run_for(time);
  return loop_->io.stopped();
}

common::UniqueFd connect_to(std::uint16_t port, const std::string& source, int receive_buffer) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const bool is_v6 = source.find(':') != std::string::npos;
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  if (::inet_pton(is_v6 ? AF_INET6 : AF_INET, source.c_str(),
                  is_v6 ? static_cast<void*>(&v6.sin6_addr) : static_cast<void*>(&v4.sin_addr)) != 1)
    throw std::invalid_argument("not an address: " + source);
  auto* const address = is_v6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
  const socklen_t size = is_v6 ? sizeof v6 : sizeof v4;

  common::UniqueFd fd(::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) throw std::runtime_error("no socket");
  if (receive_buffer > 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::bind(fd.get(), address, size) != 0) throw std::runtime_error("cannot bind to " + source);
  v4.sin_port = v6.sin6_port = htons(port);
  if (!is_v6) v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Loopback completes the handshake in the kernel: this waits for no accept.
  if (::connect(fd.get(), address, size) != 0) throw std::runtime_error("cannot connect");
  return fd;
}

HttpClient::HttpClient(std::uint16_t port, const std::string& source, int receive_buffer)
    : fd_(connect_to(port, source, receive_buffer)) {}

std::size_t HttpClient::send(std::string_view bytes) {
  const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void HttpClient::finish_sending() { ::shutdown(fd_.get(), SHUT_WR); }

void HttpClient::receive() {
  std::array<char, 65536> bytes{};
  while (!closed_) {
    const auto got = ::recv(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got > 0) {
      received_.append(bytes.data(), static_cast<std::size_t>(got));
      continue;
    }
    if (got < 0 && errno == EAGAIN) return;
    closed_ = true;
  }
}

bool HttpClient::closed() {
  receive();
  return closed_;
}

std::optional<HttpAnswer> take_answer(std::string& received, bool head) {
  const auto end = received.find("\r\n\r\n");
  if (end == std::string::npos || !received.starts_with("HTTP/1.1 ")) return std::nullopt;
  HttpAnswer answer;
  answer.status = std::stoi(received.substr(9, 3));
  for (auto line = received.find("\r\n"); line < end;) {
    const auto next = received.find("\r\n", line + 2);
    const std::string field = received.substr(line + 2, next - line - 2);
    const auto colon = field.find(": ");
    std::string name = field.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.fields[name] = field.substr(colon + 2);
    line = next;
  }
  const std::size_t size = head ? 0 : std::stoul(answer.fields.at("content-length"));
  if (received.size() < end + 4 + size) return std::nullopt;
  answer.body = received.substr(end + 4, size);
  received.erase(0, end + 4 + size);
  return answer;
}

std::optional<HttpAnswer> HttpClient::answer(bool head) {
  receive();
  return take_answer(received_, head);
}

HttpAnswer answer_of(HttpRig& rig, HttpClient& client, bool head) {
  std::optional<HttpAnswer> answer;
  rig.until([&] { return (answer = client.answer(head)).has_value(); });
  return answer.value_or(HttpAnswer{});
}

HttpAnswer ask(HttpRig& rig, std::string_view request) {
  HttpClient client(rig.port());
  client.send(request);
  return answer_of(rig, client);
}

std::string get(std::string_view target, std::string_view fields) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: agent\r\n" + std::string(fields) + "\r\n";
}

}  // namespace support
