#include "agent/pgd/manifest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/pgd/reading.hpp"

namespace {

using pgd::Manifest;
using tests::read_one;
using Strings = std::vector<std::string>;

const std::string head = "apiVersion: pgd.k8s.enterprisedb.io/v1beta1\nkind: PGDGroup\n";

/// A group named g with these lines under spec.
Manifest with_spec(const std::string& spec) { return read_one(head + "metadata: {name: g}\nspec:\n" + spec); }
/// … under spec.connectivity.
Manifest with_connectivity(const std::string& text) { return with_spec("  connectivity:\n" + text); }

}  // namespace

TEST_CASE("a whole manifest") {
  const Manifest manifest = read_one(head + R"(
metadata:
  name: north
  namespace: pg
spec:
  instances: 2
  witnessInstances: 1
  inheritedMetadata:
    labels: {region: zeta}
    annotations: {a.example/b: "true"}
  pgd:
    parentGroup: {name: world}
    discovery:
      - host: north-group
        port: "5432"
      - host: south-group
  connectivity:
    dns:
      domain: pg.example
      hostSuffix: -a
      additional:
        - domain: other.example
        - {domain: third.example, hostSuffix: -dc1}
        - hostSuffix: -bare
    tls:
      mode: verify-full
      serverCert:
        caCertSecret: server-ca
        certManager:
          metadata:
            labels: {team: db}
          spec:
            issuerRef: {name: issuer, kind: Issuer, group: cert-manager.io}
            dnsNames: [lb.example, '*.lb.example', lb.example]
            duration: 2160h
            renewBefore: 360h
      clientCert:
        caCertSecret: client-ca
        preProvisioned:
          streamingReplica:
            secretRef: replication
    nodeServiceTemplate:
      metadata:
        labels: {application: test}
        annotations: {name: '{node_svc}', external-dns.alpha.kubernetes.io/ttl: 60}
      spec: {type: LoadBalancer}
      updateStrategy: replace
    proxyServiceTemplate:
      spec: {type: NodePort}
status:
  latestGeneratedNode: 4
  nodes:
    - {node_name: north-1, node_group_name: north, node_kind_name: data}
    - {node_name: north-4}
    - {node_name: south-1, node_group_name: south}
    - {node_name: north-1, node_group_name: north}
  connectivity:
    nodeTLSCertificates:
      - {nodeName: north-1, name: north-1-tls, isReady: true}
      - {nodeName: north-4}
    replicationTLSCertificate: {name: north-replication}
)");
  CHECK(manifest.name == "north");
  CHECK(manifest.ns == "pg");
  CHECK(manifest.instances == 2);
  CHECK(manifest.witness_instances == 1);
  CHECK_FALSE(manifest.operator_1);
  CHECK(manifest.has_proxy());
  CHECK(manifest.has_proxy_read());
  CHECK(manifest.inherited.labels == pgd::Labels{{"region", "zeta"}});
  CHECK(manifest.inherited.annotations == pgd::Labels{{"a.example/b", "true"}});
  CHECK(manifest.discovery == Strings{"north-group", "south-group"});
  CHECK(manifest.primary == model::DnsEntry{"pg.example", "-a"});
  CHECK(manifest.additional ==
        std::vector<model::DnsEntry>{{"other.example", ""}, {"third.example", "-dc1"}, {"", "-bare"}});
  CHECK(manifest.mode == model::TlsMode::verify_full);
  CHECK(manifest.server_ca_secret == "server-ca");
  CHECK(manifest.client_ca_secret == "client-ca");
  REQUIRE(manifest.server_certificate.has_value());
  CHECK(manifest.server_certificate->metadata.labels == pgd::Labels{{"team", "db"}});
  CHECK(manifest.server_certificate->dns_names == Strings{"lb.example", "*.lb.example"});
  CHECK(manifest.server_certificate->duration == "2160h");
  CHECK(manifest.server_certificate->renew_before == "360h");
  CHECK(manifest.server_certificate->spec.find({"issuerRef", "name"})->text == "issuer");
  CHECK_FALSE(manifest.client_certificate.has_value());
  CHECK(manifest.client_secret == "replication");
  CHECK(manifest.node_service.given);
  CHECK(manifest.node_service.metadata.annotations ==
        pgd::Labels{{"name", "{node_svc}"}, {"external-dns.alpha.kubernetes.io/ttl", "60"}});
  CHECK(manifest.node_service.spec.find("type")->text == "LoadBalancer");
  CHECK(manifest.node_service.update_strategy == "replace");
  CHECK(manifest.proxy_service.update_strategy == "patch");
  CHECK_FALSE(manifest.group_service.given);
  CHECK(manifest.status_nodes == Strings{"north-1", "north-4"});
  CHECK(manifest.latest_generated_node == 4);
  CHECK(manifest.server_secrets == std::vector<std::pair<std::string, std::string>>{{"north-1", "north-1-tls"}});
  CHECK(manifest.replication_secret == "north-replication");
  CHECK(manifest.document.find("spec")->at.line == 8);
}

TEST_CASE("a bare manifest has the defaults") {
  const Manifest manifest = read_one(head);
  CHECK(manifest.name.empty());
  CHECK(manifest.mode == model::TlsMode::verify_ca);
  CHECK_FALSE(manifest.has_proxy());
  CHECK_FALSE(manifest.has_proxy_read());
  CHECK_FALSE(manifest.latest_generated_node.has_value());
  CHECK_FALSE(manifest.server_certificate.has_value());
  CHECK(manifest.node_service.spec.is_mapping());
  CHECK(pgd::node_names(manifest).empty());
}

TEST_CASE("fields of the wrong type are absent") {
  const Manifest manifest = read_one(head +
                                     "metadata: {name: [g], namespace: {}}\n"
                                     "spec:\n"
                                     "  instances: two\n"
                                     "  witnessInstances: '1'\n"
                                     "  inheritedMetadata: [a]\n"
                                     "  pgd: {discovery: {host: a}, proxySettings: 1}\n"
                                     "  connectivity:\n"
                                     "    dns: {domain: [a], hostSuffix: ~, additional: [a, [b], ~]}\n"
                                     "    tls: {mode: [verify-full], serverCert: a, clientCert: {certManager: [a]}}\n"
                                     "    nodeServiceTemplate: a\n"
                                     "    groupServiceTemplate: {spec: [], metadata: {labels: a}}\n"
                                     "status: {nodes: [a, [b], {node_name: [c]}], latestGeneratedNode: four,\n"
                                     "  connectivity: {nodeTLSCertificates: {a: b}}}\n");
  CHECK(manifest.name.empty());
  CHECK(manifest.instances == 0);
  CHECK(manifest.witness_instances == 0);
  CHECK(manifest.discovery.empty());
  CHECK(manifest.primary == model::DnsEntry{});
  CHECK(manifest.additional.empty());
  CHECK(manifest.mode == model::TlsMode::verify_ca);
  CHECK_FALSE(manifest.client_certificate.has_value());
  CHECK_FALSE(manifest.node_service.given);
  CHECK(manifest.group_service.given);
  CHECK(manifest.group_service.spec.is_mapping());
  CHECK(manifest.status_nodes.empty());
  CHECK_FALSE(manifest.latest_generated_node.has_value());
  CHECK(read_one(head + "spec: a\nstatus: [b]\nmetadata: c\n").name.empty());
}

TEST_CASE("both spellings of certManager; the CRD's counts where both are given") {
  const auto old = with_connectivity(
      "    tls: {serverCert: {certManager: {issuerRef: {name: i}, altDnsNames: [a.example, b.example]}}}\n");
  REQUIRE(old.server_certificate.has_value());
  CHECK(old.server_certificate->spec.find({"issuerRef", "name"})->text == "i");
  CHECK(old.server_certificate->spec.find("dnsNames")->items.size() == 2);
  CHECK(old.server_certificate->dns_names == Strings{"a.example", "b.example"});
  const auto both = with_connectivity(
      "    tls: {serverCert: {certManager: {altDnsNames: [a], issuerRef: {name: i},\n"
      "      spec: {dnsNames: [b], issuerRef: {name: j}}}}}\n");
  CHECK(both.server_certificate->dns_names == Strings{"b"});
  CHECK(both.server_certificate->spec.find({"issuerRef", "name"})->text == "j");
}

TEST_CASE("modes of either spelling") {
  const auto mode = [](const std::string& text) { return with_connectivity("    tls: {mode: " + text + "}\n").mode; };
  CHECK(mode("require") == model::TlsMode::require);
  CHECK(mode("required") == model::TlsMode::require);
  CHECK(mode("verify-full") == model::TlsMode::verify_full);
  CHECK(mode("verify-ca") == model::TlsMode::verify_ca);
  CHECK(mode("Verify-Full") == model::TlsMode::verify_ca);
  CHECK(mode("") == model::TlsMode::verify_ca);
}

TEST_CASE("hosts of discovery") {
  const auto hosts = [](const std::string& items) {
    return with_spec("  pgd: {discovery: " + items + "}\n").discovery;
  };
  CHECK(hosts("[{host: a}, {host: b, port: '6432', dbname: x}, {host: a}]") == Strings{"a", "b"});
  CHECK(hosts("[{host: 'a, b,,c ,a'}, {port: '1'}, {host: ''}]") == Strings{"a", "b", "c"});
  CHECK(hosts("['host=a,b port=5432', 'port = 5432 host = c', \"dbname='x y' host='d'\"]") ==
        Strings{"a", "b", "c", "d"});
  CHECK(hosts("['a', 'host', 'user=x', '= host=a', \"host='\"]") == Strings{});
  CHECK(hosts("[{host: /var/run}, {host: 10.0.0.1}, {host: '::1'}, {host: '@x'}, {host: 1a.example}]") ==
        Strings{"1a.example"});
}

TEST_CASE("operator 1.x is told by what 2.x no longer has") {
  CHECK(with_spec("  proxyInstances: 2\n").operator_1);
  CHECK(with_spec("  pgdProxy: {}\n").operator_1);
  CHECK(with_spec("  pgd: {proxySettings: {}}\n").operator_1);
  CHECK_FALSE(with_spec("  proxyInstances: 0\n").operator_1);
  CHECK_FALSE(with_spec("  instances: 1\n").operator_1);
  CHECK_FALSE(with_spec("  instances: 1\n  proxyInstances: 1\n").has_proxy_read());
  CHECK(with_spec("  instances: 1\n  pgd: {proxySettings: {enableReadNodeRouting: true}}\n").has_proxy_read());
  CHECK_FALSE(with_spec("  instances: 1\n  pgd: {proxySettings: {enableReadNodeRouting: 'true'}}\n").has_proxy_read());
  CHECK_FALSE(with_spec("  instances: 0\n  pgd: {proxySettings: {enableReadNodeRouting: true}}\n").has_proxy_read());
}
