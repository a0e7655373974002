#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "agent/app/compare.hpp"
#include "agent/app/hosts.hpp"
#include "agent/app/observe_once.hpp"
#include "agent/app/resolve.hpp"
#include "agent/cli/commands.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/tables.hpp"

namespace cli {
namespace {

constexpr std::size_t window = 64;

/// What each server says alone, of the names that were asked of any.
boost::asio::awaitable<void> add_servers(app::Servers& servers, model::ResolverConfig config,
                                         std::chrono::milliseconds timeout,
                                         std::vector<views::ResolvedName>& resolved) {
  std::vector<std::string> names;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < resolved.size(); ++i) {
    if (resolved[i].lookup.queries.empty()) continue;  // an address, or nothing that can be asked
    resolved[i].servers = app::only_truth(config, resolved[i].lookup, {}).servers;
    names.push_back(resolved[i].fqdn);
    places.push_back(i);
  }
  const auto rounds = static_cast<int>(names.size() / window + 1);
  const app::SweepOptions pace{window, timeout, timeout * rounds};
  const common::WallClock clock = [] { return std::chrono::system_clock::now(); };
  const std::function<void(std::size_t, model::Truth)> found = [&](std::size_t index, model::Truth truth) {
    resolved.at(places.at(index)).servers = std::move(truth.servers);
  };
  co_await app::compare(servers, config, names, pace, clock, found);
}

boost::asio::awaitable<std::vector<views::ResolvedName>> resolve_all(Resolve options, model::ResolverConfig config) {
  app::Servers servers(co_await boost::asio::this_coro::executor, config);
  std::vector<views::ResolvedName> resolved;
  const auto hosts = app::read_hosts();
  for (const auto& name : options.names) {
    if (auto itself = app::lookup_of_address(name)) {
      resolved.push_back({name, std::nullopt, *std::move(itself), {}});
      continue;
    }
    const auto deadline = std::chrono::steady_clock::now() + options.timeout;
    // On a line of its own: GCC 12 miscompiles a co_await inside a braced initialiser.
    auto lookup = co_await app::resolve(servers, config, name, deadline);
    lookup.hosts = rules::addresses_in(hosts, name);
    resolved.push_back({name, std::nullopt, std::move(lookup), {}});
  }
  co_await add_servers(servers, config, options.timeout, resolved);
  co_return resolved;
}

}  // namespace

int resolve(const Resolve& options) {
  config::Dns dns;
  dns.lookup_deadline = options.timeout;
  for (const auto& text : options.servers) {
    const auto server = model::parse_server(text);
    if (!server) return fail("resolve", "--server: " + server.error().message);
    dns.servers.push_back(*server);
  }
  const auto chosen = app::choose_resolver(dns, {});
  if (!chosen.error.empty()) return fail("resolve", chosen.error);

  boost::asio::io_context io{1};
  std::vector<views::ResolvedName> names;
  boost::asio::co_spawn(io, resolve_all(options, chosen.config),
                        [&names](const std::exception_ptr& error, std::vector<views::ResolvedName> resolved) {
                          if (error) std::rethrow_exception(error);
                          names = std::move(resolved);
                        });
  io.run();
  std::cout << (options.output == Output::json ? views::resolve_json(names) : views::resolve_table(names, colour()));
  const bool all_up = std::all_of(names.begin(), names.end(), [](const auto& name) { return name.lookup.usable(); });
  return all_up ? 0 : 1;
}

}  // namespace cli
