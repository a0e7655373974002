// The world as Prometheus text exposition 0.0.4. Names, types and labels are a contract with dashboards and alerts
// (docs/metrics.md lists them all); nothing here counts or remembers, a series exists exactly as long as its fact.
#pragma once
#include <string>

#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"

namespace views {

/// Everything that follows from snapshot and verdict: may be cached until either changes. Linear in the number of
/// names. A world without snapshot or verdict gives what is known all the same.
std::string metrics(const model::World& world, const model::BuildInfo& build);

/// What changes by merely being read: process_*, requests served, heartbeats, log lines dropped. Appended to metrics();
/// the two share no family.
std::string runtime_metrics(const model::Runtime& runtime);

}  // namespace views
