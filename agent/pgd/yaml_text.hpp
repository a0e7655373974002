// The bytes of a manifest before a YAML parser sees them: what no manifest holds, and what would cost more memory than
// its limits allow. Builds nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "agent/pgd/yaml.hpp"

namespace pgd {

/// Why the text is refused unread: too large, not UTF-8, control characters, or so many structural characters that a
/// parser which looks ahead would hold too much of it. Takes time in proportion to the text.
std::optional<YamlError> refused_text(std::string_view text, const YamlLimits& limits);

/// Without byte order mark; every line ends with "\n" (YAML 1.2 §5.4); in a JSON text (the first character is a brace
/// or a bracket) escaped surrogate pairs are one escape, for JSON's `\ud83d\ude00` is YAML's `\U0001f600`.
std::string normalised(std::string_view text);

/// Whether a plain scalar would be no string: null, a boolean, a number, a date, in YAML 1.1 (what kubectl reads) or
/// 1.2.
bool means_other_than_string(std::string_view text);

/// `~`, `null`, `Null`, `NULL` or nothing (YAML 1.2 §10.3.2).
bool means_null(std::string_view text);

}  // namespace pgd
