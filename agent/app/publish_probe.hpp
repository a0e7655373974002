// What a probe learned goes into the store: observation and counters in one change.
#pragma once
#include <string>
#include <vector>

#include "agent/app/context.hpp"
#include "agent/model/probe.hpp"

namespace app {

/// `addresses`: all that the endpoint has now; those it no longer has are forgotten.
void publish_probe(const Context& context, const model::ProbeTarget& target, const std::vector<std::string>& addresses,
                   model::ProbeResultRef result);

/// There was no address to probe.
void publish_unresolved(const Context& context, const model::ProbeTarget& target);

}  // namespace app
