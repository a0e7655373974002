#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "agent/pgd/names.hpp"
#include "agent/pgd/objects.hpp"
#include "agent/pgd/objects_parts.hpp"

namespace pgd {
namespace {

template <class Texts>
YamlNode sequence_of(const Texts& texts) {
  YamlNode sequence = YamlNode::sequence();
  for (const auto& text : texts) sequence.add(YamlNode::string(std::string(text)));
  return sequence;
}

/// cert-manager's default usages are the first two alone, with which neither Postgres' clients nor the operator's own
/// check accept the certificate: the extended one has to be asked for.
void set_usages(YamlNode& spec, std::string_view extended) {
  if (says(spec, "usages")) return;
  spec.set("usages",
           sequence_of(std::initializer_list<std::string_view>{"digital signature", "key encipherment", extended}));
}

YamlNode certificate(const Manifest& manifest, const CertificateTemplate& from, const std::string& name,
                     const Metadata& operators, YamlNode spec) {
  const Metadata metadata = joined(joined(manifest.inherited, from.metadata), operators);
  if (!says(spec, "secretName")) spec.set("secretName", YamlNode::string(name));
  return object({"cert-manager.io/v1", "Certificate", name, manifest.ns, metadata}, std::move(spec));
}

/// The status knows the name; before there is one it is ours, for the operator's rule is not documented.
std::string server_certificate_name(const Manifest& manifest, const std::string& node) {
  const auto known = std::find_if(manifest.server_secrets.begin(), manifest.server_secrets.end(),
                                  [&](const auto& entry) { return entry.first == node && !entry.second.empty(); });
  return known == manifest.server_secrets.end() ? node + "-server" : known->second;
}

YamlNode server_certificate(const Manifest& manifest, const CertificateTemplate& from, const std::string& node) {
  YamlNode spec = copied(from.spec);
  spec.set("dnsNames", sequence_of(certificate_names(manifest, node)));
  set_usages(spec, "server auth");
  const Metadata operators{.labels = {{label_key("certificateType"), "server"}},
                           .annotations = {{label_key("node"), node}}};
  return certificate(manifest, from, server_certificate_name(manifest, node), operators, std::move(spec));
}

YamlNode client_certificate(const Manifest& manifest, const CertificateTemplate& from) {
  YamlNode spec = copied(from.spec);
  spec.set("commonName", YamlNode::string("streaming_replica"));
  set_usages(spec, "client auth");
  const std::string name =
      manifest.replication_secret.empty() ? manifest.name + "-streaming-replica" : manifest.replication_secret;
  return certificate(manifest, from, name,
                     {.labels = {{label_key("certificateType"), "replication"}}, .annotations = {}}, std::move(spec));
}

}  // namespace

std::vector<YamlNode> certificates(const Manifest& manifest, const std::vector<std::string>& nodes,
                                   const std::string& node) {
  std::vector<YamlNode> certificates;
  if (manifest.server_certificate) {
    const std::vector<std::string> rendered = node.empty() ? nodes : std::vector<std::string>{node};
    for (const auto& each : rendered) {
      certificates.push_back(server_certificate(manifest, *manifest.server_certificate, each));
    }
  }
  if (manifest.client_certificate && manifest.client_secret.empty()) {
    certificates.push_back(client_certificate(manifest, *manifest.client_certificate));
  }
  return certificates;
}

std::vector<std::string> certificate_names(const Manifest& manifest, const std::string& node) {
  return targets(to_group(manifest, node)).required_sans;
}

}  // namespace pgd
