#include "agent/pgd/go_duration.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace pgd {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t limit = std::uint64_t{1} << 63;  // what a negative int64 can hold

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
constexpr std::array<Unit, 8> units{{{"ns", 1},
                                     {"us", 1'000},
                                     {"\xC2\xB5s", 1'000},  // U+00B5, micro sign
                                     {"\xCE\xBCs", 1'000},  // U+03BC, mu
                                     {"ms", 1'000'000},
                                     {"s", 1'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"h", 3'600'000'000'000}}};

bool digit(char c) { return c >= '0' && c <= '9'; }

common::Error wrong(std::string why) { return {std::move(why)}; }

/// Digits at the front of `text`, taken off it; empty where the value leaves 63 bits.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t value = 0;
  while (!text.empty() && digit(text.front())) {
    if (value > limit / 10) return {};
    value = value * 10 + static_cast<std::uint64_t>(text.front() - '0');
    if (value > limit) return {};
    text.remove_prefix(1);
  }
  return value;
}

/// The decimal places' share of a unit; digits past what 63 bits hold don't count, as in Go.
std::uint64_t take_fraction(std::string_view& text, std::uint64_t unit_of_text) {
  std::uint64_t value = 0;
  double scale = 1;
  for (bool room = true; !text.empty() && digit(text.front()); text.remove_prefix(1)) {
    room = room && value <= (limit - 1) / 10 - 1;
    if (!room) continue;
    value = value * 10 + static_cast<std::uint64_t>(text.front() - '0');
    scale *= 10;
  }
  return static_cast<std::uint64_t>(static_cast<double>(value) * (static_cast<double>(unit_of_text) / scale));
}

std::string_view take_unit(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != '.' && !digit(text[end])) ++end;
  const std::string_view name = text.substr(0, end);
  text.remove_prefix(end);
  return name;
}

std::optional<std::uint64_t> unit_named(std::string_view name) {
  for (const auto& unit : units) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return {};
}

/// One "<number><unit>" at the front of `text`, in nanoseconds.
common::Result<std::uint64_t> take_part(std::string_view& text) {
  if (!digit(text.front()) && text.front() != '.') return wrong("a number is missing");
  const std::string_view start = text;
  const auto whole = take_number(text);
  if (!whole) return wrong("it is too long");
  const bool has_whole = text.size() != start.size();
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = text;
    while (!text.empty() && digit(text.front())) text.remove_prefix(1);
    fraction.remove_suffix(text.size());
  }
  if (!has_whole && fraction.empty()) return wrong("a number is missing");
  const std::string_view name = take_unit(text);
  if (name.empty()) return wrong("a unit is missing");
  const auto unit = unit_named(name);
  if (!unit) return wrong("unit \"" + std::string(name) + "\" is none of ns, us, ms, s, m, h");
  if (*whole > limit / *unit) return wrong("it is too long");
  return *whole * *unit + take_fraction(fraction, *unit);
}

}  // namespace

common::Result<nanoseconds> parse_go_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return nanoseconds{0};
  if (text.empty()) return wrong("it is empty");
  std::uint64_t sum = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part) return part.error();
    sum += *part;
    if (*part > limit || sum > limit) return wrong("it is too long");
  }
  if (negative && sum == limit) return nanoseconds{std::numeric_limits<std::int64_t>::min()};
  if (sum >= limit) return wrong("it is too long");
  const auto value = static_cast<std::int64_t>(sum);
  return nanoseconds{negative ? -value : value};
}

std::string go_duration(nanoseconds duration) {
  const bool negative = duration < nanoseconds{0};
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count() * (negative ? -1 : 1);
  std::string text = negative ? "-" : "";
  if (seconds >= 3600) text += std::to_string(seconds / 3600) + "h";
  if (seconds >= 60) text += std::to_string(seconds / 60 % 60) + "m";
  return text + std::to_string(seconds % 60) + "s";
}

std::string in_hours(std::string_view days) {
  std::string_view rest = days;
  const auto count = take_number(rest);
  if (!count || rest.size() == days.size() || rest.size() != 1 || *count > 100'000) return "";
  const std::uint64_t hours = rest == "d" ? 24 : rest == "w" ? 168 : rest == "y" ? 8760 : 0;
  return hours == 0 ? "" : std::to_string(*count * hours) + "h";
}

}  // namespace pgd
