#include "agent/inject/syntax.hpp"

#include <algorithm>
#include <array>

namespace inject {
namespace {

constexpr std::size_t longest_shown = 60;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower_alnum(char c) { return is_digit(c) || (c >= 'a' && c <= 'z'); }
bool is_alnum(char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z'); }

std::string_view without_digits(std::string_view text) {
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  return text;
}

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view white = " \t\r\n";
  const auto first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool is_subdomain(std::string_view text) {
  return !text.empty() && text.size() <= 253 && is_lower_alnum(text.front()) && is_lower_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_lower_alnum(c) || c == '-' || c == '.'; }) &&
         text.find("..") == std::string_view::npos && text.find(".-") == std::string_view::npos &&
         text.find("-.") == std::string_view::npos;
}

bool is_image(std::string_view text) {
  constexpr std::string_view others = "._:/@-";
  return !text.empty() && text.size() <= 1024 && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || others.find(c) != std::string_view::npos; });
}

bool is_quantity(std::string_view text) {
  constexpr std::array<std::string_view, 14> suffixes{"",  "m",  "k",  "M",  "G",  "T",  "P",
                                                      "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  const std::string_view suffix = [&] {
    auto rest = without_digits(text);
    if (rest.starts_with('.')) rest = without_digits(rest.substr(1));
    return rest;
  }();
  const auto number = text.substr(0, text.size() - suffix.size());
  return text.size() <= 20 && !number.empty() && is_digit(number.front()) && is_digit(number.back()) &&
         number.find_first_of("123456789") != std::string_view::npos && is_one_of(suffix, suffixes);
}

bool is_wait(std::string_view text) {
  constexpr std::array<std::string_view, 4> units{"ms", "s", "m", "h"};
  const auto unit = without_digits(text);
  const auto digits = text.size() - unit.size();
  return digits >= 1 && digits <= 6 && text.front() != '0' && is_one_of(unit, units);
}

std::string shown(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, longest_shown)) out += c >= ' ' && c <= '~' && c != '"' && c != '\\' ? c : '?';
  return out + (text.size() > longest_shown ? "…\"" : "\"");
}

}  // namespace inject
