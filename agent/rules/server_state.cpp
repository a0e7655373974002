#include "agent/rules/server_state.hpp"

#include <algorithm>

namespace rules {
namespace {

using model::DnsStatus;

bool is_answer(DnsStatus status) {
  return status == DnsStatus::noerror || status == DnsStatus::nodata || status == DnsStatus::nxdomain;
}

}  // namespace

model::DnsServerState observe(const model::DnsServerState& previous, DnsStatus status, bool heard_since,
                              common::WallTime now) {
  if (status == DnsStatus::timeout && heard_since) return previous;
  model::DnsServerState next = previous;
  next.asked_last = status == DnsStatus::timeout;
  if (is_answer(status)) {
    next.failures = 0;
    next.failing_since.reset();
    next.last_answer = now;
    return next;
  }
  ++next.failures;
  next.last_failure = status;
  if (!next.failing_since) next.failing_since = now;
  return next;
}

model::ResolverConfig in_order(const model::ResolverConfig& config, const std::vector<model::DnsServerState>& states) {
  const auto asked_in_turn = [&](const model::DnsServerAddress& server) {
    const auto text = model::to_text(server);
    return std::none_of(states.begin(), states.end(),
                        [&](const auto& state) { return state.asked_last && state.server == text; });
  };
  auto ordered = config;
  std::stable_partition(ordered.servers.begin(), ordered.servers.end(), asked_in_turn);
  ordered.rotate = config.rotate && ordered.servers == config.servers;
  return ordered;
}

}  // namespace rules
