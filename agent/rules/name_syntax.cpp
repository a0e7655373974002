#include "agent/rules/name_syntax.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace rules {
namespace {

constexpr std::size_t longest_label = 63, longest_name = 253;

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string printable(char c) {
  if (c > ' ' && c < 0x7f) return std::string("\"") + c + "\"";
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'0', 'x', digits[byte / 16], digits[byte % 16]};
}

std::string why_invalid_label(std::string_view label) {
  const auto quoted = [&] { return "label \"" + std::string(label) + "\""; };
  if (label.empty()) return "a label is empty";
  if (const auto bad = std::find_if_not(label.begin(), label.end(), allowed); bad != label.end()) {
    return "character " + printable(*bad) + " is not allowed";
  }
  if (label.size() > longest_label) return quoted() + " is longer than 63 characters";
  if (label.front() == '-' || label.back() == '-') return quoted() + " begins or ends with a hyphen";
  return "";
}

}  // namespace

std::string why_invalid(std::string_view fqdn) {
  if (fqdn.ends_with('.')) fqdn.remove_suffix(1);
  if (fqdn.empty()) return "it is empty";
  if (fqdn.size() > longest_name) return "it is longer than 253 characters";
  for (std::string_view rest = fqdn;;) {
    const auto dot = rest.find('.');
    if (std::string why = why_invalid_label(rest.substr(0, dot)); !why.empty()) return why;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  in_addr ignored{};
  if (::inet_aton(std::string(fqdn).c_str(), &ignored) != 0) return "it is an IPv4 address, not a name";
  return "";
}

}  // namespace rules
