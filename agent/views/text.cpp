#include "agent/views/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace views {
namespace {

constexpr std::string_view ellipsis = "…";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Character {
  char32_t point = 0;
  std::size_t length = 0;  ///< bytes taken; 1 where malformed
  bool valid = false;
};

/// The character at `at` by RFC 3629 §4's table.
Character decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto tail = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  if (lead >= 0xC2 && lead <= 0xDF && tail(1)) {
    return {static_cast<char32_t>((lead & 0x1FU) << 6U | (byte(1) & 0x3FU)), 2, true};
  }
  if (lead >= 0xE0 && lead <= 0xEF && tail(1) && tail(2)) {
    const auto point = static_cast<char32_t>((lead & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU));
    if (point >= 0x800 && (point < 0xD800 || point > 0xDFFF)) return {point, 3, true};
  }
  if (lead >= 0xF0 && lead <= 0xF4 && tail(1) && tail(2) && tail(3)) {
    const auto point = static_cast<char32_t>((lead & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U |
                                             (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU));
    if (point >= 0x10000 && point <= 0x10FFFF) return {point, 4, true};
  }
  return {0xFFFD, 1, false};
}

/// Turns the writing direction (Unicode TR 9), hides, or ends a line without being a control character.
bool deceives(char32_t point) {
  return (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2060 && point <= 0x2069) || point == 0xFEFF || point == 0x061C;
}

void append_printable(std::string& out, std::string_view bytes, const Character& character) {
  const char32_t point = character.point;
  std::array<char, 16> escape{};
  if (!character.valid) {
    out += replacement;
  } else if (point == '\n') {
    out += "\\n";
  } else if (point == '\r') {
    out += "\\r";
  } else if (point == '\t') {
    out += "\\t";
  } else if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
    std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(point));
    out += escape.data();
  } else if (deceives(point)) {
    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(point));
    out += escape.data();
  } else {
    out += bytes;
  }
}

struct Range {
  char32_t first;
  char32_t last;
};
// Enough for names and subjects: combining blocks, and the blocks whose characters fill two columns (Unicode TR 11).
constexpr std::array combining{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                               Range{0x0610, 0x061A}, Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF},
                               Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
                               Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};
constexpr std::array wide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},  Range{0x3041, 0xA4CF},
                          Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},
                          Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F},
                          Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t point) {
  for (const Range& range : ranges) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    out += character.valid ? text.substr(at, character.length) : replacement;
    at += character.length;
  }
  return out;
}

std::string printable(std::string_view text, std::size_t limit) {
  // Nearly every text is plain ASCII, and a thousand names have tens of thousands of labels.
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (plain && text.size() <= limit) return std::string(text);
  std::string out;
  out.reserve(text.size());
  std::size_t room = 0;  // where the ellipsis fits
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    append_printable(out, text.substr(at, character.length), character);
    at += character.length;
    if (out.size() > limit) {
      out.resize(room);
      return out += ellipsis;
    }
    if (out.size() + ellipsis.size() <= limit) room = out.size();
  }
  return out;
}

std::string cut(std::string_view text, std::size_t limit) {
  const std::string valid = valid_utf8(text);
  if (valid.size() <= limit) return valid;
  std::size_t end = limit - ellipsis.size();
  while (end > 0 && (static_cast<unsigned char>(valid[end]) & 0xC0U) == 0x80U) --end;
  return valid.substr(0, end).append(ellipsis);
}

std::size_t width(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    at += character.length;
    if (!within(combining, character.point)) columns += within(wide, character.point) ? 2 : 1;
  }
  return columns;
}

std::string html(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

std::string count_of(std::size_t count, std::string_view singular, std::string_view plural) {
  std::string out = std::to_string(count) + " ";
  if (count == 1) return out.append(singular);
  return plural.empty() ? out.append(singular).append("s") : out.append(plural);
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    if (!line.empty() && width(line) + 1 + width(word) > columns) {
      lines.push_back(std::move(line));
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

}  // namespace views
