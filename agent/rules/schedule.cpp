#include "agent/rules/schedule.hpp"

#include <algorithm>

#include "agent/rules/judge_probe.hpp"

namespace rules {

std::chrono::milliseconds until_next_lookup(const model::NameObservation& seen, const LookupInterval& interval) {
  const bool absent = seen.last && seen.last->ipv4.status == model::DnsStatus::nxdomain &&
                      seen.last->ipv6.status == model::DnsStatus::nxdomain;
  if (!absent) return interval.usual;
  const int doublings = std::clamp(seen.last_success ? seen.failures - interval.down_after : seen.failures, 0, 16);
  return std::min(interval.usual * (1 << doublings), std::max(interval.usual, interval.longest));
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
