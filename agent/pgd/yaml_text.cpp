#include "agent/pgd/yaml_text.hpp"

#include <algorithm>
#include <cstdint>

namespace pgd {
namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Length of the UTF-8 sequence that starts here, 0 where it is none (RFC 3629: shortest form, no surrogates).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

/// YAML 1.2 §5.1: tab and line breaks are the only control characters; C1 ones (but NEL) are not printable either.
bool is_control(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 2)
    return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0 && sequence[1] != '\x85';
  return sequence.size() == 1 && ((first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7F);
}

/// Half the tokens that a character can stand for, itself and what follows it; quotes come in pairs.
std::size_t token_halves(char c) {
  constexpr std::string_view structural = "[]{}:!&*?|>";
  if (c == '"' || c == '\'') return 1;
  if (c == ',') return 3;
  return structural.find(c) == std::string_view::npos ? 0 : 2;
}

/// Of JSON's values `"",` has most for its size, 5 halves; of nothing but `{},` only 14,000 fit.
std::size_t most_token_halves(const YamlLimits& limits) {
  return std::max<std::size_t>(5 * static_cast<std::size_t>(limits.nodes), limits.bytes / 3);
}

std::string sized(std::size_t bytes) {
  if (bytes >= (std::size_t{1} << 20)) return std::to_string(bytes >> 20) + " MiB";
  return bytes >= 1024 ? std::to_string(bytes >> 10) + " KiB" : std::to_string(bytes) + " bytes";
}

std::optional<std::uint32_t> escaped_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(2, 4)) {
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

/// The character of an escaped surrogate pair as YAML's escape, "" where there is none.
std::string joined_pair(std::string_view text) {
  const auto high = escaped_unit(text);
  if (!high || *high < 0xD800 || *high > 0xDBFF) return "";
  const auto low = escaped_unit(text.substr(6));
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return "";
  const std::uint32_t character = 0x10000 + ((*high - 0xD800) << 10) + (*low - 0xDC00);
  std::string escape = "\\U";
  for (int shift = 28; shift >= 0; shift -= 4) escape += "0123456789abcdef"[(character >> shift) & 0xF];
  return escape;
}

bool is_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

bool all_of(std::string_view text, std::string_view set) {
  return text.find_first_not_of(set) == std::string_view::npos;
}

bool is_word(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  constexpr std::string_view words[] = {"null", "~", "true", "false", "yes",  "no",    "on",    "off",
                                        "y",    "n", "<<",   "=",     ".inf", "-.inf", "+.inf", ".nan"};
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

/// 12, 1_000, 1e3, .5, 0x1F, 0o17, 0b1, 12:30:45; generously: what only looks like one counts.
bool is_number(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  if (text[0] == '0' && text.size() > 2) {
    if ((text[1] == 'x' || text[1] == 'X') && all_of(text.substr(2), "0123456789abcdefABCDEF_")) return true;
    if ((text[1] == 'o' || text[1] == 'b' || text[1] == 'O' || text[1] == 'B') && all_of(text.substr(2), "01234567_")) {
      return true;
    }
  }
  const bool begins = is_digit(text[0]) || (text[0] == '.' && text.size() > 1 && is_digit(text[1]));
  return begins && all_of(text, "0123456789_.eE+-:") && std::count(text.begin(), text.end(), '.') < 2;
}

/// 2026-01-01, with or without a time.
bool is_date(std::string_view text) {
  if (text.size() < 8 || !all_of(text.substr(0, 4), "0123456789") || text[4] != '-') return false;
  return all_of(text, "0123456789-:.+tTzZ \t");
}

}  // namespace

std::optional<YamlError> refused_text(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.bytes) return YamlError{{}, "larger than " + sized(limits.bytes)};
  std::size_t line = 1, line_start = 0, halves = 0;
  if (text.starts_with(bom)) line_start = bom.size();
  for (std::size_t at = line_start; at < text.size();) {
    const Place place{static_cast<int>(line), static_cast<int>(at - line_start + 1)};
    const std::size_t length = sequence_length(text.substr(at));
    if (length == 0) return YamlError{place, "not UTF-8"};
    if (is_control(text.substr(at, length))) return YamlError{place, "a control character"};
    halves += token_halves(text[at]);
    if (halves > most_token_halves(limits)) {
      return YamlError{place, "more than " + std::to_string(limits.nodes) + " values"};
    }
    if (text[at] == '\n' || (text[at] == '\r' && text.substr(at + 1, 1) != "\n")) {
      ++line;
      line_start = at + 1;
    }
    at += length;
  }
  return std::nullopt;
}

std::string normalised(std::string_view text) {
  if (text.starts_with(bom)) text.remove_prefix(bom.size());
  const bool json = is_json(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r') {
      if (text.substr(at + 1, 1) != "\n") out += '\n';
    } else if (json && text[at] == '\\' && at + 1 < text.size()) {
      const std::string pair = joined_pair(text.substr(at));
      out += pair.empty() ? std::string(text.substr(at, 2)) : pair;
      at += pair.empty() ? 1 : 11;
    } else {
      out += text[at];
    }
  }
  return out;
}

bool means_null(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

bool means_other_than_string(std::string_view text) {
  return text.empty() || is_word(text) || is_number(text) || is_date(text);
}

}  // namespace pgd
