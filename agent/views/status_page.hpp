// The page at `/`: one self-contained HTML document, no script, every text escaped; what a person asks first comes
// first. Says only what snapshot and verdict say.
#pragma once
#include <string>

#include "agent/model/build.hpp"
#include "agent/model/snapshot.hpp"

namespace views {

/// Ages and times to come are counted from `now`, which the page shows. Reloads itself every 15 seconds.
std::string status_page(const model::World& world, const model::BuildInfo& build, common::WallTime now);

/// The Content-Security-Policy that fits the page: nothing but its own style, by hash.
std::string status_page_policy();

}  // namespace views
