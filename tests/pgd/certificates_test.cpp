// Certificates: whose they are, what they are called, which names and usages they ask for.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "agent/pgd/objects.hpp"

namespace {

using pgd::Manifest;
using pgd::YamlNode;
using Texts = std::vector<std::string>;

struct Spelled {
  std::string server = "certManager: {spec: {issuerRef: {name: i}}}";
  std::string client = "certManager: {spec: {issuerRef: {name: j}}}";
  std::string dns = "domain: d.example";
  std::string status{};
  int instances = 1;
};

Manifest group_with(const Spelled& spelled) {
  const std::string text =
      "{apiVersion: pgd.k8s.enterprisedb.io/v1beta1, kind: PGDGroup, metadata: {name: g}, spec: {instances: " +
      std::to_string(spelled.instances) + ", witnessInstances: 1, connectivity: {dns: {" + spelled.dns +
      "}, tls: {serverCert: {caCertSecret: s, " + spelled.server + "}, clientCert: {caCertSecret: c, " +
      spelled.client + "}}}}, status: {" + spelled.status + "}}";
  auto manifests = pgd::read_manifests(text);
  REQUIRE(manifests.has_value());
  REQUIRE(manifests->size() == 1);
  return std::move(manifests->front());
}

std::vector<YamlNode> certificates_of(const Spelled& spelled, const std::string& node = "") {
  const Manifest manifest = group_with(spelled);
  return pgd::certificates(manifest, pgd::node_names(manifest), node);
}

/// `<object> <Secret>` of each.
Texts names_of(const std::vector<YamlNode>& objects) {
  Texts names;
  for (const auto& object : objects) {
    names.push_back(object.find({"metadata", "name"})->text + " " + object.find({"spec", "secretName"})->text);
  }
  return names;
}

Texts texts_of(const YamlNode* sequence) {
  Texts texts;
  if (!sequence) return texts;
  for (const auto& item : sequence->items) texts.push_back(item.text);
  return texts;
}

}  // namespace

TEST_CASE("a server certificate for each node, then one client certificate") {
  CHECK(names_of(certificates_of({})) ==
        Texts{"g-1-server g-1-server", "g-2-server g-2-server", "g-streaming-replica g-streaming-replica"});
  CHECK(names_of(certificates_of({}, "g-2")) ==
        Texts{"g-2-server g-2-server", "g-streaming-replica g-streaming-replica"});
}

TEST_CASE("the status knows what they are called, the user where they are kept") {
  CHECK(names_of(certificates_of({.server = "certManager: {spec: {issuerRef: {name: i}, secretName: kept}}",
                                  .client = "certManager: {spec: {issuerRef: {name: i}, secretName: there}}",
                                  .status = "connectivity: {nodeTLSCertificates: [{nodeName: g-2, name: t2}], "
                                            "replicationTLSCertificate: {name: r}}"})) ==
        Texts{"g-1-server kept", "t2 kept", "r there"});
  CHECK(names_of(certificates_of({.status = "connectivity: {nodeTLSCertificates: [{nodeName: g-2, name: t2}]}"})) ==
        Texts{"g-1-server g-1-server", "t2 t2", "g-streaming-replica g-streaming-replica"});
}

TEST_CASE("none for a client certificate that is pre-provisioned, none without a template") {
  const std::string provisioned = "preProvisioned: {streamingReplica: {secretRef: mine}}";
  CHECK(names_of(certificates_of({.client = provisioned})).size() == 2);
  CHECK(names_of(certificates_of({.client = provisioned + ", certManager: {spec: {issuerRef: {name: j}}}"})).size() ==
        2);
  CHECK(names_of(certificates_of({.client = "x: y"})).size() == 2);
  CHECK(names_of(certificates_of({.server = "x: y"})) == Texts{"g-streaming-replica g-streaming-replica"});
}

TEST_CASE("DNS names: node, group, proxy for every entry, then the user's, each once") {
  const std::string user =
      "certManager: {spec: {issuerRef: {name: i}, dnsNames: [u.example, G-Group.D.example, '*.w', "
      "u.example]}}";
  const Manifest manifest =
      group_with({.server = user, .dns = "domain: d.example, hostSuffix: -a, additional: [{domain: d.example}]"});
  const Texts expected{"g-2-node-a.d.example", "g-group-a.d.example", "g-proxy-a.d.example", "g-2-node.d.example",
                       "g-group.d.example",    "g-proxy.d.example",   "u.example",           "*.w"};
  CHECK(pgd::certificate_names(manifest, "g-2") == expected);
  const auto rendered = pgd::certificates(manifest, {"g-2"});
  CHECK(texts_of(rendered.front().find({"spec", "dnsNames"})) == expected);

  // Nobody to connect to, no proxy.
  CHECK(pgd::certificate_names(group_with({.instances = 0}), "g-1") ==
        Texts{"g-1-node.d.example", "g-group.d.example"});
}

TEST_CASE("usages: the user's, else with the one that is checked") {
  const auto usages = [](const Spelled& spelled, std::size_t index) {
    return texts_of(certificates_of(spelled).at(index).find({"spec", "usages"}));
  };
  CHECK(usages({}, 0) == Texts{"digital signature", "key encipherment", "server auth"});
  CHECK(usages({}, 2) == Texts{"digital signature", "key encipherment", "client auth"});
  CHECK(usages({.server = "certManager: {spec: {usages: [any]}}"}, 0) == Texts{"any"});
  CHECK(usages({.server = "certManager: {spec: {usages: []}}"}, 0).size() == 3);
  CHECK(usages({.client = "certManager: {spec: {usages: [client auth]}}"}, 2) == Texts{"client auth"});
}

TEST_CASE("common names: the server's is the user's affair, the client's is streaming_replica") {
  const auto rendered = certificates_of({.server = "certManager: {spec: {commonName: pets}}",
                                         .client = "certManager: {spec: {commonName: cattle, dnsNames: [a.example]}}"});
  CHECK(rendered.at(0).find({"spec", "commonName"})->text == "pets");
  CHECK(rendered.at(2).find({"spec", "commonName"})->text == "streaming_replica");
  CHECK(texts_of(rendered.at(2).find({"spec", "dnsNames"})) == Texts{"a.example"});
  CHECK_FALSE(certificates_of({}).front().find({"spec", "commonName"}));
}

TEST_CASE("the operator's label and annotation win over the user's") {
  const auto rendered = certificates_of(
      {.server = "certManager: {metadata: {labels: {a: b, k8s.pgd.enterprisedb.io/certificateType: mine}, annotations: "
                 "{k8s.pgd.enterprisedb.io/node: mine}}, spec: {issuerRef: {name: i}}}"});
  const YamlNode& server = rendered.at(1);
  CHECK(server.find("apiVersion")->text == "cert-manager.io/v1");
  CHECK(server.find("kind")->text == "Certificate");
  CHECK(server.find({"metadata", "labels", "a"})->text == "b");
  CHECK(server.find({"metadata", "labels", "k8s.pgd.enterprisedb.io/certificateType"})->text == "server");
  CHECK(server.find({"metadata", "annotations", "k8s.pgd.enterprisedb.io/node"})->text == "g-2");
  CHECK_FALSE(server.find({"metadata", "namespace"}));
  CHECK(rendered.at(2).find({"metadata", "labels", "k8s.pgd.enterprisedb.io/certificateType"})->text == "replication");
  CHECK_FALSE(rendered.at(2).find({"metadata", "annotations"}));
}

TEST_CASE("old spellings are rendered in the new place") {
  const auto rendered = certificates_of({.server = "certManager: {issuerRef: {name: old}, altDnsNames: [o.example]}",
                                         .client = "certManager: {issuerRef: {name: older}}"});
  CHECK(rendered.at(0).find({"spec", "issuerRef", "name"})->text == "old");
  CHECK(texts_of(rendered.at(0).find({"spec", "dnsNames"})).back() == "o.example");
  CHECK_FALSE(rendered.at(0).find({"spec", "altDnsNames"}));
  CHECK(rendered.at(2).find({"spec", "issuerRef", "name"})->text == "older");
}
