// The running agent: owns the store, the watch, the HTTP server and the epoch in force. An epoch is one configuration
// with its monitors; a changed configuration ends it and begins the next over the same store.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/app/app.hpp"
#include "agent/app/context.hpp"
#include "agent/app/log.hpp"
#include "agent/app/settings.hpp"
#include "agent/app/store.hpp"
#include "agent/app/supervisor.hpp"
#include "agent/app/wake.hpp"
#include "agent/http/routes.hpp"
#include "agent/http/server.hpp"
#include "agent/model/runtime.hpp"
#include "agent/sources/directory_watch.hpp"

namespace app {

class Agent {
 public:
  Agent(boost::asio::io_context& io, RunOptions options);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void start();
  /// Stops listening, cancels every loop, lets answers under way finish: at most half a second.
  boost::asio::awaitable<void> drain();
  Log& log() { return log_; }
  /// Read the configuration again now (SIGHUP).
  void reload();

 private:
  boost::asio::awaitable<void> watch_configuration(PulseRef pulse);
  boost::asio::awaitable<void> read_configuration();
  boost::asio::awaitable<void> begin_epoch(config::Config config, const std::string& hash);
  void listen();
  [[nodiscard]] http::Response respond(const http::Request& request);
  [[nodiscard]] model::Runtime runtime() const;

  boost::asio::io_context& io_;
  RunOptions options_;
  Log log_;
  News news_;  ///< for the probes: a secret changed, or a sweep of the names ended
  Store store_;
  sources::DirectoryWatch watch_;
  config::Config config_;  ///< in force; the defaults until one could be read
  Settings settings_;
  Supervisor root_;  ///< the loop that outlives epochs
  std::unique_ptr<Supervisor> epoch_;
  std::unique_ptr<http::Server> server_;
  std::optional<config::Endpoint> listening_;
  std::string listen_error_;
  boost::asio::steady_timer listen_retry_;
  boost::asio::steady_timer reload_;
  http::Cache cache_;
  std::map<std::pair<std::string, int>, std::uint64_t> http_requests_;
  bool reload_wanted_ = false;
  bool draining_ = false;
};

}  // namespace app
