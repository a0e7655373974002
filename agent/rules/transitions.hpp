// What changed between two worlds, as events: each transition once, with before and after. The log and the page's list
// are this.
#pragma once
#include <vector>

#include "agent/model/snapshot.hpp"

namespace rules {

/// Events dated at the later verdict, in a stable order: configuration, secrets, findings, addresses, gates, monitors.
std::vector<model::Event> transitions(const model::World& before, const model::World& after);

}  // namespace rules
