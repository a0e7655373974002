#include "agent/rules/name_syntax.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

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

bool is_host_name(std::string_view name) {
  return !name.starts_with('-') && std::all_of(name.begin(), name.end(), [](char c) { return c == '.' || allowed(c); });
}

std::string numeric_address(std::string_view name) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::string whole(name), scope(name.substr(std::min(name.find('%'), name.size())));
  const bool no_rest = name.find_first_not_of("0123456789abcdefABCDEFxX.") == std::string_view::npos;
  in_addr four{};
  if (no_rest && ::inet_aton(whole.c_str(), &four) != 0) return ::inet_ntop(AF_INET, &four, text.data(), text.size());
  in6_addr six{};
  const std::string bare(name.substr(0, name.size() - scope.size()));
  if (scope == "%" || ::inet_pton(AF_INET6, bare.c_str(), &six) != 1) return "";
  return ::inet_ntop(AF_INET6, &six, text.data(), text.size()) + scope;
}

}  // namespace rules
