#include <algorithm>

#include "agent/pgd/manifest.hpp"

namespace pgd {

NodesFrom nodes_from(const Manifest& manifest, const std::vector<std::string>& configured) {
  if (!configured.empty()) return NodesFrom::configuration;
  return manifest.status_nodes.empty() ? NodesFrom::counts : NodesFrom::status;
}

std::vector<std::string> node_names(const Manifest& manifest, const std::vector<std::string>& configured) {
  switch (nodes_from(manifest, configured)) {
    case NodesFrom::configuration: return configured;
    case NodesFrom::status: return manifest.status_nodes;
    case NodesFrom::counts: break;
  }
  // A status may be older than the spec beside it: the operator is about to make what it lacks.
  const int last =
      std::max(manifest.latest_generated_node.value_or(0), manifest.instances + manifest.witness_instances);
  std::vector<std::string> names;
  for (int number = 1; number <= last && !manifest.name.empty(); ++number) {
    names.push_back(manifest.name + "-" + std::to_string(number));
  }
  return names;
}

model::Group to_group(const Manifest& manifest, const std::string& node, const std::vector<std::string>& configured) {
  model::Group group;
  group.name = manifest.name;
  group.ns = manifest.ns;
  group.node = node;
  group.nodes = node_names(manifest, configured);
  group.mode = manifest.mode;
  group.primary = manifest.primary;
  group.additional = manifest.additional;
  group.proxy = manifest.has_proxy();
  group.proxy_read = manifest.has_proxy_read();
  group.discovery = manifest.discovery;
  if (manifest.server_certificate) group.certificate_names = manifest.server_certificate->dns_names;
  return group;
}

}  // namespace pgd
