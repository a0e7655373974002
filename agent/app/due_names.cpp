#include "agent/app/due_names.hpp"

#include <algorithm>

namespace app {

std::vector<std::string> DueNames::names(const model::Snapshot& snapshot, common::SteadyTime now) const {
  std::vector<std::pair<common::WallTime, std::string>> due;
  for (const auto& seen : snapshot.names) {
    if (!seen->invalid.empty()) continue;
    const auto known = at_.find(seen->name.fqdn);
    const bool asked_now =
        known == at_.end() || known->second.at <= (known->second.never_early ? now : now + interval_.usual * 2 / 5);
    if (asked_now) due.emplace_back(seen->last_lookup, seen->name.fqdn);
  }
  std::sort(due.begin(), due.end());
  std::vector<std::string> ordered;
  for (auto& entry : due) ordered.push_back(std::move(entry.second));
  return ordered;
}

void DueNames::plan(const model::Snapshot& snapshot, const std::set<std::string>& answered,
                    const std::vector<std::string>& asked, common::SteadyTime begun, common::SteadyTime now) {
  for (const auto& name : asked) at_[name] = {begun, false};
  for (const auto& seen : snapshot.names) {
    if (!answered.contains(seen->name.fqdn)) continue;
    const bool absent = rules::is_absent(*seen, interval_.down_after);
    at_[seen->name.fqdn] = {(absent ? now : begun) + rules::until_next_lookup(*seen, interval_), absent};
  }
}

common::SteadyTime DueNames::next(common::SteadyTime regular, common::SteadyTime now) const {
  auto earliest = common::SteadyTime::max();
  for (const auto& [name, due] : at_) {
    if (due.never_early) earliest = std::min(earliest, due.at);
  }
  const auto little = interval_.usual / 5;
  return std::max(earliest > regular + little ? regular : earliest, now + little);
}

}  // namespace app
