#include "agent/rules/query_ceiling.hpp"

#include <algorithm>
#include <utility>

namespace rules {

void QueryCeiling::turn_to(Time now) {
  const auto slots = static_cast<std::int64_t>(slots_.size());
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  for (auto next = std::max(second_ + 1, second - slots + 1); next <= second; ++next) {
    sum_ -= std::exchange(slots_[static_cast<std::size_t>(next % slots)], 0);
  }
  second_ = std::max(second_, second);
}

void QueryCeiling::asked(Time now) {
  turn_to(now);
  ++slots_[static_cast<std::size_t>(second_ % static_cast<std::int64_t>(slots_.size()))];
  ++sum_;
}

bool QueryCeiling::room(Time now) { return in_last_minute(now) < limit_; }

std::uint64_t QueryCeiling::in_last_minute(Time now) {
  turn_to(now);
  return sum_;
}

}  // namespace rules
