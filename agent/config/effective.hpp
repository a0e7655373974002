// The configuration in force, as text: what check-config prints.
#pragma once
#include <string>

#include "agent/config/config.hpp"

namespace config {

/// TOML with every key, after expansion and defaults; parses back to an equal Config.
std::string effective(const Config& config);

/// The same without the keys whose value is the default, and without tables that would be empty.
std::string differing(const Config& config);

}  // namespace config
