// The sidecar: composition root of `pgd-agent run`.
#pragma once
#include <string>

#include "agent/config/parse.hpp"
#include "agent/model/build.hpp"

namespace app {

struct RunOptions {
  std::string config_path;
  config::Environment environment;
  model::BuildInfo build;
};

/// Runs until SIGTERM or SIGINT, then drains and returns 0. Never returns because of bad input: that is shown and
/// waited out.
int run(const RunOptions& options);

}  // namespace app
