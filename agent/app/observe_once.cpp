#include "agent/app/observe_once.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "agent/app/adopt.hpp"
#include "agent/app/compare.hpp"
#include "agent/app/probe_targets.hpp"
#include "agent/app/run_probes.hpp"
#include "agent/app/secret_places.hpp"
#include "agent/app/sweep.hpp"
#include "agent/rules/judge.hpp"
#include "agent/rules/observe.hpp"
#include "agent/rules/resolv_conf.hpp"
#include "common/deadline.hpp"
#include "common/files.hpp"

namespace app {
namespace {

constexpr auto resolv_conf = "/etc/resolv.conf";

void read_secrets(model::Snapshot& snapshot, const config::Secrets& secrets, common::WallTime now) {
  for (const auto& place : secret_places(secrets)) {
    for (auto& seen : snapshot.secrets) {
      if (seen->role != place.role || seen->source != place.source) continue;
      auto next = rules::observe(*seen, read_bundle(place), model::DetectedBy::poll, now);
      next.watch_active = true;  // nothing is watched here, so nothing is degraded
      seen = std::make_shared<const model::SecretObservation>(std::move(next));
    }
  }
}

/// One probe of every endpoint: of peers at most max_peers. A failure counts at once, there is no second look.
boost::asio::awaitable<void> probe_all(std::shared_ptr<model::Snapshot> snapshot, const config::Config& config,
                                       common::WallTime now) {
  const auto identity = load_identity(config.secrets);
  std::vector<ProbeJob> jobs;
  std::map<model::ProbeTarget, std::vector<std::string>> addresses;
  std::map<model::ProbeTarget, std::vector<model::ProbeResultRef>> results;
  int peers = 0;
  for (const auto& probe : snapshot->probes) {
    const auto& target = probe->target;
    if (target.scope == model::ProbeScope::peer && ++peers > config.probe.max_peers) continue;
    auto more = probe_jobs(target, addresses[target] = addresses_of(target, *snapshot), config.probe.client_certificate,
                           config, identity);
    std::move(more.begin(), more.end(), std::back_inserter(jobs));
  }
  const ProbeFound found = [&](const model::ProbeTarget& target, model::ProbeResultRef result) {
    results[target].push_back(std::move(result));
  };
  const common::WallClock clock = [now] { return now; };
  co_await run_probes(std::move(jobs), config.probe.concurrency, clock, found);
  for (auto& probe : snapshot->probes) {
    const auto& known = addresses.find(probe->target);
    if (known == addresses.end()) continue;
    auto next = rules::observe(*probe, known->second, results[probe->target], now);
    for (auto& address : next.addresses) {
      if (address.failures > 0) address.failures = model::probe_failures_to_report;
    }
    probe = std::make_shared<const model::ProbeObservation>(std::move(next));
  }
}

void know(model::Snapshot& snapshot, std::size_t place, model::Truth truth) {
  auto seen = *snapshot.names[place];
  seen.truth = std::make_shared<const model::Truth>(std::move(truth));
  snapshot.names[place] = std::make_shared<const model::NameObservation>(std::move(seen));
}

std::string host_name() {
  std::array<char, 256> name{};  // HOST_NAME_MAX is 64
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

ResolverChoice choose_resolver(const config::Dns& dns, const model::ResolverConfig& fallback) {
  ResolverChoice choice{fallback, ""};
  const auto file = common::read_file_at(AT_FDCWD, resolv_conf, std::size_t{1} << 20);
  if (file) {
    choice.config = rules::parse_resolv_conf(file->bytes, host_name(), {dns.query_timeout, dns.attempts});
  } else if (dns.servers.empty()) {
    choice.error = std::string(resolv_conf) + " can't be read: " + file.error().message;
  }
  if (!file || !dns.servers.empty()) {
    choice.config.timeout = dns.query_timeout;
    choice.config.attempts = dns.attempts;
  }
  if (!dns.servers.empty()) choice.config.servers = dns.servers;
  const auto servers = static_cast<int>(std::max<std::size_t>(choice.config.servers.size(), 1));
  const auto longest = std::max<std::chrono::milliseconds>(dns.query_timeout, dns.lookup_deadline / servers);
  choice.config.timeout = std::min(choice.config.timeout, longest);
  return choice;
}

boost::asio::awaitable<model::World> observe_once(config::Config config, common::WallTime now, common::WallTime at) {
  auto snapshot = std::make_shared<model::Snapshot>();
  snapshot->started_at = now;
  adopt(*snapshot, config, "", now);
  read_secrets(*snapshot, config.secrets, now);

  auto policy = config::policy(config);
  policy.names = {.down_after = 1, .pending_grace = std::chrono::milliseconds{0}};
  policy.probes.drift_grace = std::chrono::milliseconds{0};
  const auto resolver = choose_resolver(config.dns, {});
  snapshot->resolver = std::make_shared<const model::ResolverConfig>(resolver.config);
  snapshot->resolver_error = resolver.error;
  Servers servers(co_await boost::asio::this_coro::executor, resolver.config);
  std::vector<std::string> names;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < snapshot->names.size(); ++i) {
    if (!snapshot->names[i]->invalid.empty()) continue;
    names.push_back(snapshot->names[i]->name.fqdn);
    places.push_back(i);
  }
  const auto& dns = config.dns;
  // Named, not temporaries: GCC 12 destroys a temporary closure in a co_await expression twice.
  const SweepOptions options{static_cast<std::size_t>(dns.window), dns.lookup_deadline, dns.sweep_deadline};
  const std::function<void(std::size_t, model::Lookup)> found = [&](std::size_t index, model::Lookup lookup) {
    auto& seen = snapshot->names[places[index]];
    seen = std::make_shared<const model::NameObservation>(rules::observe(*seen, std::move(lookup), policy.names, now));
  };
  co_await sweep(servers, resolver.config, names, options, found);
  ++snapshot->sweeps;
  for (const auto place : places) {
    const auto& seen = snapshot->names[place];
    if (resolver.config.servers.size() == 1 && seen->last)
      know(*snapshot, place, only_truth(resolver.config, *seen->last, now));
  }
  const common::WallClock clock = [now] { return now; };
  const std::function<void(std::size_t, model::Truth)> compared = [&](std::size_t index, model::Truth truth) {
    know(*snapshot, places[index], std::move(truth));
  };
  co_await compare(servers, resolver.config, names, options, clock, compared);
  co_await probe_all(snapshot, config, now);

  bool mismatch = false;
  for (const auto& secret : snapshot->secrets) mismatch = mismatch || secret->mismatch_since.has_value();
  if (mismatch) {
    co_await common::sleep_for(policy.certificates.mismatch_debounce);
    const auto later = now + policy.certificates.mismatch_debounce;
    read_secrets(*snapshot, config.secrets, later);
    at = std::max<common::WallTime>(at, later);
  }
  auto verdict = std::make_shared<const model::Verdict>(rules::judge({}, *snapshot, policy, {at, {}}));
  co_return model::World{std::move(snapshot), std::move(verdict)};
}

}  // namespace app
