// The running webhook: two servers, and what they answer by: the serving certificate and the injection settings, read
// again whenever their volumes change. Bad input keeps the last good one and shows in /readyz.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <string>

#include "agent/app/listener.hpp"
#include "agent/app/log.hpp"
#include "agent/app/reviews.hpp"
#include "agent/app/serving_certificate.hpp"
#include "agent/app/wake.hpp"
#include "agent/config/config.hpp"
#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/sources/directory_watch.hpp"

namespace app {

struct WebhookOptions {
  config::Endpoint listen{"::", 9443};
  config::Endpoint status_listen{"::", 9188};
  std::string tls;       ///< directory of tls.crt and tls.key
  std::string settings;  ///< directory of the injection settings
  model::BuildInfo build;
  int log_descriptor = 2;
};

class Webhook {
 public:
  /// `io` outlives it.
  Webhook(boost::asio::io_context& io, WebhookOptions options);
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  void start();
  /// Read certificate and settings again now (SIGHUP).
  void reload();
  /// Goes on for `notice` with each connection's next answer its last, while the Service takes this replica out; then
  /// stops, at most half a second later.
  boost::asio::awaitable<void> drain(std::chrono::milliseconds notice);
  Log& log() { return log_; }

  [[nodiscard]] http::Response review(const http::Request& request);
  [[nodiscard]] http::Response status(const http::Request& request) const;

 private:
  using Loop = boost::asio::awaitable<void> (Webhook::*)();
  /// A loop that throws is a bug of ours; it begins anew.
  boost::asio::awaitable<void> keep(Loop loop, std::string name);
  boost::asio::awaitable<void> watch_certificate();
  boost::asio::awaitable<void> watch_settings();
  std::chrono::milliseconds read_certificate();
  void read_settings();
  void say(model::Level level, model::EventKind kind, std::string subject, std::string text);
  [[nodiscard]] model::World judged() const;

  boost::asio::io_context& io_;
  WebhookOptions options_;
  Log log_;
  model::Webhook facts_;
  ServingCertificate certificate_;
  std::optional<inject::Settings> settings_;
  std::map<std::string, std::string> texts_;  ///< what settings_ was made of
  std::string settings_error_ = "not read yet";
  Reviews reviews_;
  sources::DirectoryWatch watch_;
  Wake certificate_wanted_, settings_wanted_;
  std::map<std::pair<std::string, int>, std::uint64_t> http_requests_;
  Listener listener_, status_listener_;
  bool draining_ = false;
};

/// Runs until SIGTERM (drains) or SIGINT (at once) and returns 0. Never returns because of bad input.
int run_webhook(const WebhookOptions& options);

}  // namespace app
