// What does this process use at this moment? /proc/self as numbers; 0 for what can't be read. Keeps nothing.
#pragma once
#include <string>

#include "agent/model/runtime.hpp"

namespace sources {

/// CPU seconds (user and system), resident bytes, start as Unix time, open descriptors and their limit: what
/// Prometheus' `process_*` metrics mean. `proc` is where proc(5) is mounted.
model::ProcessFacts process_facts(const std::string& proc = "/proc");

}  // namespace sources
