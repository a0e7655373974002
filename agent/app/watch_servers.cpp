#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "agent/app/compare.hpp"
#include "agent/app/monitors.hpp"
#include "agent/rules/comparison.hpp"

namespace app {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
namespace asio = boost::asio;

struct Compared {
  std::string fqdn;
  model::Truth truth;
};

/// Two questions a name and server: a quarter of what all names may ask in a minute, in each round.
std::size_t most_names(const config::Dns& dns, std::size_t servers) {
  return std::max<std::size_t>(
      static_cast<std::size_t>(dns.max_queries_per_minute) / (8 * std::max<std::size_t>(servers, 1)), 1);
}

void publish(const Context& context, std::vector<Compared> all, bool asked) {
  if (all.empty()) return;
  context.store.change([&](model::Snapshot& snapshot) {
    auto counters = std::make_shared<model::Counters>(*snapshot.counters);
    for (auto& one : all) {
      for (const auto& row : one.truth.servers) {
        if (asked) counters->dns_queries += row.lookup.queries.size();
      }
      const auto at =
          std::lower_bound(snapshot.names.begin(), snapshot.names.end(), one.fqdn,
                           [](const auto& seen, const std::string& fqdn) { return seen->name.fqdn < fqdn; });
      if (at == snapshot.names.end() || (*at)->name.fqdn != one.fqdn) continue;  // left the configuration meanwhile
      auto seen = **at;
      seen.truth = std::make_shared<const model::Truth>(std::move(one.truth));
      *at = std::make_shared<const model::NameObservation>(std::move(seen));
    }
    snapshot.counters = std::move(counters);
  });
}

}  // namespace

asio::awaitable<void> watch_servers(ContextRef context, PulseRef pulse) {
  const auto executor = co_await asio::this_coro::executor;
  const auto& dns = context->config.dns;
  const SweepOptions options{static_cast<std::size_t>(dns.window), dns.lookup_deadline, dns.sweep_deadline};
  const common::WallClock clock = [context] { return context->store.now(); };
  for (;;) {
    pulse->beat(context->store.now(), 3 * dns.interval + dns.sweep_deadline + 60s);
    const auto snapshot = context->store.world().snapshot;
    const auto resolver = snapshot->resolver;
    const auto servers_listed = resolver ? resolver->servers.size() : 0;
    const rules::ComparePace pace{dns.compare_interval, dns.interval, most_names(dns, servers_listed)};
    const auto names = rules::names_to_compare(snapshot->names, context->store.now(), pace);
    std::vector<Compared> compared;
    if (servers_listed > 1 && !names.empty()) {
      Servers servers(executor, *resolver);
      servers.limit(context->questions);
      const std::function<void(std::size_t, model::Truth)> found = [&](std::size_t index, model::Truth truth) {
        compared.push_back({names.at(index), std::move(truth)});
      };
      co_await compare(servers, *resolver, names, options, clock, found);
    } else if (servers_listed == 1) {
      for (const auto& seen : snapshot->names) {
        if (seen->last && std::find(names.begin(), names.end(), seen->name.fqdn) != names.end())
          compared.push_back({seen->name.fqdn, only_truth(*resolver, *seen->last, seen->last_lookup)});
      }
    }
    publish(*context, std::move(compared), servers_listed > 1);
    co_await context->news.servers.wait(Steady::now() + 3 * dns.interval);
  }
}

}  // namespace app
