// A PGDGroup manifest as one value: what of it concerns names, services and certificates. Reads a tree; judges nothing
// (lint.hpp) and composes no name (names.hpp).
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/model/group.hpp"
#include "agent/pgd/yaml.hpp"

namespace pgd {

/// Labels or annotations in the text's order; values are texts, whatever YAML makes of them.
using Labels = std::vector<std::pair<std::string, std::string>>;

struct Metadata {
  Labels labels;
  Labels annotations;
};

/// `.spec.connectivity.{node,group,proxy,proxyRead}ServiceTemplate`
struct ServiceTemplate {
  bool given = false;
  Metadata metadata;
  YamlNode spec = YamlNode::mapping();  ///< a core/v1 ServiceSpec, as written
  std::string update_strategy = "patch";
};

/// `certManager`, of either spelling: the documents' `issuerRef` and `altDnsNames` count where the CRD's
/// `spec.issuerRef` and `spec.dnsNames` are not there.
struct CertificateTemplate {
  Metadata metadata;
  YamlNode spec = YamlNode::mapping();  ///< a cert-manager CertificateSpec, as written, old spellings moved into it
  std::vector<std::string> dns_names;
  std::string duration;      ///< Go duration, "" = cert-manager's 90 days
  std::string renew_before;  ///< Go duration, "" = a third of the duration
};

/// Who belongs to the group, by how much it is to be trusted.
enum class NodesFrom { counts, status, configuration };

struct Manifest {
  std::string name;
  std::string ns;     ///< metadata.namespace, "" = not given
  int instances = 0;  ///< data nodes
  int witness_instances = 0;
  bool operator_1 = false;    ///< written for operator 1.x (PGD 5): proxyInstances, pgdProxy or proxySettings given
  bool read_routing = false;  ///< spec.pgd.proxySettings.enableReadNodeRouting
  Metadata inherited;         ///< spec.inheritedMetadata
  model::TlsMode mode = model::TlsMode::verify_ca;
  model::DnsEntry primary;
  std::vector<model::DnsEntry> additional;
  std::vector<std::string> discovery;  ///< hosts of spec.pgd.discovery, comma lists taken apart, in order, unique
  ServiceTemplate node_service, group_service, proxy_service, proxy_read_service;
  std::string server_ca_secret, client_ca_secret;
  std::optional<CertificateTemplate> server_certificate;
  std::optional<CertificateTemplate> client_certificate;
  std::string client_secret;                 ///< preProvisioned.streamingReplica.secretRef
  std::vector<std::string> status_nodes;     ///< status.nodes[].node_name of this group
  std::optional<int> latest_generated_node;  ///< status.latestGeneratedNode
  std::vector<std::pair<std::string, std::string>>
      server_secrets;              ///< node, Secret: status.connectivity.nodeTLSCertificates
  std::string replication_secret;  ///< status.connectivity.replicationTLSCertificate.name
  YamlNode document;               ///< the whole, for lint

  /// Has a connection manager or proxies, hence proxy services.
  [[nodiscard]] bool has_proxy() const { return instances > 0; }
  /// 1.x: where read routing is on; 2.x: wherever there is a proxy.
  [[nodiscard]] bool has_proxy_read() const { return has_proxy() && (!operator_1 || read_routing); }
};

/// kind PGDGroup of API group pgd.k8s.enterprisedb.io, of any version.
bool is_pgd_group(const YamlNode& document);

/// Reads what is there: absent or of the wrong type becomes the default, and is lint's to tell. `document` has to be
/// is_pgd_group. List kinds (`kind: List`) are taken apart by read_manifests.
Manifest read_manifest(YamlNode document);

/// Every PGDGroup of a text, `kind: List` included; other kinds are passed over. Empty where there is none.
boost::system::result<std::vector<Manifest>, YamlError> read_manifests(std::string_view text,
                                                                       const YamlLimits& limits = {});

/// The group's nodes: `configured` where given; else of status.nodes; else counted from 1 to latestGeneratedNode or
/// instances + witnessInstances, which is wrong once a node was replaced: numbers are never reused.
std::vector<std::string> node_names(const Manifest& manifest, const std::vector<std::string>& configured = {});
NodesFrom nodes_from(const Manifest& manifest, const std::vector<std::string>& configured = {});

/// The group as names.hpp takes it. `node` "" = nobody's view (names of all nodes, none of them own).
model::Group to_group(const Manifest& manifest, const std::string& node = "",
                      const std::vector<std::string>& configured = {});

}  // namespace pgd
