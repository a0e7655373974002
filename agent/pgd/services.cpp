#include <string>
#include <utility>

#include "agent/pgd/names.hpp"
#include "agent/pgd/objects.hpp"
#include "agent/pgd/objects_parts.hpp"
#include "agent/pgd/placeholders.hpp"

namespace pgd {
namespace {

using model::NameRole;

/// What is there where the template does not say it.
struct Defaults {
  std::string workload_type;  ///< the Service's label `workloadType`; "" = none documented
  std::string target_port;
  Labels selector;
};

/// Documented: the three workload types; the port's shape (name `postgres`, 5432, TCP) and the proxies' 6432; the
/// selector of the pods behind the proxy service (1.x: PGD Proxy's, 2.x: the data nodes' Connection Manager). Read off
/// other documents, hence to be checked in a live cluster: 6433 for the read proxy, which is the read-only port of
/// both; that node and group services lead to Postgres' own port; the node service's selector, which is CloudNativePG's
/// for the primary of a cluster (a node is a cluster of one); the group service's, which leaves out the pods of
/// finished jobs.
Defaults defaults(NameRole role, const Manifest& manifest, const std::string& object) {
  const auto proxy_pods = [&]() -> Labels {
    return {{label_key("group"), manifest.name},
            {label_key("workloadType"), manifest.operator_1 ? "pgd-proxy" : "pgd-node-data"}};
  };
  switch (role) {
    case NameRole::node:
      return {"node-svc",
              "5432",
              {{"k8s.enterprisedb.io/cluster", object}, {"k8s.enterprisedb.io/instanceRole", "primary"}}};
    case NameRole::group:
      return {"group-svc", "5432", {{label_key("group"), manifest.name}, {"k8s.enterprisedb.io/podRole", "instance"}}};
    case NameRole::proxy: return {"proxy-svc", "6432", proxy_pods()};
    case NameRole::proxy_read: return {"", "6433", proxy_pods()};
    case NameRole::discovery:
    case NameRole::extra: break;
  }
  return {};
}

YamlNode default_ports(const Defaults& defaults) {
  YamlNode port = YamlNode::mapping();
  port.set("name", YamlNode::string("postgres"));
  port.set("port", YamlNode::plain("5432"));
  port.set("protocol", YamlNode::string("TCP"));
  port.set("targetPort", YamlNode::plain(defaults.target_port));
  YamlNode ports = YamlNode::sequence();
  ports.add(std::move(port));
  return ports;
}

YamlNode service_spec(const YamlNode& written, const Defaults& defaults) {
  YamlNode spec = copied(written);
  const YamlNode* type = spec.find("type");
  if (type && type->text == "ExternalName") return spec;  // a CNAME: neither ports nor pods
  if (!says(spec, "ports")) spec.set("ports", default_ports(defaults));
  if (!says(spec, "selector")) {
    YamlNode selector = YamlNode::mapping();
    for (const auto& [key, value] : defaults.selector) selector.set(key, YamlNode::string(value));
    spec.set("selector", std::move(selector));
  }
  return spec;
}

YamlNode service(const Manifest& manifest, NameRole role, const std::string& object, const ServiceTemplate& from) {
  const Defaults defaults = pgd::defaults(role, manifest, object);
  const std::string base = service_name(role, object);
  const std::string name = fqdn(base, {.domain = "", .host_suffix = manifest.primary.host_suffix});
  const std::string full_name = fqdn(base, manifest.primary);

  Metadata metadata = from.metadata;
  for (Labels* labels : {&metadata.labels, &metadata.annotations}) {
    for (auto& entry : *labels) entry.second = expand(entry.second, role, name, full_name);
  }
  metadata = joined(manifest.inherited, metadata);
  if (!defaults.workload_type.empty()) metadata.labels.emplace_back(label_key("workloadType"), defaults.workload_type);
  return pgd::object({"v1", "Service", name, manifest.ns, std::move(metadata)}, service_spec(from.spec, defaults));
}

}  // namespace

std::vector<YamlNode> services(const Manifest& manifest, const std::vector<std::string>& nodes,
                               const std::string& node) {
  std::vector<YamlNode> services;
  const std::vector<std::string> rendered = node.empty() ? nodes : std::vector<std::string>{node};
  for (const auto& each : rendered) {
    services.push_back(service(manifest, NameRole::node, each, manifest.node_service));
  }
  services.push_back(service(manifest, NameRole::group, manifest.name, manifest.group_service));
  if (manifest.has_proxy()) {
    services.push_back(service(manifest, NameRole::proxy, manifest.name, manifest.proxy_service));
  }
  if (manifest.has_proxy_read()) {
    services.push_back(service(manifest, NameRole::proxy_read, manifest.name, manifest.proxy_read_service));
  }
  return services;
}

}  // namespace pgd
