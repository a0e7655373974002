#include "agent/app/agent.hpp"

#include <algorithm>
#include "agent/app/adopt.hpp"
#include "agent/app/monitors.hpp"
#include "agent/sources/process.hpp"
#include "common/deadline.hpp"

namespace app {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto epoch_end_limit = 1s;
constexpr auto drain_limit = 400ms;
constexpr auto listen_retry = 5s;

/// A configuration file's directory and name, for the watch.
std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

/// Keys that are read and kept, but that nothing acts on yet: said, so that nobody counts on them.
std::vector<std::string> without_effect(const config::Config& config) {
  if (!config.metrics_listen) return {};
  return {"metrics_listen: this version serves /metrics on listen alone"};
}

common::WallTime wall_now() { return std::chrono::system_clock::now(); }

}  // namespace

Agent::Agent(asio::io_context& io, RunOptions options)
    : io_(io),
      options_(std::move(options)),
      news_(io.get_executor()),
      store_(io.get_executor(), wall_now,
             [this](const model::World& before, const model::World& after, const Store::Events& events) {
               for (const auto& event : events) log_.write(*event);
               if (is_news_for_probes(*before.snapshot, *after.snapshot)) news_.now();
             }),
      watch_(io.get_executor()),
      settings_(options_.config_path, options_.environment),
      root_(io.get_executor(), store_),
      listen_retry_(io),
      reload_(io, Steady::time_point::max()) {
  store_.change([&](model::Snapshot& snapshot) { snapshot.config.path = options_.config_path; });
}

void Agent::start() {
  log_.write({store_.now(),
              model::EventKind::agent,
              model::Level::info,
              "pgd-agent",
              "starting, version " + options_.build.version + " (" + options_.build.revision + "), OpenSSL " +
                  options_.build.openssl + ", c-ares " + options_.build.cares,
              {{"version", options_.build.version}, {"revision", options_.build.revision}}});
  root_.start(model::Monitor::config, [this](PulseRef pulse) { return watch_configuration(std::move(pulse)); });
}

void Agent::reload() {
  reload_wanted_ = true;
  reload_.cancel();
}

asio::awaitable<void> Agent::watch_configuration(PulseRef pulse) {
  using namespace asio::experimental::awaitable_operators;
  const auto [directory, name] = split(options_.config_path);
  auto subscription = watch_.subscribe(directory, {name});
  std::string manifest_path;
  std::optional<sources::DirectoryWatch::Subscription> manifest;
  for (;;) {
    pulse->beat(store_.now(), 2 * config_.resync + 30s);
    reload_wanted_ = false;
    co_await read_configuration();
    // Probes must be answered whatever the configuration is: until a good one says where, by the default.
    if (!server_ && !listening_) listen();
    if (settings_.manifest_path() != manifest_path) {
      manifest_path = settings_.manifest_path();
      manifest.reset();
      if (!manifest_path.empty()) {
        const auto place = split(manifest_path);
        manifest.emplace(watch_.subscribe(place.first, {place.second}));
        continue;  // what changed between reading and watching
      }
    }
    if (reload_wanted_) continue;
    const auto until = Steady::now() + config_.resync;
    if (manifest) {
      (void)co_await (subscription.changed(until) || manifest->changed(until) ||
                      reload_.async_wait(asio::as_tuple(asio::use_awaitable)));
    } else {
      (void)co_await (subscription.changed(until) || reload_.async_wait(asio::as_tuple(asio::use_awaitable)));
    }
  }
}

asio::awaitable<void> Agent::read_configuration() {
  auto reading = settings_.read();
  const auto& before = store_.snapshot().config;
  const bool fresh = reading.config && (!before.loaded || reading.hash != before.hash);
  if (fresh) co_await begin_epoch(std::move(*reading.config), reading.hash);
  if (store_.snapshot().config.error != reading.error) {
    store_.change([&](model::Snapshot& snapshot) {
      snapshot.config.error = reading.error;
      if (reading.error.empty()) snapshot.config.last_success = store_.now();
    });
  }
}

asio::awaitable<void> Agent::begin_epoch(config::Config config, const std::string& hash) {
  if (epoch_) co_await epoch_->stop(epoch_end_limit);
  epoch_.reset();
  const bool first = !store_.snapshot().config.loaded;
  const auto http_before = config_.http;
  config_ = std::move(config);
  log_.apply(config_.log);
  const auto policy = config::policy(config_);
  store_.change(policy, [&](model::Snapshot& snapshot) {
    adopt(snapshot, config_, hash, store_.now());
    snapshot.of(model::Monitor::secrets).running = false;
    snapshot.of(model::Monitor::dns).running = false;
    snapshot.of(model::Monitor::probes).running = false;
  });

  for (const auto& what : without_effect(config_)) {
    log_.write({store_.now(), model::EventKind::config, model::Level::warning, options_.config_path, what, {}});
  }

  const auto questions =
      std::make_shared<rules::QueryCeiling>(static_cast<std::uint64_t>(config_.dns.max_queries_per_minute));
  const auto context =
      std::make_shared<const Context>(Context{store_, log_, watch_, news_, config_, policy, questions});
  epoch_ = std::make_unique<Supervisor>(io_.get_executor(), store_);
  const auto snapshot = store_.world().snapshot;  // starting a loop changes the store's
  for (const auto& place : secret_places(config_.secrets)) {
    epoch_->start(model::Monitor::secrets,
                  [context, place](PulseRef pulse) { return watch_secret(context, place, std::move(pulse)); });
  }
  if (!snapshot->names.empty()) {
    epoch_->start(model::Monitor::dns, [context](PulseRef pulse) { return watch_names(context, std::move(pulse)); });
    epoch_->start(model::Monitor::dns, [context](PulseRef pulse) { return watch_servers(context, std::move(pulse)); });
  }
  for (const auto scope : model::all_probe_scopes) {
    const bool any = std::any_of(snapshot->probes.begin(), snapshot->probes.end(),
                                 [&](const auto& probe) { return loop_of(probe->target) == scope; });
    if (!any) continue;
    epoch_->start(model::Monitor::probes,
                  [context, scope](PulseRef pulse) { return watch_probes(context, scope, std::move(pulse)); });
  }

  const bool moved = listening_ && *listening_ != config_.listen;
  if (moved && !first) {
    log_.write({store_.now(),
                model::EventKind::config,
                model::Level::warning,
                "listen",
                "listening stays on " + config::to_text(*listening_) + ": listen = \"" +
                    config::to_text(config_.listen) + "\" takes effect at the next start",
                {}});
  } else if (!listening_ || moved || config_.http != http_before) {
    listen();
  }
}

void Agent::listen() {
  if (draining_) return;
  // A free port chosen by the system is kept when only limits changed.
  const auto endpoint = listening_ && config_.listen.port == 0 ? *listening_ : config_.listen;
  if (server_) server_->stop();
  server_ = std::make_unique<http::Server>(
      io_,
      http::Server::Options{.address = endpoint.address,
                            .port = endpoint.port,
                            .max_connections = static_cast<std::size_t>(config_.http.max_connections),
                            .request_timeout = config_.http.request_timeout,
                            .idle_timeout = config_.http.idle_timeout},
      [this](const http::Request& request) { return respond(request); },
      [this](std::string_view path, int status) { ++http_requests_[{std::string(path), status}]; });
  const auto port = server_->listen();
  if (port) {
    listening_ = config::Endpoint{endpoint.address, *port};
    listen_error_.clear();
    log_.write({store_.now(),
                model::EventKind::agent,
                model::Level::info,
                "listen",
                "listening on " + config::to_text(*listening_),
                {{"port", std::to_string(*port)}}});
    return;
  }
  server_.reset();
  if (port.error().message != listen_error_) {
    listen_error_ = port.error().message;
    log_.write({store_.now(),
                model::EventKind::agent,
                model::Level::error,
                "listen",
                "can't listen, trying again every 5 s: " + listen_error_,
                {}});
  }
  listen_retry_.expires_after(listen_retry);
  listen_retry_.async_wait([this](boost::system::error_code aborted) {
    if (!aborted) listen();
  });
}

http::Response Agent::respond(const http::Request& request) {
  const auto fresh = runtime();
  return http::respond({.world = store_.world(),
                        .runtime = fresh,
                        .build = options_.build,
                        .now = store_.now(),
                        .status_for_all = config_.status_access == config::StatusAccess::any,
                        .cache = cache_},
                       request);
}

model::Runtime Agent::runtime() const {
  model::Runtime now;
  now.process = sources::process_facts();
  now.log_lines_dropped = log_.dropped();
  now.http_requests = http_requests_;
  for (const auto monitor : model::all_monitors) {
    auto& beat = now.heartbeats[static_cast<std::size_t>(monitor)];
    beat = root_.last_run(monitor);
    if (!beat && epoch_) beat = epoch_->last_run(monitor);
  }
  now.heartbeats[static_cast<std::size_t>(model::Monitor::judge)] = store_.world().verdict->at;
  return now;
}

asio::awaitable<void> Agent::drain() {
  draining_ = true;
  log_.write({store_.now(), model::EventKind::agent, model::Level::info, "pgd-agent", "stopping", {}});
  listen_retry_.cancel();
  if (server_) server_->stop();
  const auto until = Steady::now() + drain_limit;
  co_await root_.stop(drain_limit);
  if (epoch_) co_await epoch_->stop(std::max<Steady::duration>(until - Steady::now(), 0ms));
  while (server_ && server_->connections() > 0 && Steady::now() < until) co_await common::sleep_for(5ms);
}

}  // namespace app
