// An environment of the test's own, and parse() as the tests call it.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/config/parse.hpp"

namespace config {

inline Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return [variables](std::string_view name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    return at == variables.end() ? std::nullopt : std::optional(at->second);
  };
}

/// The errors as text, "" where there are none.
inline std::string errors_of(std::string_view text, const Environment& environment = {}) {
  const Parsed parsed = parse(text, "f", environment);
  return parsed ? "" : to_text(parsed.error());
}

}  // namespace config
