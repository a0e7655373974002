#include "agent/app/manifest.hpp"

#include <fcntl.h>

#include <algorithm>

#include "agent/config/keys.hpp"
#include "agent/pgd/go_duration.hpp"
#include "common/files.hpp"

namespace app {
namespace {

using common::Error;
using pgd::Manifest;

bool has_node(const Manifest& manifest, const std::string& node) {
  const auto nodes = pgd::node_names(manifest);
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

/// `region-a-4` is region-a's whether or not the manifest knows it yet: one just added must be able to start.
bool may_have_node(const Manifest& manifest, const std::string& node) {
  const std::string prefix = manifest.name + "-";
  return node.starts_with(prefix) && node.size() > prefix.size() &&
         std::all_of(node.begin() + static_cast<std::ptrdiff_t>(prefix.size()), node.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

common::Result<const Manifest*> own_group(const std::vector<Manifest>& manifests, const std::string& node) {
  if (manifests.empty()) return Error{"holds no PGDGroup of pgd.k8s.enterprisedb.io"};
  if (manifests.size() == 1) return &manifests.front();
  for (const auto belongs : {&has_node, &may_have_node}) {
    const auto found =
        std::find_if(manifests.begin(), manifests.end(), [&](const Manifest& m) { return belongs(m, node); });
    if (found != manifests.end()) return &*found;
  }
  std::string names;
  for (const auto& manifest : manifests) names += (names.empty() ? "" : ", ") + manifest.name;
  return Error{"holds several PGDGroups (" + names + ") and this node, \"" + node +
               "\", is of none of them; set group.node, or leave one group in the file"};
}

/// At most: duplicates are not yet found.
std::size_t names_of(const model::Group& group) {
  std::size_t names = (group.nodes.size() + 4) * (group.additional.size() + 1) + group.discovery.size();
  for (const auto& peer : group.peers) names += names_of(peer);
  return names;
}

}  // namespace

common::Result<std::string> read_manifest_file(const std::string& path, const pgd::YamlLimits& limits) {
  auto file = common::read_file_at(AT_FDCWD, path, limits.bytes);
  if (!file) return Error{path + ": " + file.error().message};
  return std::move(file->bytes);
}

common::Result<config::Config> with_manifest(config::Config config, const std::string& text) {
  const std::string& path = config.group.manifest;
  const auto manifests = pgd::read_manifests(text);
  if (!manifests) {
    const auto& error = manifests.error();
    return Error{path + ":" + std::to_string(error.at.line) + ":" + std::to_string(error.at.column) + ": " + error.why};
  }
  auto& spelled = config.group.spelled;
  const auto own = own_group(*manifests, spelled.node);
  if (!own) return Error{path + ": " + own.error().message};
  auto group = pgd::to_group(**own, spelled.node, spelled.nodes);
  if (group.name.empty()) return Error{path + ": its PGDGroup has no metadata.name"};
  if (group.ns.empty()) group.ns = spelled.ns;
  group.extra_names = spelled.extra_names;
  for (const auto& other : *manifests) {
    if (&other != *own && !other.name.empty()) group.peers.push_back(pgd::to_group(other));
  }
  if (const auto names = names_of(group) + group.extra_names.size(); names > config::most_names) {
    return Error{path + ": its groups come to " + std::to_string(names) + " names, at most " +
                 std::to_string(config::most_names) + " are watched"};
  }
  spelled = std::move(group);
  const auto& certificate = (*own)->server_certificate;
  if (!config.secrets.renew_before && certificate && !certificate->renew_before.empty()) {
    const auto lead = pgd::parse_go_duration(certificate->renew_before);
    if (lead && *lead >= std::chrono::seconds{1}) {
      config.secrets.renew_before = std::chrono::duration_cast<config::Duration>(*lead);
    }
  }
  return config;
}

common::Result<config::Config> with_manifest(config::Config config) {
  if (config.group.manifest.empty()) return config;
  const auto text = read_manifest_file(config.group.manifest);
  if (!text) return text.error();
  return with_manifest(std::move(config), *text);
}

}  // namespace app
