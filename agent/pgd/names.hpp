// Which names a PGD group has: the only place where a service name or an FQDN is composed. Pure; resolves nothing.
#pragma once
#include <string>

#include "agent/model/group.hpp"

namespace pgd {

/// `<node>-node`, `<group>-group`, `<group>-proxy`, `<group>-proxy-r`, without the entry's suffix. Roles without a
/// service (discovery, extra) have none: "". `object` is the node's name for `node`, else the group's.
std::string service_name(model::NameRole role, const std::string& object);

/// `<service><host_suffix>[.<domain>]`, lower case: the operator's rule for certificate names and DSNs. No domain gives
/// the bare service name, which resolves through the pod's search list.
std::string fqdn(const std::string& service, const model::DnsEntry& entry);

/// Names to watch and names the server certificate must cover. A group without a name has only its discovery and extra
/// names.
model::Targets targets(const model::Group& group);

}  // namespace pgd
