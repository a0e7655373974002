// Text made safe to show: valid UTF-8, no control characters, bounded, measured in terminal columns. Knows nothing of
// what the text means; names, subjects and messages may hold any byte when they come in.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace views {

/// No limit, for printable().
inline constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

/// Every byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// One line: valid UTF-8; line ends and tabs as \n \r \t, other control characters as \x1b, characters that turn the
/// writing direction or break lines as \u202e; at most `limit` bytes, cut between characters and ended with "…".
std::string printable(std::string_view text, std::size_t limit = unlimited);

/// At most `limit` bytes of valid UTF-8, never cut inside a character; ends with "…" where something was cut (limit ≥
/// 3).
std::string cut(std::string_view text, std::size_t limit);

/// Columns on a terminal: combining marks take none, East Asian wide characters and emoji two. `text` is valid UTF-8.
std::size_t width(std::string_view text);

/// For HTML text and quoted attributes; also makes the text printable.
std::string html(std::string_view text);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// "1 name", "2 names"; `plural` defaults to the singular with an s.
std::string count_of(std::size_t count, std::string_view singular, std::string_view plural = {});

/// Breaks at spaces so that no line is wider than `columns` (a longer word keeps its line); no trailing newline.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

}  // namespace views
