// How a DNS server answers over time: folds one reply more into what is known of it, and says in which order servers
// are asked. Pure.
#pragma once
#include <vector>

#include "agent/model/dns.hpp"
#include "common/time.hpp"

namespace rules {

/// A server that was silent once is asked last until it says anything again, an answer or not. Not counted is silence
/// to a question of a lookup since whose beginning the server was heard (`heard_since`): it is there, a packet was lost
/// or it does not answer one family.
model::DnsServerState observe(const model::DnsServerState& previous, model::DnsStatus status, bool heard_since,
                              common::WallTime now);

/// `config` with those servers last whose state says so, else in its own order. Where that changes anything there is no
/// rotation, which would bring the silent ones to the front again. Servers without a state count as well.
model::ResolverConfig in_order(const model::ResolverConfig& config, const std::vector<model::DnsServerState>& states);

}  // namespace rules
