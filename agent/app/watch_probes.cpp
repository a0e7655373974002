#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "agent/app/monitors.hpp"
#include "agent/app/publish_probe.hpp"
#include "agent/app/run_probes.hpp"
#include "agent/rules/schedule.hpp"

namespace app {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
namespace asio = boost::asio;

constexpr auto after_rotation = 2s;  // Postgres is told to reload about as soon as we see the new files
constexpr auto spread = 30s;         // of the peers' first probes, and of those after a rotation
constexpr auto login_at_most = 1h;

/// What is known of one endpoint's probes; kept beside the observations because it is on the steady clock.
struct Plan {
  Steady::time_point due{};
  std::optional<Steady::time_point> last_login{};
};

const model::ProbeVerdict* verdict_of(const model::Verdict& verdict, const model::ProbeTarget& target) {
  for (const auto& judged : verdict.probes) {
    if (judged.of->target == target) return judged.verdict.get();
  }
  return nullptr;
}

class Plans {
 public:
  Plans(const Context& context, model::ProbeScope scope) : context_(context), scope_(scope) {
    for (const auto& probe : ours(context.store.snapshot())) {
      // Own Postgres at once; peers at their pace, and not all pods at the same moment.
      plans_[probe->target].due = Steady::now() + (scope == model::ProbeScope::self ? 0ms : within(spread));
    }
    (void)rotated();
  }

  /// Endpoints to probe now, with their addresses.
  std::vector<model::ProbeObservationRef> due(const model::Snapshot& snapshot, Steady::time_point now) {
    std::vector<model::ProbeObservationRef> list;
    for (const auto& probe : ours(snapshot)) {
      auto& plan = plans_[probe->target];
      if (has_new_address(*probe, snapshot)) plan.due = std::min(plan.due, now);
      if (plan.due <= now && looked_up(probe->target, snapshot)) list.push_back(probe);
    }
    return list;
  }

  /// After a rotation everything it may have altered is due soon.
  void note_rotation(Steady::time_point now) {
    if (!rotated()) return;
    for (auto& [target, plan] : plans_) {
      plan.last_login.reset();
      const auto soon = scope_ == model::ProbeScope::self ? after_rotation : within(spread);
      plan.due = std::min(plan.due, now + soon);
    }
  }

  model::ClientCertificate level(const model::ProbeTarget& target, Steady::time_point now) const {
    const auto asked = context_.config.probe.client_certificate;
    if (asked != model::ClientCertificate::login) return asked;
    const auto& last = plans_.at(target).last_login;
    return !last || now - *last >= login_at_most ? asked : model::ClientCertificate::handshake;
  }

  void done(const model::ProbeTarget& target, model::ClientCertificate level, Steady::time_point now) {
    auto& plan = plans_[target];
    if (level == model::ClientCertificate::login) plan.last_login = now;
    int failures = 0;
    for (const auto& probe : ours(context_.store.snapshot())) {
      if (probe->target != target) continue;
      for (const auto& address : probe->addresses) failures = std::max(failures, address.failures);
    }
    const auto* verdict = verdict_of(*context_.store.world().verdict, target);
    const auto status = verdict ? verdict->status : model::ProbeStatus::ok;
    const auto delay = rules::until_next_probe(scope_, status, failures, usual());
    plan.due = now + (scope_ == model::ProbeScope::self ? delay : rules::jittered(delay, fraction()));
  }

  /// When the next endpoint is due; those whose name was never looked up wait for news.
  Steady::time_point next(const model::Snapshot& snapshot) const {
    auto next = Steady::time_point::max();
    for (const auto& [target, plan] : plans_) {
      if (looked_up(target, snapshot)) next = std::min(next, plan.due);
    }
    return next;
  }

 private:
  std::vector<model::ProbeObservationRef> ours(const model::Snapshot& snapshot) const {
    std::vector<model::ProbeObservationRef> list;
    std::copy_if(snapshot.probes.begin(), snapshot.probes.end(), std::back_inserter(list),
                 [this](const auto& probe) { return loop_of(probe->target) == scope_; });
    return list;
  }

  /// More peers than max_peers share the pace of max_peers: each round another sample.
  std::chrono::milliseconds usual() const {
    const auto& probe = context_.config.probe;
    if (scope_ == model::ProbeScope::self) return probe.self_interval;
    const auto most = static_cast<std::size_t>(std::max(probe.max_peers, 1));
    return probe.peer_interval * static_cast<int>(std::max<std::size_t>((plans_.size() + most - 1) / most, 1));
  }

  double fraction() { return std::generate_canonical<double, 16>(random_); }
  std::chrono::milliseconds within(std::chrono::milliseconds longest) {
    const auto most = std::min(longest, usual());
    return std::chrono::milliseconds{static_cast<std::int64_t>(fraction() * static_cast<double>(most.count()))};
  }

  static bool looked_up(const model::ProbeTarget& target, const model::Snapshot& snapshot) {
    if (!target.by_name()) return true;
    return std::any_of(snapshot.names.begin(), snapshot.names.end(), [&](const auto& seen) {
      return seen->name.fqdn == target.host && (seen->last || !seen->invalid.empty());
    });
  }

  static bool has_new_address(const model::ProbeObservation& probe, const model::Snapshot& snapshot) {
    if (!probe.last_probe) return false;
    const auto now = addresses_of(probe.target, snapshot);
    return std::any_of(now.begin(), now.end(), [&](const std::string& address) {
      return std::none_of(probe.addresses.begin(), probe.addresses.end(),
                          [&](const auto& known) { return known.address == address; });
    });
  }

  /// Whether the secrets that matter here changed since last asked.
  bool rotated() {
    std::set<std::string> now;
    for (const auto& secret : context_.store.snapshot().secrets) {
      const bool matters = scope_ == model::ProbeScope::self || secret->role == model::SecretRole::client;
      if (matters && secret->bundle) now.insert(secret->bundle->content_hash);
    }
    return std::exchange(hashes_, now) != now;
  }

  const Context& context_;
  model::ProbeScope scope_;
  std::map<model::ProbeTarget, Plan> plans_;
  std::set<std::string> hashes_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace

model::ProbeScope loop_of(const model::ProbeTarget& target) {
  return target.by_name() ? model::ProbeScope::peer : model::ProbeScope::self;
}

bool is_news_for_probes(const model::Snapshot& before, const model::Snapshot& after) {
  if (before.sweeps != after.sweeps || before.secrets.size() != after.secrets.size()) return true;
  return !std::equal(before.secrets.begin(), before.secrets.end(), after.secrets.begin(),
                     [](const auto& a, const auto& b) { return a->bundle == b->bundle; });
}

asio::awaitable<void> watch_probes(ContextRef context, model::ProbeScope scope, PulseRef pulse) {
  const auto& probe = context->config.probe;
  auto& news = scope == model::ProbeScope::self ? context->news.self : context->news.peers;
  Plans plans(*context, scope);
  for (;;) {
    const auto snapshot = context->store.world().snapshot;
    plans.note_rotation(Steady::now());
    const auto due = plans.due(*snapshot, Steady::now());
    const auto identity = due.empty() ? nullptr : load_identity(context->config.secrets);
    std::vector<ProbeJob> jobs;
    std::map<model::ProbeTarget, std::vector<std::string>> addresses;
    for (const auto& one : due) {
      auto& now = addresses[one->target] = addresses_of(one->target, *snapshot);
      if (now.empty()) publish_unresolved(*context, one->target);
      auto more = probe_jobs(one->target, now, plans.level(one->target, Steady::now()), context->config, identity);
      std::move(more.begin(), more.end(), std::back_inserter(jobs));
    }
    pulse->beat(context->store.now(), probe.timeout * static_cast<int>(jobs.size()) + 60s);
    // Named, not temporaries: GCC 12 destroys a temporary closure in a co_await expression twice.
    const ProbeFound found = [&](const model::ProbeTarget& target, model::ProbeResultRef result) {
      publish_probe(*context, target, addresses.at(target), std::move(result));
    };
    const common::WallClock clock = [context] { return context->store.now(); };
    std::map<model::ProbeTarget, model::ClientCertificate> levels;
    for (const auto& job : jobs) levels[job.target] = job.question.level;
    co_await run_probes(std::move(jobs), probe.concurrency, clock, found);
    for (const auto& one : due) plans.done(one->target, levels[one->target], Steady::now());
    const auto next = plans.next(context->store.snapshot());
    // Without any name looked up yet there is nothing to do but wait for news, and the names' own monitor is watched.
    const auto pause = next == Steady::time_point::max() ? Steady::duration{24h} : next - Steady::now();
    pulse->beat(context->store.now(), pause + 60s);
    co_await news.wait(next);
  }
}

}  // namespace app
