#include "agent/app/webhook.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "agent/app/injection_settings.hpp"
#include "agent/http/webhook_routes.hpp"
#include "agent/sources/process.hpp"
#include "common/deadline.hpp"

namespace app {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using Steady = std::chrono::steady_clock;

/// Changes are announced by the watch; this is for what it can't see.
constexpr auto resync = 60s;
constexpr auto unstable_retry = 100ms;
/// A pair that does not fit may be one file's turn of two.
constexpr auto failed_retry = 2s;
constexpr auto stop_limit = 400ms;
constexpr auto restart_after = 1s;

http::Server::Options review_options(const config::Endpoint& endpoint,
                                     std::function<http::TlsContextRef()> certificate) {
  return {.address = endpoint.address,
          .port = endpoint.port,
          .max_connections = 256,  // HTTP/1.1: one for each review under way, and those kept for later
          .request_timeout = 3s,   // the webhook configuration's timeoutSeconds: later answers are not waited for
          .idle_timeout = 120s,    // an API server lets go after 90 s; were it us, a review might just be coming
          .body_limit = std::size_t{4} << 20,  // above the 3 MiB that an API server takes of an object
          .held_limit = std::size_t{8} << 20,
          .tls = std::move(certificate)};
}

http::Server::Options status_options(const config::Endpoint& endpoint) {
  return {.address = endpoint.address, .port = endpoint.port};
}

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

Webhook::Webhook(asio::io_context& io, WebhookOptions options)
    : io_(io),
      options_(std::move(options)),
      log_(options_.log_descriptor),
      certificate_(options_.tls),
      reviews_(log_, facts_, options_.build.version),
      watch_(io.get_executor()),
      certificate_wanted_(io.get_executor()),
      settings_wanted_(io.get_executor()),
      listener_(
          io, log_, "listen", review_options(options_.listen, [this] { return certificate_.context(); }),
          [this](const http::Request& request) { return review(request); },
          [this](std::string_view path, int status) { ++http_requests_[{std::string(path), status}]; }),
      status_listener_(
          io, log_, "status-listen", status_options(options_.status_listen),
          [this](const http::Request& request) { return status(request); },
          [this](std::string_view path, int status) { ++http_requests_[{std::string(path), status}]; }) {}

void Webhook::start() {
  say(model::Level::info, model::EventKind::agent, "pgd-agent",
      "starting as webhook, version " + options_.build.version + " (" + options_.build.revision + "), OpenSSL " +
          options_.build.openssl);
  asio::co_spawn(io_, keep(&Webhook::watch_certificate, "certificate"), rethrow);
  asio::co_spawn(io_, keep(&Webhook::watch_settings, "settings"), rethrow);
  listener_.start();
  status_listener_.start();
}

void Webhook::reload() {
  certificate_wanted_.now();
  settings_wanted_.now();
}

asio::awaitable<void> Webhook::keep(Loop loop, std::string name) {
  for (;;) {
    std::string why;
    try {
      co_await (this->*loop)();
    } catch (const std::exception& bug) {
      why = bug.what();
    }
    say(model::Level::error, model::EventKind::monitor, name, "unexpected error, beginning anew: " + why);
    co_await common::sleep_for(restart_after);
  }
}

asio::awaitable<void> Webhook::watch_certificate() {
  auto subscription = watch_.subscribe(options_.tls, ServingCertificate::files());
  for (;;) {
    const auto until = Steady::now() + read_certificate();
    (void)co_await (subscription.changed(until) || certificate_wanted_.wait(until));
  }
}

asio::awaitable<void> Webhook::watch_settings() {
  auto subscription = watch_.subscribe(options_.settings, injection_setting_names());
  for (;;) {
    read_settings();
    const auto until = Steady::now() + resync;
    (void)co_await (subscription.changed(until) || settings_wanted_.wait(until));
  }
}

/// Returns when to look again at the latest.
std::chrono::milliseconds Webhook::read_certificate() {
  const auto count = [&](model::ReloadResult result) {
    ++facts_.certificate_reloads[static_cast<std::size_t>(result)];
  };
  switch (certificate_.read()) {
    case ServingCertificate::Reading::unstable: return unstable_retry;
    case ServingCertificate::Reading::same: break;
    case ServingCertificate::Reading::taken: {
      count(model::ReloadResult::ok);
      const auto& leaf = *certificate_.leaf();
      facts_.certificate_not_after = leaf.not_after;
      say(model::Level::info, model::EventKind::rotation, "certificate",
          "serving " + leaf.subject + ", serial " + leaf.serial + ", until " +
              common::to_rfc3339(leaf.not_after, false));
      break;
    }
    case ServingCertificate::Reading::failed:
      count(model::ReloadResult::failed);
      say(model::Level::error, model::EventKind::secret, "certificate",
          (certificate_.context() ? "the one before stays in use: " : "none to serve: ") + certificate_.error());
      break;
  }
  return certificate_.error().empty() ? resync : failed_retry;
}

void Webhook::read_settings() {
  auto texts = read_injection_settings(options_.settings);
  if (!texts) {
    if (texts.error().message == settings_error_) return;
    settings_error_ = texts.error().message;
    return say(model::Level::error, model::EventKind::config, "settings",
               (settings_ ? "those before stay in force: " : "none to inject by: ") + settings_error_);
  }
  const bool mended = !settings_error_.empty();
  settings_error_.clear();
  if (settings_ && *texts == texts_) {
    if (mended) say(model::Level::info, model::EventKind::config, "settings", "can be read again, and are as before");
    return;
  }
  std::vector<std::string> problems;
  settings_ = inject::read_settings(*texts, problems);
  texts_ = std::move(*texts);
  say(model::Level::info, model::EventKind::config, "settings",
      std::to_string(texts_.size()) + " read from " + options_.settings);
  for (auto& problem : problems) say(model::Level::warning, model::EventKind::config, "settings", std::move(problem));
}

void Webhook::say(model::Level level, model::EventKind kind, std::string subject, std::string text) {
  log_.write({std::chrono::system_clock::now(), kind, level, std::move(subject), std::move(text), {}});
}

http::Response Webhook::review(const http::Request& request) {
  static const inject::Settings none;  // no image: nothing is injected
  return reviews_.respond(request, settings_ ? *settings_ : none);
}

model::World Webhook::judged() const {
  auto verdict = std::make_shared<model::Verdict>();
  verdict->at = std::chrono::system_clock::now();
  verdict->ready = true;
  const auto check = [&](const char* name, const std::string& trouble) {
    verdict->checks.push_back({.name = name, .gate = model::Gate::ready, .ok = trouble.empty(), .reason = trouble});
    verdict->ready = verdict->ready && trouble.empty();
  };
  check("certificate", certificate_.trouble(verdict->at));
  check("listen", draining_ ? "stopping" : listener_.trouble());
  check("settings", settings_ ? "" : "none to inject by: " + settings_error_);
  return {nullptr, std::move(verdict)};
}

http::Response Webhook::status(const http::Request& request) const {
  model::Runtime runtime;
  runtime.process = sources::process_facts();
  runtime.log_lines_dropped = log_.dropped();
  runtime.http_requests = http_requests_;
  const auto world = judged();
  return http::respond(
      http::WebhookSite{.world = world, .webhook = facts_, .runtime = runtime, .build = options_.build}, request);
}

asio::awaitable<void> Webhook::drain(std::chrono::milliseconds notice) {
  say(model::Level::info, model::EventKind::agent, "pgd-agent", "stopping");
  draining_ = true;
  listener_.send_away();
  co_await common::sleep_for(notice);
  listener_.stop();
  status_listener_.stop();
  const auto until = Steady::now() + stop_limit;
  while (listener_.connections() + status_listener_.connections() > 0 && Steady::now() < until)
    co_await common::sleep_for(5ms);
}

}  // namespace app
