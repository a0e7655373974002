// Fields of a manifest by their shapes: what is absent or of another shape is the default. Knows no path.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/pgd/manifest.hpp"

namespace pgd {

/// A scalar's text, whatever YAML makes of it; "" of anything else.
std::string text_of(const YamlNode* node);
std::string text_at(const YamlNode& node, const std::vector<std::string_view>& path);

/// A mapping's member texts in their order; a key given twice has its last value.
Labels labels_of(const YamlNode* node);
/// `{labels, annotations}`
Metadata metadata_of(const YamlNode* node);

/// Texts of a sequence, each once, empty ones left out.
std::vector<std::string> texts_of(const YamlNode* node);

/// A plain decimal number, clamped to 0..1000; none of anything else.
std::optional<int> count_of(const YamlNode* node);
inline constexpr int most_nodes = 1000;

/// A plain boolean (`true`, `True`, `TRUE`); false of anything else.
bool is_true(const YamlNode* node);

/// Hosts of `spec.pgd.discovery`: each item's `host`, or that of a connection string `host=a,b port=5432`. Comma lists
/// (libpq's several hosts) are taken apart; sockets and addresses are no names; each once.
std::vector<std::string> discovery_hosts(const YamlNode* discovery);

}  // namespace pgd
