#include "tests/support/fake_postgres.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace support {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t request_size = 8;

std::string int32(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xff);
  return bytes;
}

}  // namespace

std::string postgres_message(char type, std::string_view body) {
  return type + int32(static_cast<std::uint32_t>(body.size() + 4)) + std::string(body);
}

std::string postgres_error(std::string_view sqlstate, std::string_view text, std::string_view routine) {
  std::string body;
  const auto field = [&body](char type, std::string_view value) {
    if (!value.empty()) body.append(1, type).append(value).push_back('\0');
  };
  field('S', "FATAL");
  field('C', sqlstate);
  field('M', text);
  field('R', routine);
  return postgres_message('E', body + '\0');
}

std::string postgres_authentication(int code, std::string_view more) {
  return postgres_message('R', int32(static_cast<std::uint32_t>(code)) + std::string(more));
}

struct FakePostgres::State : std::enable_shared_from_this<FakePostgres::State> {
  State(asio::io_context& context, PostgresScript wanted, std::shared_ptr<Gauge> shared)
      : io(context),
        script(std::move(wanted)),
        all(shared ? std::move(shared) : std::make_shared<Gauge>()),
        acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (error) return;
      asio::co_spawn(self->io, serve(self, std::move(socket)), [](const std::exception_ptr& failure) {
        if (failure) std::rethrow_exception(failure);
      });
      self->accept();
    });
  }

  static void enter(Gauge& gauge) { gauge.most = std::max(gauge.most, ++gauge.now); }

  static asio::awaitable<void> serve(std::shared_ptr<State> self, tcp::socket socket) {
    const std::size_t number = self->seen.size();
    self->seen.emplace_back();
    enter(self->mine);
    enter(*self->all);
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    co_await talk(*self, socket, number);
    socket.close(ignored);
    --self->mine.now;
    --self->all->now;
    self->seen[number].ended = true;
  }

  static asio::awaitable<void> talk(State& self, tcp::socket& socket, std::size_t number) {
    const auto& script = self.script;
    if (!script.direct) {
      while (self.seen[number].request.size() < request_size) {
        const auto bytes = co_await receive(socket);
        if (bytes.empty()) co_return;
        self.seen[number].request += bytes;
      }
      if (script.delay.count() > 0) {
        asio::steady_timer timer(self.io, script.delay);
        (void)co_await timer.async_wait(quietly);
      }
      if (script.stops_at == ScriptPoint::sslrequest) {
        co_await stop(self, socket);
        co_return;
      }
      co_await send(self, socket, script.answer);
      if (!script.answer.starts_with('S')) {
        co_await until_closed(socket);
        co_return;
      }
    }
    if (script.stops_at == ScriptPoint::handshake) {
      co_await stop(self, socket);
      co_return;
    }

    TlsServer tls(script.tls);
    for (;;) {
      const auto step = tls.handshake();
      co_await send(self, socket, tls.to_send());
      self.seen[number].server_name = tls.server_name();
      if (step == TlsServer::Step::done) break;
      if (step == TlsServer::Step::failed) co_return;
      const auto bytes = co_await receive(socket);
      if (bytes.empty()) co_return;
      tls.received(bytes);
    }
    self.seen[number].client_chain = tls.client_chain();
    if (script.stops_at == ScriptPoint::login) {
      co_await stop(self, socket);
      co_return;
    }
    bool said = false;
    for (;;) {
      while (tls.read(self.seen[number].startup) == TlsServer::Step::done && !tls.client_closed()) {
      }
      const bool asked = !self.seen[number].startup.empty();
      if (asked && script.login.empty()) co_return;
      if (asked && !said) {
        tls.write(script.login);
        co_await send(self, socket, tls.to_send());
        said = true;
      }
      if (tls.client_closed()) break;
      const auto bytes = co_await receive(socket);
      if (bytes.empty()) co_return;
      tls.received(bytes);
    }
    self.seen[number].close_notify = true;
    tls.close_notify();
    co_await send(self, socket, tls.to_send());
  }

  /// "" at the end.
  static asio::awaitable<std::string> receive(tcp::socket& socket) {
    std::array<char, 16'384> buffer{};
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(buffer), quietly);
    co_return std::string(buffer.data(), error ? 0 : size);
  }

  static asio::awaitable<void> send(State& self, tcp::socket& socket, std::string bytes) {
    const std::size_t piece = self.script.bytewise ? 1 : bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      const auto [error, sent] = co_await asio::async_write(socket, asio::buffer(bytes.data() + at, piece), quietly);
      if (error) co_return;
      if (self.script.bytewise) co_await asio::post(self.io, asio::use_awaitable);
    }
  }

  static asio::awaitable<void> until_closed(tcp::socket& socket) {
    for (;;) {
      const auto bytes = co_await receive(socket);
      if (bytes.empty()) co_return;
    }
  }

  static asio::awaitable<void> stop(State& self, tcp::socket& socket) {
    if (self.script.how == ScriptEnd::silence) co_await until_closed(socket);
    error_code ignored;
    if (self.script.how == ScriptEnd::reset) socket.set_option(asio::socket_base::linger(true, 0), ignored);
  }

  asio::io_context& io;
  PostgresScript script;
  std::shared_ptr<Gauge> all;
  Gauge mine;
  tcp::acceptor acceptor;
  std::vector<PostgresConnection> seen;
};

FakePostgres::FakePostgres(asio::io_context& io, PostgresScript script, std::shared_ptr<Gauge> all)
    : state_(std::make_shared<State>(io, std::move(script), std::move(all))) {
  state_->accept();
}

FakePostgres::~FakePostgres() {
  error_code ignored;
  state_->acceptor.close(ignored);
}

std::uint16_t FakePostgres::port() const { return state_->acceptor.local_endpoint().port(); }
const std::vector<PostgresConnection>& FakePostgres::seen() const { return state_->seen; }
int FakePostgres::most_at_once() const { return state_->mine.most; }

FullPort::FullPort() {
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* address = reinterpret_cast<sockaddr*>(&place);
  socklen_t size = sizeof place;
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  descriptors_.push_back(listening);
  if (::bind(listening, address, size) != 0 || ::listen(listening, 0) != 0 ||
      ::getsockname(listening, address, &size) != 0) {
    throw std::runtime_error("no port to fill");
  }
  port_ = ntohs(place.sin_port);
  for (int i = 0; i < 4; ++i) {
    descriptors_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(descriptors_.back(), address, size);
  }
}

FullPort::~FullPort() {
  for (const int descriptor : descriptors_) ::close(descriptor);
}

}  // namespace support
