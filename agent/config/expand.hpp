// ${X} and ${X:-else} in a configured string.
#pragma once
#include <string>
#include <string_view>

#include "agent/config/parse.hpp"
#include "common/result.hpp"

namespace config {

inline constexpr std::size_t longest_string = 4096;

/// Replaces ${X} by the variable's value (an error where unset) and ${X:-else} by `else`, taken as it stands, where X
/// is unset or empty, as a shell does. Once: what a value contains is not looked at again. "$${" is a literal "${"; any
/// other "$" stands for itself. The result is UTF-8 without control characters, at most longest_string bytes.
common::Result<std::string> expand(std::string_view text, const Environment& environment);

/// The text that expands to `value`.
std::string unexpanded(std::string_view value);

}  // namespace config
