#include "agent/app/listener.hpp"

#include "agent/config/config.hpp"

namespace app {
namespace {

constexpr auto retry_after = std::chrono::seconds{5};

}  // namespace

Listener::Listener(boost::asio::io_context& io, Log& log, std::string name, http::Server::Options options,
                   http::Server::Handler handler, http::Server::OnResponse on_response)
    : io_(io),
      log_(log),
      name_(std::move(name)),
      options_(std::move(options)),
      handler_(std::move(handler)),
      on_response_(std::move(on_response)),
      retry_(io) {}

void Listener::start() {
  const auto say = [&](model::Level level, std::string text) {
    log_.write({std::chrono::system_clock::now(), model::EventKind::agent, level, name_, std::move(text), {}});
  };
  server_ = std::make_unique<http::Server>(io_, options_, handler_, on_response_);
  const auto port = server_->listen();
  if (port) {
    trouble_.clear();
    return say(model::Level::info, "listening on " + config::to_text({options_.address, *port}));
  }
  server_.reset();
  if (port.error().message != trouble_) {
    trouble_ = port.error().message;
    say(model::Level::error, "can't listen, trying again every 5 s: " + trouble_);
  }
  retry_.expires_after(retry_after);
  retry_.async_wait([this](boost::system::error_code aborted) {
    if (!aborted) start();
  });
}

void Listener::send_away() {
  if (server_) server_->send_away();
}

void Listener::stop() {
  retry_.cancel();
  trouble_ = "stopped";
  if (server_) server_->stop();
}

}  // namespace app
