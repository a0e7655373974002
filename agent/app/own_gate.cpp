#include "agent/app/own_gate.hpp"

#include <algorithm>

#include "agent/app/adopt.hpp"
#include "agent/app/monitors.hpp"

namespace app {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr auto resync = 1s;  // Postgres waits for what changes
constexpr auto stop_limit = 400ms;

common::WallTime wall_now() { return std::chrono::system_clock::now(); }

/// What the gate does not ask about is not looked at. Postgres does not run yet: what it serves is no condition.
config::Config narrowed(config::Config config) {
  config.resync = std::min<config::Duration>(config.resync, resync);
  config.secrets.written.clear();
  config.probe.self.clear();
  config.probe.peer_roles.clear();
  std::erase_if(config.gates.ready_checks, [](model::ReadyCheck check) {
    return check == model::ReadyCheck::served || check == model::ReadyCheck::drift;
  });
  return config;
}

bool asks_for(const config::Gates& gates, model::Gate gate, bool own_names) {
  if (gate == model::Gate::startup) {
    return gates.startup_names == (own_names ? model::StartupNames::own : model::StartupNames::peers);
  }
  const auto check = own_names ? model::ReadyCheck::names_own : model::ReadyCheck::names_peers;
  return std::find(gates.ready_checks.begin(), gates.ready_checks.end(), check) != gates.ready_checks.end();
}

}  // namespace

OwnGate::OwnGate(asio::io_context& io, std::string config_path, config::Environment environment, model::Gate gate,
                 Log& log)
    : io_(io),
      gate_(gate),
      log_(log),
      news_(io.get_executor()),
      changed_(io.get_executor()),
      store_(io.get_executor(), wall_now,
             [this](const model::World&, const model::World&, const Store::Events&) { changed_.now(); }),
      watch_(io.get_executor()),
      config_path_(std::move(config_path)),
      settings_(config_path_, std::move(environment)),
      root_(io.get_executor(), store_) {}

void OwnGate::start() {
  // Without a configuration there is no gate that could be released: whoever waits has bounds of its own.
  model::Policy unbounded;
  unbounded.gates.startup_max_wait = 0ms;
  store_.change(unbounded, [&](model::Snapshot& snapshot) { snapshot.config.path = config_path_; });
  root_.start(model::Monitor::config, [this](PulseRef pulse) { return watch_configuration(std::move(pulse)); });
}

asio::awaitable<GateSaid> OwnGate::next(common::SteadyTime until) {
  co_await changed_.wait(std::min(until, Steady::now() + resync));
  const auto& config = store_.snapshot().config;
  if (!config.loaded) {
    const auto first = config.error.substr(0, config.error.find('\n'));
    co_return common::Error{first.empty() ? config_path_ + ": not read yet" : first};
  }
  co_return views::gate_report(store_.world(), gate_);
}

asio::awaitable<void> OwnGate::stop() {
  co_await root_.stop(stop_limit);
  if (epoch_) co_await epoch_->stop(stop_limit);
}

asio::awaitable<void> OwnGate::watch_configuration(PulseRef pulse) {
  const auto slash = config_path_.rfind('/');
  const auto directory = slash == std::string::npos ? "." : slash == 0 ? "/" : config_path_.substr(0, slash);
  auto subscription = watch_.subscribe(directory, {config_path_.substr(slash + 1)});
  for (;;) {
    pulse->beat(store_.now(), 30s);
    auto reading = settings_.read();
    const auto before = store_.snapshot().config;
    if (reading.config && (!before.loaded || reading.hash != before.hash)) {
      co_await begin_epoch(std::move(*reading.config), reading.hash);
    }
    if (store_.snapshot().config.error != reading.error) {
      store_.change([&](model::Snapshot& snapshot) { snapshot.config.error = reading.error; });
    }
    co_await subscription.changed(Steady::now() + resync);
  }
}

asio::awaitable<void> OwnGate::begin_epoch(config::Config as_written, const std::string& hash) {
  if (epoch_) co_await epoch_->stop(stop_limit);
  epoch_.reset();
  const auto config = narrowed(std::move(as_written));
  log_.apply(config.log);
  const auto policy = config::policy(config);
  store_.change(policy, [&](model::Snapshot& snapshot) {
    adopt(snapshot, config, hash, store_.now());
    std::erase_if(snapshot.names, [&](const auto& seen) {
      return seen->name.role == model::NameRole::extra || !asks_for(config.gates, gate_, seen->name.own);
    });
  });
  const auto questions =
      std::make_shared<rules::QueryCeiling>(static_cast<std::uint64_t>(config.dns.max_queries_per_minute));
  const auto context = std::make_shared<const Context>(Context{store_, log_, watch_, news_, config, policy, questions});
  epoch_ = std::make_unique<Supervisor>(io_.get_executor(), store_);
  for (const auto& place : secret_places(config.secrets)) {
    epoch_->start(model::Monitor::secrets,
                  [context, place](PulseRef pulse) { return watch_secret(context, place, std::move(pulse)); });
  }
  if (!store_.snapshot().names.empty()) {
    epoch_->start(model::Monitor::dns, [context](PulseRef pulse) { return watch_names(context, std::move(pulse)); });
  }
}

}  // namespace app
