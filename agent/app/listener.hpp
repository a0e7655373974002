// One listening HTTP server: tries again for as long as its port can't be had, and says so once.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "agent/app/log.hpp"
#include "agent/http/server.hpp"

namespace app {

class Listener {
 public:
  /// `name` is what log lines call it ("listen"); `io` and `log` outlive it.
  Listener(boost::asio::io_context& io, Log& log, std::string name, http::Server::Options options,
           http::Server::Handler handler, http::Server::OnResponse on_response);

  void start();
  /// See http::Server.
  void send_away();
  /// No new connections, for good; those that are answered have a moment to end.
  void stop();
  [[nodiscard]] std::size_t connections() const { return server_ ? server_->connections() : 0; }
  /// Why it does not listen; "" where it does.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  boost::asio::io_context& io_;
  Log& log_;
  std::string name_;
  http::Server::Options options_;
  http::Server::Handler handler_;
  http::Server::OnResponse on_response_;
  std::unique_ptr<http::Server> server_;
  boost::asio::steady_timer retry_;
  std::string trouble_ = "not started yet";
};

}  // namespace app
