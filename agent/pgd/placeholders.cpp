#include "agent/pgd/placeholders.hpp"

#include <algorithm>

namespace pgd {
namespace {

using model::NameRole;

bool placeholder_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ' ';
}

/// Length of the `{…}` that `text` starts with, 0 where it starts with none.
std::size_t braced(std::string_view text) {
  if (!text.starts_with('{')) return 0;
  const auto* end = std::find_if_not(text.begin() + 1, text.end(), placeholder_character);
  const auto inside = static_cast<std::size_t>(end - text.begin()) - 1;
  return inside == 0 || end == text.end() || *end != '}' ? 0 : inside + 2;
}

}  // namespace

std::array<std::string_view, 2> placeholders(NameRole role) {
  switch (role) {
    case NameRole::node: return {"{node_svc}", "{node_fqdn}"};
    case NameRole::group: return {"{group_svc}", "{group_fqdn}"};
    case NameRole::proxy:
    case NameRole::proxy_read: return {"{proxy_svc}", "{proxy_fqdn}"};
    case NameRole::discovery:
    case NameRole::extra: break;
  }
  return {};
}

std::string expand(std::string_view text, NameRole role, std::string_view service, std::string_view fqdn) {
  const auto [of_service, of_fqdn] = placeholders(role);
  std::string expanded;
  while (!text.empty()) {
    const std::string_view found = text.substr(0, braced(text));
    if (found.empty()) {
      expanded += text.front();
      text.remove_prefix(1);
      continue;
    }
    expanded += found == of_service ? service : found == of_fqdn ? fqdn : found;
    text.remove_prefix(found.size());
  }
  return expanded;
}

std::vector<std::string> unknown_placeholders(std::string_view text, NameRole role) {
  const auto known = placeholders(role);
  std::vector<std::string> unknown;
  while (!text.empty()) {
    const std::string_view found = text.substr(0, braced(text));
    const bool expands = std::find(known.begin(), known.end(), found) != known.end();
    if (!found.empty() && !expands && std::find(unknown.begin(), unknown.end(), found) == unknown.end()) {
      unknown.emplace_back(found);
    }
    text.remove_prefix(std::max<std::size_t>(found.size(), 1));
  }
  return unknown;
}

}  // namespace pgd
