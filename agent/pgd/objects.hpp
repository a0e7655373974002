// The Services and Certificates that the operator makes of a group: a preview, for it owns them. Pure.
#pragma once
#include <string>
#include <vector>

#include "agent/pgd/manifest.hpp"

namespace pgd {

/// Service objects (core/v1) in a stable order: each node's, the group's, the proxy's, the read proxy's; one for each,
/// with the primary entry's suffix: the operator makes none for additional entries. Metadata: inherited, then the
/// template's with its placeholders expanded, then the operator's documented label; of two values of one key the later
/// counts. Spec: the template's as written; ports and selector where it has none, unless it is an ExternalName.
/// `updateStrategy` is no field of a Service. `node` "" = every node's, else this one's, whether `nodes` has it or not.
std::vector<YamlNode> services(const Manifest& manifest, const std::vector<std::string>& nodes,
                               const std::string& node = "");

/// cert-manager.io/v1 Certificates: the server's for each node (`node` as for services), then the client's, CN
/// `streaming_replica`, unless it is pre-provisioned. Spec: the user's as written; dnsNames of the server's and
/// commonName of the client's are the operator's; usages and secretName where there are none. Object and Secret are
/// named as in the status; without one `<node>-server` and `<group>-streaming-replica`, for the operator's rule is not
/// documented.
std::vector<YamlNode> certificates(const Manifest& manifest, const std::vector<std::string>& nodes,
                                   const std::string& node = "");

/// DNS names of a node's server certificate in the operator's order: node, group, proxy for every entry, then the
/// user's; each once, however it is capitalised. Whether the operator adds the read proxy's is not documented: they are
/// not here.
std::vector<std::string> certificate_names(const Manifest& manifest, const std::string& node);

}  // namespace pgd
