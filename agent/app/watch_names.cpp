#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <random>
#include <set>

#include "agent/app/due_names.hpp"
#include "agent/app/monitors.hpp"
#include "agent/app/observe_once.hpp"
#include "agent/app/sweep.hpp"
#include "agent/rules/observe.hpp"
#include "agent/rules/schedule.hpp"
#include "common/deadline.hpp"

namespace app {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
namespace asio = boost::asio;

struct Found {
  std::string fqdn;
  model::Lookup lookup;
};

/// Gathers what a sweep finds and publishes it once per loop turn: a change copies the snapshot and judges it.
class Findings : public std::enable_shared_from_this<Findings> {
 public:
  Findings(asio::any_io_executor executor, ContextRef context)
      : executor_(std::move(executor)), context_(std::move(context)) {}

  void add(Found found) {
    pending_.push_back(std::move(found));
    post();
  }

  /// How the servers answer has changed.
  void add(std::vector<model::DnsServerState> servers) {
    servers_ = std::move(servers);
    post();
  }

  void publish() {
    posted_ = false;
    if (pending_.empty() && !servers_) return;
    const auto found = std::exchange(pending_, {});
    const auto servers = std::exchange(servers_, std::nullopt);
    const auto now = context_->store.now();
    context_->store.change([&](model::Snapshot& snapshot) {
      if (servers) snapshot.dns_servers = *servers;
      auto counters = std::make_shared<model::Counters>(*snapshot.counters);
      for (const auto& one : found) apply(snapshot, *counters, one, now);
      snapshot.counters = std::move(counters);
    });
  }

 private:
  void post() {
    if (std::exchange(posted_, true)) return;
    asio::post(executor_, [self = shared_from_this()] { self->publish(); });
  }
  void apply(model::Snapshot& snapshot, model::Counters& counters, const Found& found, common::WallTime now) const {
    const auto at = std::lower_bound(snapshot.names.begin(), snapshot.names.end(), found.fqdn,
                                     [](const auto& seen, const std::string& fqdn) { return seen->name.fqdn < fqdn; });
    if (at == snapshot.names.end() || (*at)->name.fqdn != found.fqdn) return;  // left the configuration meanwhile
    rules::count(counters, (*at)->name.role, found.lookup);
    *at =
        std::make_shared<const model::NameObservation>(rules::observe(**at, found.lookup, context_->policy.names, now));
  }

  asio::any_io_executor executor_;
  ContextRef context_;
  std::vector<Found> pending_;
  std::optional<std::vector<model::DnsServerState>> servers_;
  bool posted_ = false;
};

/// The servers to ask now: configured, or what resolv.conf says at this moment. Unreadable: the last ones stay.
model::ResolverConfig resolver(const Context& context) {
  const auto known = context.store.snapshot().resolver;
  auto choice = choose_resolver(context.config.dns, known ? *known : model::ResolverConfig{});
  if (!known || *known != choice.config || context.store.snapshot().resolver_error != choice.error) {
    context.store.change([&](model::Snapshot& snapshot) {
      snapshot.resolver = std::make_shared<const model::ResolverConfig>(choice.config);
      snapshot.resolver_error = choice.error;
    });
  }
  return std::move(choice.config);
}

void count_rebuild(Store& store, model::RebuildReason reason) {
  store.change([&](model::Snapshot& snapshot) {
    auto counters = std::make_shared<model::Counters>(*snapshot.counters);
    ++counters->resolver_rebuilds[static_cast<std::size_t>(reason)];
    snapshot.counters = std::move(counters);
  });
}

/// Completes at `until`, or sooner when the resolver is to be another one than `in_use`; publishes it then.
asio::awaitable<void> resolver_changed(ContextRef context, sources::DirectoryWatch::Subscription& file,
                                       model::ResolverConfig in_use, common::SteadyTime until) {
  while (resolver(*context) == in_use && Steady::now() < until) co_await file.changed(until);
}

/// A sweep that ends early when the resolver changes: what it has not reported by then is to be asked of the new
/// servers. How many names the ceiling kept from being asked; nothing where it ended early.
asio::awaitable<std::optional<std::size_t>> sweep_while_unchanged(
    ContextRef context, Servers& servers, model::ResolverConfig config, sources::DirectoryWatch::Subscription& file,
    std::vector<std::string> names, std::function<void(std::size_t, model::Lookup)> found) {
  const auto executor = co_await asio::this_coro::executor;
  const auto& dns = context->config.dns;
  const SweepOptions options{static_cast<std::size_t>(dns.window), dns.lookup_deadline, dns.sweep_deadline};
  auto sweeping =
      asio::co_spawn(executor, sweep(servers, config, std::move(names), options, std::move(found)), asio::deferred);
  auto watching = asio::co_spawn(
      executor, resolver_changed(context, file, config, Steady::now() + dns.sweep_deadline + 60s), asio::deferred);
  auto both = asio::experimental::make_parallel_group(std::move(sweeping), std::move(watching));
  const auto [order, failed, put_off, blind] =
      co_await both.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (order[0] == 0 && failed) std::rethrow_exception(failed);
  if (order[0] == 1 && blind) std::rethrow_exception(blind);
  if (order[0] == 1) co_return std::nullopt;
  co_return put_off;
}

/// For a question whose answer only tells that a server is there again: a name that is asked now, or one that exists.
std::string any_name(const std::vector<std::string>& asked, const model::Snapshot& snapshot) {
  if (!asked.empty()) return asked.front();
  for (const auto& seen : snapshot.names) {
    if (seen->up) return seen->name.fqdn;
  }
  return "";
}

/// A sweep has ended, or was cut short (`put_off` is nothing then): what it adds up to.
void publish_sweep(Store& store, const Servers& servers, std::optional<std::size_t> put_off, std::uint64_t questions) {
  store.change([&](model::Snapshot& snapshot) {
    if (put_off) ++snapshot.sweeps;
    snapshot.dns_servers = servers.states();
    auto counters = std::make_shared<model::Counters>(*snapshot.counters);
    counters->dns_queries += questions;
    counters->dns_lookups_deferred += put_off.value_or(0);
    snapshot.counters = std::move(counters);
  });
}

}  // namespace

asio::awaitable<void> watch_names(ContextRef context, PulseRef pulse) {
  const auto executor = co_await asio::this_coro::executor;
  const auto& dns = context->config.dns;
  auto file = context->watch.subscribe("/etc", {"resolv.conf"});
  auto config = resolver(*context);
  Servers servers(executor, config,
                  [&store = context->store](const model::DnsServerAddress&, model::RebuildReason reason) {
                    count_rebuild(store, reason);
                  });
  servers.limit(context->questions);
  const auto findings = std::make_shared<Findings>(executor, context);
  servers.on_revision([&servers, findings] { findings->add(servers.states()); });
  DueNames due({dns.interval, dns.interval_max, dns.down_after});
  std::minstd_rand random{std::random_device{}()};
  std::uint64_t counted = 0;
  for (;;) {
    pulse->beat(context->store.now(), 2 * dns.interval + dns.sweep_deadline + 60s);
    const auto names = due.names(context->store.snapshot(), Steady::now());
    if (const auto name = any_name(names, context->store.snapshot()); !name.empty()) servers.look_after(name);
    std::set<std::string> answered;
    // Named, not a temporary: GCC 12 destroys a temporary closure in a co_await expression twice.
    const std::function<void(std::size_t, model::Lookup)> found = [&](std::size_t index, model::Lookup lookup) {
      answered.insert(names.at(index));
      findings->add({names.at(index), std::move(lookup)});
    };
    const auto begun = Steady::now();
    const auto put_off = co_await sweep_while_unchanged(context, servers, config, file, names, found);
    findings->publish();
    publish_sweep(context->store, servers, put_off, servers.questions() - std::exchange(counted, servers.questions()));
    const auto now = Steady::now();
    due.plan(context->store.snapshot(), answered, names, begun, now);
    const double fraction = std::generate_canonical<double, 16>(random);
    const auto wake = due.next(begun + rules::jittered(dns.interval, fraction), now);
    co_await resolver_changed(context, file, config, wake);
    if (auto chosen = resolver(*context); chosen != config) {
      config = std::move(chosen);
      servers.update(config);
      due.forget();
    }
  }
}

}  // namespace app
