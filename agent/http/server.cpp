#include "agent/http/server.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <new>
#include <tuple>
#include <vector>

#include "agent/http/connection.hpp"
#include "agent/http/target.hpp"

namespace http {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds accept_back_off{100};
constexpr std::chrono::milliseconds stop_grace{300};

error_code bind_to(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.close(error);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified())
    acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

bool means_no_ipv6(const error_code& error) {
  return error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
}

}  // namespace

struct Server::State {
  State(asio::io_context& io, Options given, Handler handler, OnResponse on_response)
      : options(std::move(given)), acceptor(io), back_off(io) {
    Answering made;
    made.answer = std::move(handler);
    if (on_response)
      made.counted = [counted = std::move(on_response)](const std::string& target, int status) {
        counted(path_label(target), status);
      };
    made.grown = [this] { keep_to_held_limit(); };
    answering = std::make_shared<Answering>(std::move(made));
  }

  [[nodiscard]] ConnectionLimits limits() const {
    return {{options.header_limit, options.body_limit}, options.request_timeout, options.idle_timeout};
  }

  /// Makes room: closes the connection that needs its place least, and of those the one that has been so for longest. A
  /// peer that dribbles its request loses to one that has just come. None beyond `worst` is given up.
  void give_one_up(Connection::Phase worst) {
    const auto least = std::min_element(connections.begin(), connections.end(), [](const auto& a, const auto& b) {
      return std::make_tuple(a->phase(), a->since()) < std::make_tuple(b->phase(), b->since());
    });
    if (least == connections.end() || (*least)->phase() > worst) return;
    (*least)->close();
    connections.erase(least);
  }

  /// A few large requests must not use up the memory of all; what is common is small and stays.
  void keep_to_held_limit() {
    for (;;) {
      std::size_t total = 0;
      for (const auto& connection : connections) total += connection->held();
      if (total <= options.held_limit) return;
      const auto most = std::max_element(connections.begin(), connections.end(),
                                         [](const auto& a, const auto& b) { return a->held() < b->held(); });
      (*most)->close();
      connections.erase(most);
    }
  }

  void forget(const std::shared_ptr<Connection>& connection) { std::erase(connections, connection); }

  Options options;
  tcp::acceptor acceptor;
  asio::steady_timer back_off;
  std::vector<std::shared_ptr<Connection>> connections;
  std::shared_ptr<Answering> answering;

  static void admit(const std::shared_ptr<State>& state, tcp::socket socket);
  static asio::awaitable<void> accept(std::shared_ptr<State> state);
};

void Server::State::admit(const std::shared_ptr<State>& state, tcp::socket socket) {
  std::shared_ptr<const TlsContext> tls;
  if (state->options.tls && !(tls = state->options.tls())) return;
  while (state->connections.size() >= std::max<std::size_t>(state->options.max_connections, 1))
    state->give_one_up(Connection::Phase::answering);
  const auto connection = std::make_shared<Connection>(std::move(socket), tls);
  state->connections.push_back(connection);
  asio::co_spawn(
      state->acceptor.get_executor(), connection->serve(state->answering, state->limits()),
      [state, connection](const std::exception_ptr&) {  // out of memory at worst: this connection's loss alone
        connection->close();
        state->forget(connection);
      });
}

asio::awaitable<void> Server::State::accept(std::shared_ptr<State> state) {
  while (state->acceptor.is_open()) {
    auto [error, socket] = co_await state->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!state->acceptor.is_open()) co_return;
    if (!error) {
      try {
        admit(state, std::move(socket));
      } catch (const std::bad_alloc&) {  // that peer's loss, not the server's end
      }
      continue;
    }
    // Out of descriptors or memory: the peer stays in the backlog. One of ours makes room, and trying at once would
    // only spin.
    state->give_one_up(Connection::Phase::asking);
    state->back_off.expires_after(accept_back_off);
    std::ignore = co_await state->back_off.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

Server::Server(asio::io_context& io, Options options, Handler handler, OnResponse on_response)
    : state_(std::make_shared<State>(io, std::move(options), std::move(handler), std::move(on_response))) {}

Server::~Server() {
  stop();
  for (const auto& connection : state_->connections) connection->close();
  state_->connections.clear();
}

common::Result<std::uint16_t> Server::listen() {
  std::string text = state_->options.address;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  const auto where = [&] {
    return "listen on " + state_->options.address + " port " + std::to_string(state_->options.port) + ": ";
  };
  error_code error;
  const auto address = asio::ip::make_address(text, error);
  if (error) return common::Error{where() + "not a numeric address"};
  error = bind_to(state_->acceptor, {address, state_->options.port});
  if (address.is_v6() && address.is_unspecified() && means_no_ipv6(error))
    error = bind_to(state_->acceptor, {asio::ip::address_v4::any(), state_->options.port});
  tcp::endpoint bound;
  if (!error) bound = state_->acceptor.local_endpoint(error);
  if (error) {
    error_code ignored;
    state_->acceptor.close(ignored);
    return common::Error{where() + error.message()};
  }
  asio::co_spawn(state_->acceptor.get_executor(), State::accept(state_),
                 [state = state_](const std::exception_ptr& thrown) {
                   if (thrown) std::rethrow_exception(thrown);
                 });
  return bound.port();
}

void Server::send_away() { state_->answering->last = true; }

void Server::stop() {
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->back_off.cancel();
  for (const auto& connection : state_->connections) connection->finish(stop_grace);
}

std::size_t Server::connections() const { return state_->connections.size(); }

}  // namespace http
