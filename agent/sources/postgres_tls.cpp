#include "agent/sources/postgres_tls.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "agent/sources/postgres_message.hpp"
#include "agent/sources/tls_client.hpp"
#include "common/deadline.hpp"

namespace sources {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using model::ProbePhase;
using model::WireEnd;
using Steady = std::chrono::steady_clock;

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
/// More than any server says before it is logged in.
constexpr std::size_t most_input = std::size_t{256} << 10;

std::chrono::microseconds since(Steady::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - start);
}

/// One exchange under way. What was learned stands in `answer` at every suspension, so that a deadline loses nothing.
class Conversation {
 public:
  Conversation(const asio::any_io_executor& executor, const PostgresQuestion& question, PostgresAnswer& answer)
      : question_(question), answer_(answer), exchange_(answer.exchange), socket_(executor) {}

  /// The value says nothing; with_deadline needs one.
  asio::awaitable<bool> run() {
    if (!co_await connect()) co_return false;
    const bool asks_first = question_.negotiation == model::Negotiation::postgres;
    if (asks_first && !co_await request_tls()) co_return false;
    if (!co_await handshake()) co_return false;
    if (question_.level == model::ClientCertificate::login) {
      co_await log_in();
    } else {
      co_await hear_out();
    }
    co_return true;
  }

  /// The deadline struck, or all is done: the phase it fell into took until now.
  void finish() {
    if (begun_) exchange_.phases[static_cast<std::size_t>(exchange_.phase)] = since(*begun_);
    begun_.reset();
    if (tls_) note_tls();
  }

 private:
  void enter(ProbePhase phase) {
    finish();
    exchange_.phase = phase;
    begun_ = Steady::now();
  }

  bool end(WireEnd how, std::string detail = "") {
    exchange_.end = how;
    exchange_.detail = std::move(detail);
    return false;
  }

  /// The deadline struck, or the agent stops: what was learned stays as it is.
  static void throw_if_aborted(const error_code& error) {
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  }

  bool end(const error_code& error) {
    throw_if_aborted(error);
    if (error == asio::error::connection_refused) return end(WireEnd::refused, error.message());
    if (error == asio::error::timed_out) return end(WireEnd::timeout, error.message());
    const bool broken = error == asio::error::eof || error == asio::error::connection_reset ||
                        error == asio::error::broken_pipe || error == asio::error::connection_aborted;
    return end(broken && exchange_.phase != ProbePhase::connect ? WireEnd::closed : WireEnd::unreachable,
               error.message());
  }

  void note_tls() {
    exchange_.alert = tls_->alert();
    exchange_.certificate_requested = tls_->certificate_requested();
    exchange_.certificate_sent = tls_->certificate_sent();
    answer_.chain_der = tls_->chain_der();
  }

  asio::awaitable<bool> connect() {
    enter(ProbePhase::connect);
    error_code bad;
    const auto address = asio::ip::make_address(question_.address, bad);
    if (bad) co_return end(WireEnd::unreachable, "not a numeric address");
    auto connecting = socket_.async_connect({address, question_.port}, quietly);
    const auto until = Steady::now() + std::min(question_.connect_timeout, question_.timeout);
    const auto connected = co_await common::with_deadline(std::move(connecting), until);
    if (!connected) co_return end(WireEnd::timeout);
    const error_code error = std::get<0>(*connected);
    if (error) co_return end(error);
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    co_return true;
  }

  asio::awaitable<bool> request_tls() {
    enter(ProbePhase::sslrequest);
    const std::string request = ssl_request();
    const auto [write_error, sent] = co_await asio::async_write(socket_, asio::buffer(request), quietly);
    if (write_error) co_return end(write_error);
    char byte = 0;
    const auto [read_error, size] = co_await socket_.async_read_some(asio::buffer(&byte, 1), quietly);
    if (read_error) co_return end(read_error);
    if (byte == 'N') co_return end(WireEnd::declined);
    if (byte == 'E') co_return end(WireEnd::server_error, "an error instead of S or N");
    if (byte != 'S') co_return end(WireEnd::foreign, "neither S nor N in answer to SSLRequest");
    error_code ignored;
    if (socket_.available(ignored) > 0) co_return end(WireEnd::foreign, "bytes after S, before TLS began");
    co_return true;
  }

  asio::awaitable<bool> handshake() {
    enter(ProbePhase::handshake);
    const bool direct = question_.negotiation == model::Negotiation::direct;
    const bool offers = question_.level != model::ClientCertificate::off;
    TlsClient::Options options{question_.server_name, direct, offers ? question_.identity : nullptr};
    tls_.emplace(options);
    for (;;) {
      const auto step = tls_->handshake();
      note_tls();
      co_await flush();
      if (step == TlsClient::Step::done) break;
      if (step != TlsClient::Step::wants_input) co_return end_tls(step);
      co_await receive();
      if (exchange_.end == WireEnd::foreign) co_return false;
    }
    exchange_.tls_version = tls_->version();
    exchange_.cipher = tls_->cipher();
    exchange_.alpn = tls_->alpn();
    if (direct && exchange_.alpn != "postgresql") co_return end(WireEnd::foreign, "TLS without ALPN postgresql");
    co_return true;
  }

  bool end_tls(TlsClient::Step step) {
    note_tls();
    if (tls_->alert() >= 0) return end(WireEnd::alert, tls_->error());
    if (step == TlsClient::Step::ended) return end(WireEnd::closed, read_error_ ? read_error_.message() : "");
    return end(WireEnd::tls_failed, tls_->error());
  }

  /// Says goodbye, then reads to the end: also after a failed write, for the alert may be there.
  asio::awaitable<void> hear_out() {
    enter(ProbePhase::authenticate);
    tls_->close_notify();
    co_await flush();
    co_await read_to_end();
  }

  asio::awaitable<void> log_in() {
    enter(ProbePhase::authenticate);
    tls_->write(startup_message(question_.user));
    co_await flush();
    co_await read_to_end();
  }

  /// Until the server closes; its messages are taken as they come.
  asio::awaitable<void> read_to_end() {
    for (;;) {
      const auto step = tls_->read(plain_);
      if (step == TlsClient::Step::done) {
        if (!co_await take_messages()) co_return;
        continue;
      }
      co_await flush();
      if (step == TlsClient::Step::wants_input) {
        co_await receive();
        if (exchange_.end == WireEnd::foreign) co_return;
        continue;
      }
      conclude(step);
      co_return;
    }
  }

  void conclude(TlsClient::Step step) {
    note_tls();
    if (tls_->alert() >= 0 || step == TlsClient::Step::failed) {
      end_tls(step);
    } else if (read_error_ || (question_.level == model::ClientCertificate::login && !exchange_.authentication)) {
      end(WireEnd::closed, read_error_ ? read_error_.message() : "");
    } else {
      end(WireEnd::finished);
    }
  }

  /// False: heard enough.
  asio::awaitable<bool> take_messages() {
    for (;;) {
      const auto message = read_message(plain_);
      switch (message.kind) {
        case ServerMessage::Kind::incomplete: co_return true;
        case ServerMessage::Kind::foreign: co_return end(WireEnd::foreign, "no message of the PostgreSQL protocol");
        case ServerMessage::Kind::error:
          // Fatal before the login is done: nothing more comes, and who sent it may not close.
          exchange_.error = message.error;
          tls_->close_notify();
          co_await flush();
          co_return end(WireEnd::server_error);
        case ServerMessage::Kind::authentication:
          if (!exchange_.authentication) exchange_.authentication = message.authentication;
          // A password is asked for: nothing is answered, so that the server logs nothing.
          if (message.authentication == 0) tls_->write(terminate_message());
          tls_->close_notify();
          co_await flush();
          break;
        case ServerMessage::Kind::other: break;
      }
      plain_.erase(0, message.size);
    }
  }

  asio::awaitable<void> flush() {
    const std::string bytes = tls_->to_send();
    // Nobody listens any more, and a write to a connection that was reset may never end.
    if (bytes.empty() || gone_) co_return;
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(bytes), quietly);
    throw_if_aborted(error);
    if (error) gone_ = true;  // why is to be read
  }

  asio::awaitable<void> receive() {
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(buffer_), quietly);
    throw_if_aborted(error);
    if (error) {
      read_error_ = error == asio::error::eof ? error_code{} : error;
      gone_ = true;
      tls_->input_ended();
      co_return;
    }
    total_ += size;
    if (total_ > most_input) {
      end(WireEnd::foreign, "more than 256 KiB");
      co_return;
    }
    tls_->received({buffer_.data(), size});
  }

  const PostgresQuestion& question_;
  PostgresAnswer& answer_;
  model::Exchange& exchange_;
  tcp::socket socket_;
  std::optional<TlsClient> tls_;
  std::optional<Steady::time_point> begun_;
  error_code read_error_;
  std::array<char, 16'384> buffer_{};
  std::string plain_;
  std::size_t total_ = 0;
  bool gone_ = false;
};

}  // namespace

asio::awaitable<PostgresAnswer> probe_postgres(PostgresQuestion question) {
  const auto start = Steady::now();
  PostgresAnswer answer;
  answer.exchange.address = question.address;
  answer.exchange.port = question.port;
  answer.exchange.level = question.level;
  answer.exchange.end = WireEnd::timeout;
  const auto executor = co_await asio::this_coro::executor;
  Conversation conversation(executor, question, answer);
  auto running = conversation.run();
  (void)co_await common::with_deadline(std::move(running), start + question.timeout);
  conversation.finish();
  answer.exchange.duration = since(start);
  co_return answer;
}

}  // namespace sources
