#include "agent/app/compare.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <optional>
#include <utility>

namespace app {
namespace {

namespace asio = boost::asio;

/// What came of each name so far: a place for each server.
struct Table {
  std::vector<std::vector<std::optional<model::Lookup>>> rows;
  std::vector<std::size_t> filled;
  std::vector<std::string> servers;

  [[nodiscard]] bool complete(std::size_t name) const { return filled[name] == servers.size(); }
  model::Truth take(std::size_t name, common::WallTime now) {
    model::Truth truth{now, {}};
    for (std::size_t i = 0; i < servers.size(); ++i) {
      if (rows[name][i]) truth.servers.push_back({servers[i], std::move(*rows[name][i])});
    }
    filled[name] = 0;
    return truth;
  }
};

model::ResolverConfig alone(const model::ResolverConfig& config, std::size_t server) {
  auto one = config;
  one.servers = {config.servers[server]};
  one.rotate = false;
  return one;
}

}  // namespace

asio::awaitable<void> compare(Servers& servers, model::ResolverConfig config, std::vector<std::string> names,
                              SweepOptions options, common::WallClock clock,
                              std::function<void(std::size_t, model::Truth)> found) {
  const auto count = config.servers.size();
  if (count < 2 || names.empty()) co_return;
  Table table{{}, std::vector<std::size_t>(names.size()), {}};
  table.rows.resize(names.size(), std::vector<std::optional<model::Lookup>>(count));
  std::vector<model::ResolverConfig> configs;
  for (std::size_t i = 0; i < count; ++i) {
    table.servers.push_back(to_text(config.servers[i]));
    configs.push_back(alone(config, i));
  }
  const auto executor = co_await asio::this_coro::executor;
  using Sweep = decltype(asio::co_spawn(executor, sweep(servers, configs[0], names, options, {}), asio::deferred));
  std::vector<Sweep> sweeps;
  for (std::size_t i = 0; i < count; ++i) {
    std::function<void(std::size_t, model::Lookup)> row = [&, i](std::size_t name, model::Lookup lookup) {
      table.rows[name][i] = std::move(lookup);
      ++table.filled[name];
      if (table.complete(name)) found(name, table.take(name, clock()));
    };
    sweeps.push_back(
        asio::co_spawn(executor, sweep(servers, configs[i], names, options, std::move(row)), asio::deferred));
  }
  auto group = asio::experimental::make_parallel_group(std::move(sweeps));
  const auto [order, errors, put_off] =
      co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);  // what the sweeps threw is no news
  }
  for (const auto& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  for (std::size_t name = 0; name < names.size(); ++name) {
    if (table.filled[name] > 0) found(name, table.take(name, clock()));
  }
}

model::Truth only_truth(const model::ResolverConfig& config, const model::Lookup& lookup, common::WallTime now) {
  if (config.servers.size() != 1) return {now, {}};
  return {now, {{to_text(config.servers.front()), lookup}}};
}

}  // namespace app
