// A configuration becomes the world's shape: which names and secrets are observed. What is still wanted keeps its
// observation, the rest goes, latches stay. Pure.
#pragma once
#include <string>

#include "agent/config/config.hpp"
#include "agent/model/snapshot.hpp"

namespace app {

/// `hash` identifies the text the configuration was read from.
void adopt(model::Snapshot& snapshot, const config::Config& config, const std::string& hash, common::WallTime now);

}  // namespace app
