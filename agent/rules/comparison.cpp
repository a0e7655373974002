#include "agent/rules/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "agent/rules/name_findings.hpp"

namespace rules {
namespace {

using model::DnsStatus;
using model::Lookup;
using model::NameObservation;

constexpr std::chrono::minutes soon{1};

bool errs(DnsStatus status) {
  return status != DnsStatus::noerror && status != DnsStatus::nodata && status != DnsStatus::nxdomain;
}

bool absent(const Lookup& lookup) {
  return lookup.ipv4.status == DnsStatus::nxdomain && lookup.ipv6.status == DnsStatus::nxdomain;
}

/// One of the servers said what the last lookup came to.
bool explained(const model::Truth& truth, const Lookup& last) {
  return std::any_of(truth.servers.begin(), truth.servers.end(), [&](const model::ServerAnswer& one) {
    return one.lookup.ipv4.status == last.ipv4.status && one.lookup.ipv6.status == last.ipv6.status &&
           one.lookup.answered_as == last.answered_as;
  });
}

}  // namespace

bool in_trouble(const NameObservation& seen) {
  if (!seen.last) return false;
  const auto& last = *seen.last;
  return !seen.up || !last.resolved() || errs(last.ipv4.status) || errs(last.ipv6.status) ||
         search_list_answer(seen).has_value();
}

bool wants_comparison(const NameObservation& seen, common::WallTime now, std::chrono::milliseconds interval) {
  if (!seen.last || !seen.invalid.empty()) return false;
  if (!seen.truth || now < seen.truth->at) return true;
  const auto age = now - seen.truth->at;
  const bool changed = !seen.recent_changes.empty() && seen.recent_changes.back() > seen.truth->at;
  const bool unsettled = changed || !explained(*seen.truth, *seen.last) || servers_disagree(seen).has_value();
  const std::chrono::milliseconds negative = seen.last->negative_ttl.value_or(std::chrono::seconds{0});
  if (absent(*seen.last) && !changed) return age >= std::max(interval, negative);
  return age >= (unsettled ? std::min<std::chrono::milliseconds>(interval, soon) : interval);
}

std::vector<std::string> names_to_compare(const std::vector<std::shared_ptr<const NameObservation>>& names,
                                          common::WallTime now, const ComparePace& pace) {
  std::vector<const NameObservation*> troubled, others;
  for (const auto& seen : names) {
    if (wants_comparison(*seen, now, pace.interval)) (in_trouble(*seen) ? troubled : others).push_back(seen.get());
  }
  const auto longest_ago = [](const NameObservation* a, const NameObservation* b) {
    const auto at = [](const NameObservation* seen) { return seen->truth ? seen->truth->at : common::WallTime::min(); };
    return at(a) < at(b);
  };
  std::stable_sort(troubled.begin(), troubled.end(), longest_ago);
  std::stable_sort(others.begin(), others.end(), longest_ago);
  const double rounds = std::max(1.0, std::chrono::duration<double>(pace.interval) / pace.round);
  const auto share = static_cast<std::size_t>(std::ceil(static_cast<double>(names.size()) / rounds));
  others.resize(std::min(others.size(), share));
  troubled.insert(troubled.end(), others.begin(), others.end());
  troubled.resize(std::min(troubled.size(), pace.most));
  std::vector<std::string> chosen;
  for (const auto* seen : troubled) chosen.push_back(seen->name.fqdn);
  return chosen;
}

}  // namespace rules
