#include "agent/rules/observe.hpp"

#include <algorithm>
#include <iterator>

#include "agent/rules/name_syntax.hpp"

namespace rules {
namespace {

bool of_family(const std::string& address, model::Family family) {
  return (address.find(':') != std::string::npos) == (family == model::Family::ipv6);
}

/// What getaddrinfo gives libpq; of a family of which nothing was heard what was known before: it is lost, not gone.
std::vector<std::string> address_set(const model::Lookup& lookup, const std::vector<std::string>& before) {
  if (!lookup.hosts.empty()) return lookup.hosts;
  std::vector<std::string> all;
  for (const auto family : model::all_families) {
    const auto& answer = lookup.of(family);
    const bool heard = answer.status == model::DnsStatus::noerror || answer.status == model::DnsStatus::nodata ||
                       answer.status == model::DnsStatus::nxdomain;
    for (const auto& address : answer.addresses) all.push_back(address.text);
    if (heard) continue;
    std::copy_if(before.begin(), before.end(), std::back_inserter(all),
                 [&](const std::string& address) { return of_family(address, family); });
  }
  std::sort(all.begin(), all.end());
  return all;
}

constexpr std::size_t changes_kept = 16;

void keep_change(std::vector<common::WallTime>& changes, common::WallTime now) {
  changes.push_back(now);
  if (changes.size() > changes_kept) changes.erase(changes.begin());
}

}  // namespace

model::NameObservation first_sight(const model::Name& name, common::WallTime now) {
  model::NameObservation seen;
  seen.name = name;
  seen.first_seen = now;
  seen.invalid = why_invalid(name.fqdn);
  return seen;
}

model::NameObservation observe(const model::NameObservation& previous, model::Lookup lookup,
                               const model::NamePolicy& policy, common::WallTime now) {
  model::NameObservation next = previous;
  next.last_lookup = now;
  bool changed = false;
  if (lookup.usable()) {
    auto addresses = address_set(lookup, previous.last_addresses);
    const bool other_addresses = previous.last_success && addresses != previous.last_addresses;
    if (other_addresses) ++next.address_changes;
    changed = other_addresses || (previous.last_success && !previous.up);
    next.last_addresses = std::move(addresses);
    next.last_success = now;
    next.failures = 0;
    next.up = true;
    for (const auto family : model::all_families) {
      if (!lookup.of(family).addresses.empty()) next.family_seen[static_cast<std::size_t>(family)] = true;
    }
  } else {
    ++next.failures;
    if (next.failures >= policy.down_after || !previous.last_success) next.up = false;
    changed = previous.up && !next.up;
  }
  std::erase_if(next.recent_changes, [&](auto at) { return at <= now - model::flapping_window; });
  if (changed) keep_change(next.recent_changes, now);
  next.last = std::move(lookup);
  return next;
}

bool same_content(const model::BundleRef& a, const model::BundleRef& b) {
  return a && b && a->content_hash == b->content_hash;
}

model::SecretObservation observe(const model::SecretObservation& previous, model::BundleRef bundle,
                                 model::DetectedBy by, common::WallTime now) {
  model::SecretObservation next = previous;
  next.last_read = now;
  const bool changed = !same_content(previous.bundle, bundle);
  if (changed && previous.bundle && previous.bundle->loaded() && bundle->loaded()) {
    next.last_rotation = now;
    next.before = previous.bundle;
    ++next.rotations[static_cast<std::size_t>(by)];
  }
  if (changed || !previous.bundle) {
    for (const auto& problem : bundle->file_problems) ++next.read_errors[static_cast<std::size_t>(problem.error)];
  }
  if (bundle->key == model::KeyState::mismatch) {
    // A new generation starts the debounce anew: the pair may be torn again by the same writer.
    if (changed || !previous.mismatch_since) {
      next.mismatch_since = now;
      next.mismatch_reads = 0;
    }
    ++next.mismatch_reads;
  } else {
    next.mismatch_since.reset();
    next.mismatch_reads = 0;
  }
  next.bundle = std::move(bundle);
  return next;
}

void count(model::Counters& counters, model::NameRole role, const model::Lookup& lookup) {
  const auto row = static_cast<std::size_t>(role);
  for (const auto family : model::all_families) {
    ++counters.dns_lookups[row][static_cast<std::size_t>(family)][static_cast<std::size_t>(lookup.of(family).status)];
  }
  counters.dns_duration[row].observe(model::dns_duration_bounds,
                                     std::chrono::duration<double>(lookup.duration).count());
}

}  // namespace rules
