#include "agent/app/publish_probe.hpp"

#include <algorithm>

#include "agent/rules/judge_probe.hpp"
#include "agent/rules/observe.hpp"
#include "agent/rules/served.hpp"

namespace app {
namespace {

model::ProbeObservationRef* slot(model::Snapshot& snapshot, const model::ProbeTarget& target) {
  const auto found = std::find_if(snapshot.probes.begin(), snapshot.probes.end(),
                                  [&](const auto& probe) { return probe->target == target; });
  return found == snapshot.probes.end() ? nullptr : &*found;  // left the configuration meanwhile
}

}  // namespace

void publish_probe(const Context& context, const model::ProbeTarget& target, const std::vector<std::string>& addresses,
                   model::ProbeResultRef result) {
  const auto now = context.store.now();
  context.store.change([&](model::Snapshot& snapshot) {
    auto* place = slot(snapshot, target);
    if (!place) return;
    const auto ca = rules::root_file(snapshot.secrets);
    const std::string host = target.by_name() ? target.host : "";
    const auto judged = rules::judge_result(*result, host, ca.get(), context.policy.certificates, now);
    auto counters = std::make_shared<model::Counters>(*snapshot.counters);
    rules::count(*counters, target.scope, judged.status, result->exchange);
    snapshot.counters = std::move(counters);
    *place = std::make_shared<const model::ProbeObservation>(rules::observe(**place, addresses, {result}, now));
  });
}

void publish_unresolved(const Context& context, const model::ProbeTarget& target) {
  const auto now = context.store.now();
  context.store.change([&](model::Snapshot& snapshot) {
    auto* place = slot(snapshot, target);
    if (!place) return;
    auto counters = std::make_shared<model::Counters>(*snapshot.counters);
    ++counters
          ->probes[static_cast<std::size_t>(target.scope)][static_cast<std::size_t>(model::ProbeStatus::dns_failed)];
    snapshot.counters = std::move(counters);
    *place = std::make_shared<const model::ProbeObservation>(rules::observe(**place, {}, {}, now));
  });
}

}  // namespace app
