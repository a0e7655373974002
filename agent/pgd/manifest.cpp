#include "agent/pgd/manifest.hpp"

#include <array>

#include "agent/pgd/manifest_fields.hpp"

namespace pgd {
namespace {

constexpr std::string_view api_group = "pgd.k8s.enterprisedb.io/";

/// The CRD says `require`, the documents `required`.
model::TlsMode mode_of(const std::string& text) {
  if (text == "verify-full") return model::TlsMode::verify_full;
  if (text == "require" || text == "required") return model::TlsMode::require;
  return model::TlsMode::verify_ca;
}

model::DnsEntry entry_of(const YamlNode& node) {
  return {text_of(node.find("domain")), text_of(node.find("hostSuffix"))};
}

ServiceTemplate service_template(const YamlNode* node) {
  ServiceTemplate made;
  if (!node || !node->is_mapping()) return made;
  made.given = true;
  made.metadata = metadata_of(node->find("metadata"));
  if (const YamlNode* spec = node->find("spec"); spec && spec->is_mapping()) made.spec = *spec;
  if (std::string text = text_of(node->find("updateStrategy")); !text.empty()) made.update_strategy = std::move(text);
  return made;
}

/// Moves a field of the documents' spelling to the CRD's place, where that is empty.
void adopt(YamlNode& spec, const YamlNode& cert_manager, std::string_view old_name, const std::string& name) {
  const YamlNode* value = cert_manager.find(old_name);
  if (value && !spec.find(name)) spec.set(name, *value);
}

std::optional<CertificateTemplate> certificate_template(const YamlNode* cert_manager) {
  if (!cert_manager || !cert_manager->is_mapping()) return std::nullopt;
  CertificateTemplate made;
  made.metadata = metadata_of(cert_manager->find("metadata"));
  if (const YamlNode* spec = cert_manager->find("spec"); spec && spec->is_mapping()) made.spec = *spec;
  adopt(made.spec, *cert_manager, "issuerRef", "issuerRef");
  adopt(made.spec, *cert_manager, "altDnsNames", "dnsNames");
  made.dns_names = texts_of(made.spec.find("dnsNames"));
  made.duration = text_of(made.spec.find("duration"));
  made.renew_before = text_of(made.spec.find("renewBefore"));
  return made;
}

void read_connectivity(const YamlNode& connectivity, Manifest& manifest) {
  if (const YamlNode* dns = connectivity.find("dns")) {
    manifest.primary = entry_of(*dns);
    if (const YamlNode* additional = dns->find("additional")) {
      for (const auto& item : additional->items) {
        if (item.is_mapping()) manifest.additional.push_back(entry_of(item));
      }
    }
  }
  manifest.mode = mode_of(text_at(connectivity, {"tls", "mode"}));
  manifest.server_ca_secret = text_at(connectivity, {"tls", "serverCert", "caCertSecret"});
  manifest.client_ca_secret = text_at(connectivity, {"tls", "clientCert", "caCertSecret"});
  manifest.server_certificate = certificate_template(connectivity.find({"tls", "serverCert", "certManager"}));
  manifest.client_certificate = certificate_template(connectivity.find({"tls", "clientCert", "certManager"}));
  manifest.client_secret =
      text_at(connectivity, {"tls", "clientCert", "preProvisioned", "streamingReplica", "secretRef"});
  manifest.node_service = service_template(connectivity.find("nodeServiceTemplate"));
  manifest.group_service = service_template(connectivity.find("groupServiceTemplate"));
  manifest.proxy_service = service_template(connectivity.find("proxyServiceTemplate"));
  manifest.proxy_read_service = service_template(connectivity.find("proxyReadServiceTemplate"));
}

/// An API server of operator 2.x fills in `proxyInstances: 0`: only a number above tells of operator 1.x.
bool is_operator_1(const YamlNode& spec) {
  if (count_of(spec.find("proxyInstances")).value_or(0) > 0) return true;
  return spec.find("pgdProxy") || spec.find({"pgd", "proxySettings"});
}

void read_status(const YamlNode& status, Manifest& manifest) {
  if (const YamlNode* nodes = status.find("nodes")) {
    auto own = YamlNode::sequence();
    for (const auto& node : nodes->items) {
      const std::string group = text_of(node.find("node_group_name"));
      if (const YamlNode* name = node.find("node_name"); name && (group.empty() || group == manifest.name)) {
        own.add(*name);
      }
    }
    manifest.status_nodes = texts_of(&own);
  }
  manifest.latest_generated_node = count_of(status.find("latestGeneratedNode"));
  if (const YamlNode* certificates = status.find({"connectivity", "nodeTLSCertificates"})) {
    for (const auto& certificate : certificates->items) {
      const std::string node = text_of(certificate.find("nodeName")), secret = text_of(certificate.find("name"));
      if (!node.empty() && !secret.empty()) manifest.server_secrets.emplace_back(node, secret);
    }
  }
  manifest.replication_secret = text_at(status, {"connectivity", "replicationTLSCertificate", "name"});
}

}  // namespace

bool is_pgd_group(const YamlNode& document) {
  return text_of(document.find("kind")) == "PGDGroup" && text_of(document.find("apiVersion")).starts_with(api_group);
}

Manifest read_manifest(YamlNode document) {
  Manifest manifest;
  manifest.name = text_at(document, {"metadata", "name"});
  manifest.ns = text_at(document, {"metadata", "namespace"});
  if (const YamlNode* spec = document.find("spec")) {
    manifest.instances = count_of(spec->find("instances")).value_or(0);
    manifest.witness_instances = count_of(spec->find("witnessInstances")).value_or(0);
    manifest.operator_1 = is_operator_1(*spec);
    manifest.read_routing = is_true(spec->find({"pgd", "proxySettings", "enableReadNodeRouting"}));
    manifest.inherited = metadata_of(spec->find("inheritedMetadata"));
    manifest.discovery = discovery_hosts(spec->find({"pgd", "discovery"}));
    if (const YamlNode* connectivity = spec->find("connectivity")) read_connectivity(*connectivity, manifest);
  }
  if (const YamlNode* status = document.find("status")) read_status(*status, manifest);
  manifest.document = std::move(document);
  return manifest;
}

boost::system::result<std::vector<Manifest>, YamlError> read_manifests(std::string_view text,
                                                                       const YamlLimits& limits) {
  auto documents = read_yaml(text, limits);
  if (!documents) return std::move(documents).error();
  std::vector<Manifest> manifests;
  for (auto& document : *documents) {
    if (is_pgd_group(document)) {
      manifests.push_back(read_manifest(std::move(document)));
    } else if (text_of(document.find("kind")).ends_with("List")) {
      for (auto& member : document.members) {
        if (member.key != "items") continue;
        for (auto& item : member.value.items) {
          if (is_pgd_group(item)) manifests.push_back(read_manifest(std::move(item)));
        }
      }
    }
  }
  return manifests;
}

}  // namespace pgd
