#include "agent/app/observe_once.hpp"

#include <fcntl.h>

#include "agent/app/adopt.hpp"
#include "agent/app/sweep.hpp"
#include "agent/rules/decode.hpp"
#include "agent/rules/judge.hpp"
#include "agent/rules/observe.hpp"
#include "agent/rules/resolv_conf.hpp"
#include "agent/sources/secret_files.hpp"
#include "common/deadline.hpp"
#include "common/files.hpp"

namespace app {
namespace {

constexpr auto resolv_conf = "/etc/resolv.conf";

std::shared_ptr<const model::SecretObservation> read_again(const config::Secrets& secrets,
                                                           const model::SecretObservation& before,
                                                           common::WallTime now) {
  auto next = rules::observe(before, read_bundle(secrets, before.role), model::DetectedBy::poll, now);
  next.watch_active = true;  // nothing is watched here, so nothing is degraded
  return std::make_shared<const model::SecretObservation>(std::move(next));
}

}  // namespace

ResolverChoice choose_resolver(const config::Dns& dns, const model::ResolverConfig& fallback) {
  ResolverChoice choice{fallback, ""};
  const auto file = common::read_file_at(AT_FDCWD, resolv_conf, std::size_t{1} << 20);
  if (file) {
    choice.config = rules::parse_resolv_conf(file->bytes);
  } else if (dns.servers.empty()) {
    choice.error = std::string(resolv_conf) + " can't be read: " + file.error().message;
  }
  if (!dns.servers.empty()) choice.config.servers = dns.servers;
  choice.config.timeout = dns.query_timeout;
  choice.config.attempts = dns.attempts;
  return choice;
}

model::BundleRef read_bundle(const config::Secrets& secrets, model::SecretRole role) {
  auto files = sources::read_secret(
      {secrets.directory(role), !is_ca(role), secrets.cert_file, secrets.key_file, secrets.ca_file});
  return std::make_shared<const model::Bundle>(rules::decode(std::move(files), role, model::Source::mounted,
                                                             {secrets.cert_file, secrets.key_file, secrets.ca_file}));
}

boost::asio::awaitable<model::World> observe_once(config::Config config, common::WallTime now, common::WallTime at) {
  auto snapshot = std::make_shared<model::Snapshot>();
  snapshot->started_at = now;
  adopt(*snapshot, config, "", now);
  for (auto& secret : snapshot->secrets) secret = read_again(config.secrets, *secret, now);

  auto policy = config::policy(config);
  policy.names = {.down_after = 1, .pending_grace = std::chrono::milliseconds{0}};
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

  bool mismatch = false;
  for (const auto& secret : snapshot->secrets) mismatch = mismatch || secret->mismatch_since.has_value();
  if (mismatch) {
    co_await common::sleep_for(policy.certificates.mismatch_debounce);
    const auto later = now + policy.certificates.mismatch_debounce;
    for (auto& secret : snapshot->secrets) secret = read_again(config.secrets, *secret, later);
    at = std::max<common::WallTime>(at, later);
  }
  auto verdict = std::make_shared<const model::Verdict>(rules::judge({}, *snapshot, policy, {at, {}}));
  co_return model::World{std::move(snapshot), std::move(verdict)};
}

}  // namespace app
