#include "agent/pgd/lint_paths.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace pgd {
namespace {

bool plain_key(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 22> words{"y",     "Y",     "yes",   "Yes", "YES", "true", "True", "TRUE",
                                                   "on",    "On",    "ON",    "n",   "N",   "no",   "No",   "NO",
                                                   "false", "False", "FALSE", "off", "Off", "OFF"};
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Go's strconv.ParseInt with base 0, underscores taken out before.
std::optional<long long> whole_number(std::string text) {
  std::erase(text, '_');
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  int base = 10;
  if (digits.size() > 1 && digits[0] == '0') {
    const char kind = digits[1];
    base = kind == 'x' || kind == 'X' ? 16 : kind == 'b' || kind == 'B' ? 2 : 8;
    digits.remove_prefix(base != 8 || kind == 'o' || kind == 'O' ? 2 : 1);
  }
  unsigned long long value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return {};
  if (value > static_cast<unsigned long long>(std::numeric_limits<long long>::max())) return {};
  return negative ? -static_cast<long long>(value) : static_cast<long long>(value);
}

std::optional<double> decimal(std::string text) {
  std::erase(text, '_');
  std::string_view digits = text;
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || !(digits[0] == '.' || (digits[0] >= '0' && digits[0] <= '9')) || digits == ".") return {};
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size() || error == std::errc::invalid_argument) return {};
  if (error == std::errc::result_out_of_range) value = HUGE_VAL;
  return text.starts_with('-') ? -value : value;
}

bool not_finite(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN" || text == ".NAN";
}

std::optional<long long> integer_of(const YamlNode& node) {
  if (node.kind != YamlKind::scalar || node.quoted) return {};
  if (const auto whole = whole_number(node.text)) return whole;
  const auto value = decimal(node.text);
  constexpr double bound = 9e18;
  if (!value || std::abs(*value) > bound || std::floor(*value) != *value) return {};
  return static_cast<long long>(*value);
}

}  // namespace

ScalarType scalar_type(const YamlNode& node) {
  if (node.kind != YamlKind::scalar) return ScalarType::none;
  if (node.quoted) return ScalarType::text;
  if (is_boolean(node.text)) return ScalarType::boolean;
  if (integer_of(node)) return ScalarType::integer;
  return decimal(node.text) || not_finite(node.text) ? ScalarType::number : ScalarType::text;
}

Spot Spot::of(const YamlMember& member) const {
  const YamlNode& value = member.value;
  const bool on_its_line = value.kind == YamlKind::scalar && value.at.line > 0;
  const int line = on_its_line ? value.at.line : member.at.line > 0 ? member.at.line : line_;
  const std::string step = plain_key(member.key) ? "." + member.key : "[" + in_quotes(member.key) + "]";
  return {value.kind == YamlKind::null ? nullptr : &value, path_ + step, line};
}

Spot Spot::operator/(std::string_view key) const {
  if (node_) {
    for (auto member = node_->members.rbegin(); member != node_->members.rend(); ++member) {
      if (member->key == key) return of(*member);
    }
  }
  return {nullptr, path_ + (plain_key(key) ? "." + std::string(key) : "[" + in_quotes(key) + "]"), line_};
}

std::vector<Spot> Spot::items() const {
  std::vector<Spot> spots;
  if (!node_) return spots;
  for (const auto& item : node_->items) {
    // Of an item without a text no reader tells the place.
    const bool null = item.kind == YamlKind::null;
    spots.push_back({null ? nullptr : &item, path_ + "[" + std::to_string(spots.size()) + "]",
                     null || item.at.line == 0 ? line_ : item.at.line});
  }
  return spots;
}

std::vector<Spot::Member> Spot::members() const {
  std::vector<Member> all;
  if (!node_) return all;
  for (const auto& member : node_->members) all.push_back({member.key, member.at, of(member)});
  return all;
}

std::string Spot::text() const { return node_ && scalar_type(*node_) == ScalarType::text ? node_->text : ""; }

bool Spot::is_true() const {
  if (!node_ || scalar_type(*node_) != ScalarType::boolean) return false;
  constexpr std::string_view first_letters = "yYtT";
  const std::string& text = node_->text;
  return text[0] == 'o' || text[0] == 'O' ? text.size() == 2 : first_letters.find(text[0]) != std::string_view::npos;
}

long long Spot::integer(long long otherwise) const {
  return node_ ? integer_of(*node_).value_or(otherwise) : otherwise;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 80;
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      out += c;
    } else {
      out += {'\\', 'x', digits[byte / 16], digits[byte % 16]};
    }
  }
  return out + (text.size() > longest ? "...\"" : "\"");
}

}  // namespace pgd
