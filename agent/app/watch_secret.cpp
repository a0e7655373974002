#include <algorithm>

#include "agent/app/monitors.hpp"
#include "agent/rules/decode.hpp"
#include "agent/rules/observe.hpp"
#include "agent/sources/secret_files.hpp"

namespace app {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// A version that kept changing while it was read is read again this soon.
constexpr auto unstable_retry = 100ms;

bool unstable(const model::SecretFiles& files) {
  return std::any_of(files.problems.begin(), files.problems.end(),
                     [](const auto& problem) { return problem.error == model::ReadError::unstable; });
}

std::shared_ptr<const model::SecretObservation>* slot(model::Snapshot& snapshot, model::SecretRole role,
                                                      model::Source source) {
  for (auto& secret : snapshot.secrets) {
    if (secret->role == role && secret->source == source) return &secret;
  }
  return nullptr;
}

model::SecretObservation observed(const model::Snapshot& snapshot, const SecretPlace& place) {
  for (const auto& secret : snapshot.secrets) {
    if (secret->role == place.role && secret->source == place.source) return *secret;
  }
  return {};
}

void publish(Store& store, model::SecretObservation next, bool rotated, common::WallTime now) {
  store.change([&](model::Snapshot& snapshot) {
    auto* place = slot(snapshot, next.role, next.source);
    if (!place) return;
    if (rotated && next.source == model::Source::mounted && next.bundle->changed_at.time_since_epoch().count() > 0 &&
        now >= next.bundle->changed_at) {
      auto counters = std::make_shared<model::Counters>(*snapshot.counters);
      counters->rotation_delay.observe(model::rotation_delay_bounds,
                                       std::chrono::duration<double>(now - next.bundle->changed_at).count());
      snapshot.counters = std::move(counters);
    }
    *place = std::make_shared<const model::SecretObservation>(std::move(next));
  });
}

/// One read: publishes only what changed. Returns when to read again at the latest, as a delay.
Steady::duration look(const Context& context, const SecretPlace& place, model::DetectedBy by,
                      const sources::DirectoryWatch::Subscription& subscription) {
  auto files = sources::read_secret(request(place));
  const auto now = context.store.now();
  const auto before = observed(context.store.snapshot(), place);
  auto next = before;
  next.watch_active = subscription.active();
  next.watch_problem = subscription.problem();
  const bool watch_changed = next.watch_active != before.watch_active || next.watch_problem != before.watch_problem;

  if (unstable(files) && before.bundle) {
    ++next.read_errors[static_cast<std::size_t>(model::ReadError::unstable)];
    publish(context.store, std::move(next), false, now);
    return unstable_retry;
  }
  const bool same = before.bundle && before.bundle->content_hash == files.content_hash;
  const bool counting_mismatch = before.mismatch_since && before.mismatch_reads < 2;
  if (same && !counting_mismatch) {
    if (watch_changed) publish(context.store, std::move(next), false, now);
    return context.config.resync;
  }
  auto bundle = same ? before.bundle
                     : std::make_shared<const model::Bundle>(
                           rules::decode(std::move(files), place.role, place.source, place.names));
  const bool mismatch = bundle->key == model::KeyState::mismatch;
  next = rules::observe(next, std::move(bundle), by, now);
  const bool rotated = next.rotations != before.rotations;
  const bool again = mismatch && next.mismatch_reads < 2;
  publish(context.store, std::move(next), rotated, now);
  return again ? Steady::duration{context.config.secrets.mismatch_debounce} : context.config.resync;
}

}  // namespace

boost::asio::awaitable<void> watch_secret(ContextRef context, SecretPlace place, PulseRef pulse) {
  const auto subject = request(place);
  auto subscription = context->watch.subscribe(subject.directory, sources::wanted_files(subject));
  auto by = model::DetectedBy::poll;
  for (;;) {
    pulse->beat(context->store.now(), 2 * context->config.resync + 30s);
    const auto delay = look(*context, place, by, subscription);
    by = co_await subscription.changed(Steady::now() + delay);
  }
}

}  // namespace app
