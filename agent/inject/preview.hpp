// What would be injected into the pod of a node, as a manifest's fragment to read. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/inject/settings.hpp"
#include "agent/pgd/manifest.hpp"

namespace inject {

/// metadata.annotations and spec.{initContainers,containers,volumes} that are added to the pod of `node`, with the
/// annotations that the manifest has the operator put on its pods. `problems`: as of settings and annotations.
pgd::YamlNode preview(const pgd::Manifest& manifest, const std::string& node, const Settings& settings,
                      std::string_view version, std::vector<std::string>& problems);

/// Secrets that the manifest names and that no annotation and no setting has mounted: annotation key, Secret.
std::vector<std::pair<std::string, std::string>> unmounted(const pgd::Manifest& manifest, const std::string& node,
                                                           const Settings& settings);

}  // namespace inject
