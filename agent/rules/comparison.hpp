// When every server is to be asked about a name: in new trouble soon, otherwise at a slow interval. Pure; asks nobody.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"

namespace rules {

/// In trouble, or answered by the search list: what one server says explains least then.
bool in_trouble(const model::NameObservation& seen);

/// Never compared, or not for `interval` (a name that plainly does not exist: not within its negative TTL either, as
/// asking keeps it dead in caches). Where the last lookup ended as none of the servers had said, where the addresses
/// changed since, or where the servers disagree: after a minute.
bool wants_comparison(const model::NameObservation& seen, common::WallTime now, std::chrono::milliseconds interval);

struct ComparePace {
  std::chrono::milliseconds interval{600'000};  ///< each name at least so often
  std::chrono::milliseconds round{30'000};      ///< from one choice to the next
  std::size_t most = 64;                        ///< names at a time
};
/// The names to compare now: those in trouble that want it, then as many others that want it as spreads all of them
/// over the interval; the longest not compared first.
std::vector<std::string> names_to_compare(const std::vector<std::shared_ptr<const model::NameObservation>>& names,
                                          common::WallTime now, const ComparePace& pace);

}  // namespace rules
