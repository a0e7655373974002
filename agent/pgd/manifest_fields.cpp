#include "agent/pgd/manifest_fields.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace pgd {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// `host` of a keyword/value connection string (libpq's conninfo), "" where there is none.
std::string host_of(std::string_view conninfo) {
  while (!(conninfo = trimmed(conninfo)).empty()) {
    const auto equals = conninfo.find('=');
    if (equals == std::string_view::npos) return "";
    const std::string_view key = trimmed(conninfo.substr(0, equals));
    conninfo = trimmed(conninfo.substr(equals + 1));
    const bool quoted = conninfo.starts_with('\'');
    if (quoted) conninfo.remove_prefix(1);
    const auto end = std::min(conninfo.find_first_of(quoted ? "'" : blanks), conninfo.size());
    if (key == "host") return std::string(conninfo.substr(0, end));
    conninfo.remove_prefix(std::min(conninfo.size(), end + 1));
  }
  return "";
}

/// A socket's directory or an abstract one (libpq), or an IP address.
bool is_name(std::string_view host) {
  if (host.empty() || host.front() == '/' || host.front() == '@') return false;
  return host.find(':') == std::string_view::npos && host.find_first_not_of("0123456789.") != std::string_view::npos;
}

/// Texts in the order first added, each once.
class Unique {
 public:
  void add(std::string_view text) {
    if (seen_.emplace(text).second) texts_.emplace_back(text);
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

 private:
  std::set<std::string, std::less<>> seen_;
  std::vector<std::string> texts_;
};

}  // namespace

std::string text_of(const YamlNode* node) { return node && node->is_scalar() ? node->text : ""; }

std::string text_at(const YamlNode& node, const std::vector<std::string_view>& path) {
  return text_of(node.find(path));
}

Labels labels_of(const YamlNode* node) {
  Labels labels;
  std::set<std::string_view> seen;
  if (!node) return labels;
  for (auto member = node->members.rbegin(); member != node->members.rend(); ++member) {
    if (seen.insert(member->key).second) labels.emplace_back(member->key, text_of(&member->value));
  }
  std::reverse(labels.begin(), labels.end());
  return labels;
}

Metadata metadata_of(const YamlNode* node) {
  if (!node) return {};
  return {labels_of(node->find("labels")), labels_of(node->find("annotations"))};
}

std::vector<std::string> texts_of(const YamlNode* node) {
  Unique texts;
  if (!node) return {};
  for (const auto& item : node->items) {
    if (!text_of(&item).empty()) texts.add(item.text);
  }
  return texts.take();
}

std::optional<int> count_of(const YamlNode* node) {
  if (!node || !node->is_scalar() || node->quoted) return std::nullopt;
  const std::string& text = node->text;
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  if (error == std::errc::result_out_of_range) return text[0] == '-' ? 0 : most_nodes;
  return static_cast<int>(std::clamp<long long>(value, 0, most_nodes));
}

bool is_true(const YamlNode* node) {
  const std::string text = text_of(node);
  return !text.empty() && !node->quoted && (text == "true" || text == "True" || text == "TRUE");
}

std::vector<std::string> discovery_hosts(const YamlNode* discovery) {
  Unique hosts;
  if (!discovery) return {};
  for (const auto& item : discovery->items) {
    const std::string list = item.is_mapping() ? text_of(item.find("host")) : host_of(text_of(&item));
    for (std::string_view rest = list; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      const std::string_view host = trimmed(rest.substr(0, comma));
      if (is_name(host)) hosts.add(host);
      rest.remove_prefix(std::min(rest.size(), comma + 1));
    }
  }
  return hosts.take();
}

}  // namespace pgd
