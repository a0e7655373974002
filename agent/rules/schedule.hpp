// When a name is looked up again: the interval, stretched while a name plainly does not exist, so that asking does not
// keep it dead in negative caches, and a little where addresses live longer. When an endpoint is probed again:
// stretched while each probe costs the peer a log line. Pure arithmetic; owns no timer.
#pragma once
#include <chrono>

#include "agent/model/dns.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/probe.hpp"

namespace rules {

struct LookupInterval {
  std::chrono::milliseconds usual{30'000};
  std::chrono::milliseconds longest{300'000};
  int down_after = 3;  ///< a name that had resolved is asked at the usual pace until it counts as down
};

/// Both families say NXDOMAIN, and the name never resolved, counts as down or is the hosts file's: a cache may keep
/// that answer, so it must not be asked early.
bool is_absent(const model::NameObservation& seen, int down_after);

/// Time from the last lookup to the next. A name with addresses: the least of their TTLs, between `usual`
/// and twice that. An absent one: once the negative answer has left every cache (RFC 2308 §5; caches count whole
/// seconds, rounded down), between `usual` and `longest`; without an SOA `usual`, doubled per failure up to `longest`.
/// Else `usual`.
std::chrono::milliseconds until_next_lookup(const model::NameObservation& seen, const LookupInterval& interval);

/// Time from one probe of an endpoint to the next. Where a peer refuses us (rules::is_refusal), which costs it a log
/// line each time: four times `usual`; a failure not yet reported (`failures` in a row): at most 30 s.
std::chrono::milliseconds until_next_probe(model::ProbeScope scope, model::ProbeStatus status, int failures,
                                           std::chrono::milliseconds usual);

/// `delay` moved by at most ±20 %; `random` in [0, 1].
std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double random);

}  // namespace rules
