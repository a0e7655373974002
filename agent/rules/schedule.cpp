#include "agent/rules/schedule.hpp"

#include <algorithm>
#include <optional>

#include "agent/rules/judge_probe.hpp"

namespace rules {

namespace {

/// Both families say that there is no such name.
bool denied(const model::Lookup& lookup) {
  return lookup.ipv4.status == model::DnsStatus::nxdomain && lookup.ipv6.status == model::DnsStatus::nxdomain;
}

/// How long the addresses may be kept, where both families were answered.
std::optional<std::chrono::seconds> life_of(const model::Lookup& lookup) {
  std::optional<std::chrono::seconds> least;
  for (const auto family : model::all_families) {
    const auto& answer = lookup.of(family);
    if (answer.status != model::DnsStatus::noerror && answer.status != model::DnsStatus::nodata) return std::nullopt;
    for (const auto& address : answer.addresses) least = std::min(address.ttl, least.value_or(address.ttl));
  }
  return least;
}

}  // namespace

bool is_absent(const model::NameObservation& seen, int down_after) {
  if (!seen.last || !denied(*seen.last)) return false;
  return !seen.last_success || seen.failures >= down_after || seen.last->usable();
}

std::chrono::milliseconds until_next_lookup(const model::NameObservation& seen, const LookupInterval& interval) {
  if (!seen.last) return interval.usual;
  if (!is_absent(seen, interval.down_after)) {
    const auto life = life_of(*seen.last);
    if (!life) return interval.usual;
    return std::clamp<std::chrono::milliseconds>(*life, interval.usual, 2 * interval.usual);
  }
  const auto longest = std::max(interval.usual, interval.longest);
  if (seen.last->negative_ttl) {
    constexpr std::chrono::seconds rounded_down{1};
    return std::clamp<std::chrono::milliseconds>(*seen.last->negative_ttl + rounded_down, interval.usual, longest);
  }
  const int doublings = std::clamp(seen.last_success ? seen.failures - interval.down_after : seen.failures, 0, 16);
  return std::min(interval.usual * (1 << doublings), longest);
}

std::chrono::milliseconds until_next_probe(model::ProbeScope scope, model::ProbeStatus status, int failures,
                                           std::chrono::milliseconds usual) {
  constexpr std::chrono::milliseconds soon{30'000};
  if (scope == model::ProbeScope::peer && is_refusal(status)) return usual * 4;
  if (failures > 0 && failures < model::probe_failures_to_report) return std::min(usual, soon);
  return usual;
}

std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double random) {
  const double factor = 0.8 + 0.4 * std::clamp(random, 0.0, 1.0);
  return std::chrono::milliseconds{
      static_cast<std::chrono::milliseconds::rep>(static_cast<double>(delay.count()) * factor)};
}

}  // namespace rules
