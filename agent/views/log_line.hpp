// An event as one line of log: text for people, JSON for collectors. At most 4096 bytes with the newline the sink adds,
// valid UTF-8, no control characters, never cut inside a character or inside JSON.
#pragma once
#include <cstddef>
#include <string>

#include "agent/model/snapshot.hpp"

namespace views {

inline constexpr std::size_t longest_log_line = 4095;

/// `finding server: expired: the certificate … code=expired before="2 days left"`: without time and level, which the
/// log adds.
std::string text_line(const model::Event& event);

/// {"ts","level","kind","subject","msg", then the fields}; a field named like one of these gets a trailing underscore.
std::string json_line(const model::Event& event);

}  // namespace views
