#include <algorithm>
#include <boost/asio/post.hpp>
#include <map>
#include <random>

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
    if (posted_) return;
    posted_ = true;
    asio::post(executor_, [self = shared_from_this()] { self->publish(); });
  }

  void publish() {
    posted_ = false;
    if (pending_.empty()) return;
    const auto found = std::exchange(pending_, {});
    const auto now = context_->store.now();
    context_->store.change([&](model::Snapshot& snapshot) {
      auto counters = std::make_shared<model::Counters>(*snapshot.counters);
      for (const auto& one : found) apply(snapshot, *counters, one, now);
      snapshot.counters = std::move(counters);
    });
  }

 private:
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

/// When each name is due; kept beside the observations because it is on the steady clock.
class Due {
 public:
  explicit Due(rules::LookupInterval interval) : interval_(interval) {}

  /// Names of this round: those due before half an interval has passed, so that all share one wake-up.
  /// The longest unseen come first: a sweep that meets its deadline must not leave out the same ones each time.
  std::vector<std::string> names(const model::Snapshot& snapshot, Steady::time_point now) const {
    std::vector<std::pair<common::WallTime, std::string>> due;
    for (const auto& seen : snapshot.names) {
      if (!seen->invalid.empty()) continue;
      const auto at = at_.find(seen->name.fqdn);
      if (at == at_.end() || at->second <= now + interval_.usual / 2)
        due.emplace_back(seen->last_lookup, seen->name.fqdn);
    }
    std::sort(due.begin(), due.end());
    std::vector<std::string> ordered;
    for (auto& entry : due) ordered.push_back(std::move(entry.second));
    return ordered;
  }
  void plan(const model::Snapshot& snapshot, std::vector<std::string> asked, Steady::time_point now) {
    std::sort(asked.begin(), asked.end());
    auto next = asked.begin();
    for (const auto& seen : snapshot.names) {
      while (next != asked.end() && *next < seen->name.fqdn) ++next;
      if (next != asked.end() && *next == seen->name.fqdn)
        at_[seen->name.fqdn] = now + rules::until_next_lookup(*seen, interval_);
    }
  }

 private:
  rules::LookupInterval interval_;
  std::map<std::string, Steady::time_point> at_;
};

void count_rebuild(Store& store, model::RebuildReason reason) {
  store.change([&](model::Snapshot& snapshot) {
    auto counters = std::make_shared<model::Counters>(*snapshot.counters);
    ++counters->resolver_rebuilds[static_cast<std::size_t>(reason)];
    snapshot.counters = std::move(counters);
  });
}

}  // namespace

asio::awaitable<void> watch_names(ContextRef context, PulseRef pulse) {
  const auto executor = co_await asio::this_coro::executor;
  const auto& dns = context->config.dns;
  const SweepOptions options{static_cast<std::size_t>(dns.window), dns.lookup_deadline, dns.sweep_deadline};
  Servers servers(executor, resolver(*context),
                  [&store = context->store](const model::DnsServerAddress&, model::RebuildReason reason) {
                    count_rebuild(store, reason);
                  });
  Due due({dns.interval, dns.interval_max, dns.down_after});
  const auto findings = std::make_shared<Findings>(executor, context);
  std::minstd_rand random{std::random_device{}()};
  for (;;) {
    pulse->beat(context->store.now(), 2 * dns.interval + dns.sweep_deadline + 60s);
    const auto config = resolver(*context);
    servers.update(config);
    const auto names = due.names(context->store.snapshot(), Steady::now());
    // Named, not a temporary: GCC 12 destroys a temporary closure in a co_await expression twice.
    const std::function<void(std::size_t, model::Lookup)> found = [&names, findings](std::size_t index,
                                                                                     model::Lookup lookup) {
      findings->add({names.at(index), std::move(lookup)});
    };
    co_await sweep(servers, config, names, options, found);
    findings->publish();
    context->store.change([](model::Snapshot& snapshot) { ++snapshot.sweeps; });
    due.plan(context->store.snapshot(), names, Steady::now());
    const double fraction = std::generate_canonical<double, 16>(random);
    co_await common::sleep_for(rules::jittered(dns.interval, fraction));
  }
}

}  // namespace app
