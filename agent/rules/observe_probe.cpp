// What exchanges add to what is known of an endpoint.
#include <algorithm>

#include "agent/rules/observe.hpp"
#include "agent/rules/probe_answer.hpp"

namespace rules {
namespace {

using model::AddressProbe;
using model::Exchange;
using model::ProbePhase;
using model::ProbeResultRef;
using model::WireEnd;

void take(AddressProbe& known, const ProbeResultRef& result) {
  known.last = result;
  if (result->exchange.level == model::ClientCertificate::login) known.login = result;
  if (!result->chain.empty()) known.served = result;
  known.failures = failed(result->exchange) ? known.failures + 1 : 0;
}

}  // namespace

model::ProbeObservation observe(const model::ProbeObservation& previous, std::vector<std::string> addresses,
                                std::vector<ProbeResultRef> results, common::WallTime now) {
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  std::stable_sort(results.begin(), results.end(), [](const auto& a, const auto& b) { return a->at < b->at; });

  model::ProbeObservation next;
  next.target = previous.target;
  next.last_probe = now;
  next.unresolved = addresses.empty();
  for (auto& address : addresses) {
    AddressProbe known;
    const auto before = std::find_if(previous.addresses.begin(), previous.addresses.end(),
                                     [&](const AddressProbe& one) { return one.address == address; });
    if (before != previous.addresses.end()) known = *before;
    for (const auto& result : results) {
      if (result->exchange.address == address) take(known, result);
    }
    if (!known.last) continue;
    known.address = std::move(address);
    next.addresses.push_back(std::move(known));
  }
  return next;
}

bool failed(const Exchange& exchange) {
  switch (exchange.end) {
    case WireEnd::finished: return false;
    case WireEnd::alert: return exchange.phase != ProbePhase::authenticate;
    case WireEnd::server_error:
      return exchange.phase != ProbePhase::authenticate || !exchange.error || says_unavailable(*exchange.error);
    case WireEnd::refused:
    case WireEnd::timeout:
    case WireEnd::unreachable:
    case WireEnd::closed:
    case WireEnd::declined:
    case WireEnd::foreign:
    case WireEnd::tls_failed: return true;
  }
  return true;
}

void count(model::Counters& counters, model::ProbeScope scope, model::ProbeStatus status, const Exchange& exchange) {
  ++counters.probes[static_cast<std::size_t>(scope)][static_cast<std::size_t>(status)];
  for (const auto phase : model::all_probe_phases) {
    const auto index = static_cast<std::size_t>(phase);
    if (const auto& duration = exchange.phases[index]) {
      counters.probe_duration[index].observe(model::probe_duration_bounds,
                                             std::chrono::duration<double>(*duration).count());
    }
  }
}

}  // namespace rules
