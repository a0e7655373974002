// Foreign text inside a message: one line, bounded, nothing a terminal would act on.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace config {

/// Control characters and bytes that are not UTF-8 become "\x1b"; longer than `most` bytes is cut with "…".
std::string printable(std::string_view text, std::size_t most = 80);

/// printable, in double quotes.
std::string in_quotes(std::string_view text);

/// Bytes at the front that are well-formed UTF-8 (RFC 3629): text.size() where all are.
std::size_t utf8_prefix(std::string_view text);

}  // namespace config
