// Services: metadata merged, placeholders expanded, ports and selectors where the template has none.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "agent/pgd/objects.hpp"
#include "agent/pgd/placeholders.hpp"

namespace {

using model::NameRole;
using pgd::Manifest;
using pgd::YamlNode;
using Texts = std::vector<std::string>;

/// A group of two data nodes, 2.x; `connectivity` in flow style.
Manifest group_with(const std::string& connectivity, const std::string& more = "") {
  const std::string text =
      "{apiVersion: pgd.k8s.enterprisedb.io/v1beta1, kind: PGDGroup, metadata: {name: g, namespace: n}, "
      "spec: {instances: 2" +
      more + ", connectivity: {" + connectivity + "}}}";
  auto manifests = pgd::read_manifests(text);
  REQUIRE(manifests.has_value());
  REQUIRE(manifests->size() == 1);
  return std::move(manifests->front());
}

std::vector<YamlNode> services_of(const Manifest& manifest, const std::string& node = "") {
  return pgd::services(manifest, pgd::node_names(manifest), node);
}

Texts names_of(const std::vector<YamlNode>& objects) {
  Texts names;
  for (const auto& object : objects) names.push_back(object.find({"metadata", "name"})->text);
  return names;
}

YamlNode named(const std::vector<YamlNode>& objects, const std::string& name) {
  for (const auto& object : objects) {
    if (object.find({"metadata", "name"})->text == name) return object;
  }
  FAIL("no service " << name);
  return {};
}

/// A mapping's members as `key=value`, in order; "" where there is none.
std::string members_of(const YamlNode* mapping) {
  std::string text;
  if (!mapping) return text;
  for (const auto& member : mapping->members) {
    text += (text.empty() ? "" : " ") + member.key + "=" + member.value.text;
  }
  return text;
}

}  // namespace

TEST_CASE("a service for each node, the group, the proxy and the read proxy, in this order") {
  CHECK(names_of(services_of(group_with(""))) == Texts{"g-1-node", "g-2-node", "g-group", "g-proxy", "g-proxy-r"});
  const auto suffixed = group_with("dns: {domain: d.example, hostSuffix: -X, additional: [{hostSuffix: -y}]}");
  CHECK(names_of(services_of(suffixed)) == Texts{"g-1-node-x", "g-2-node-x", "g-group-x", "g-proxy-x", "g-proxy-r-x"});
}

TEST_CASE("the read proxy's service: always in 2.x, in 1.x where read routing is on") {
  struct Row {
    std::string more;
    Texts expected;
  };
  for (const auto& [more, expected] : std::vector<Row>{
           {"", {"g-proxy", "g-proxy-r"}},
           {", proxyInstances: 2", {"g-proxy"}},
           {", pgd: {proxySettings: {enableReadNodeRouting: false}}", {"g-proxy"}},
           {", pgd: {proxySettings: {enableReadNodeRouting: true}}", {"g-proxy", "g-proxy-r"}},
       }) {
    INFO(more);
    const auto names = names_of(services_of(group_with("", more)));
    CHECK(Texts(names.begin() + 3, names.end()) == expected);
  }
}

TEST_CASE("one node's services are its own and the group's, even where the manifest does not know the node") {
  CHECK(names_of(services_of(group_with(""), "g-2")) == Texts{"g-2-node", "g-group", "g-proxy", "g-proxy-r"});
  CHECK(names_of(services_of(group_with(""), "g-9")) == Texts{"g-9-node", "g-group", "g-proxy", "g-proxy-r"});
}

TEST_CASE("ports and selectors are the template's, else those that lead to the pods") {
  const std::string proxied = "k8s.pgd.enterprisedb.io/group=g k8s.pgd.enterprisedb.io/workloadType=";
  struct Row {
    std::string more, service, port, selector;
  };
  for (const auto& [more, service, port, selector] : std::vector<Row>{
           {"", "g-2-node", "5432", "k8s.enterprisedb.io/cluster=g-2 k8s.enterprisedb.io/instanceRole=primary"},
           {"", "g-group", "5432", "k8s.pgd.enterprisedb.io/group=g k8s.enterprisedb.io/podRole=instance"},
           {"", "g-proxy", "6432", proxied + "pgd-node-data"},
           {"", "g-proxy-r", "6433", proxied + "pgd-node-data"},
           {", proxyInstances: 1", "g-proxy", "6432", proxied + "pgd-proxy"},
           {", pgd: {proxySettings: {enableReadNodeRouting: true}}", "g-proxy-r", "6433", proxied + "pgd-proxy"},
       }) {
    INFO(more << " " << service);
    const YamlNode rendered = named(services_of(group_with("", more)), service);
    const YamlNode* ports = rendered.find({"spec", "ports"});
    REQUIRE(ports);
    REQUIRE(ports->items.size() == 1);
    CHECK(members_of(ports->items.data()) == "name=postgres port=5432 protocol=TCP targetPort=" + port);
    CHECK(members_of(rendered.find({"spec", "selector"})) == selector);
  }
}

TEST_CASE("a template's spec stays as it is written") {
  const auto spec_of = [](const std::string& spec) {
    const auto rendered =
        services_of(group_with("groupServiceTemplate: {spec: {" + spec + "}, updateStrategy: replace}"));
    return pgd::to_yaml(*named(rendered, "g-group").find("spec"));
  };
  const std::string ports = "ports:\n- name: postgres\n  port: 5432\n  protocol: TCP\n  targetPort: 5432\n";
  const std::string selector =
      "selector:\n  k8s.pgd.enterprisedb.io/group: g\n  k8s.enterprisedb.io/podRole: instance\n";
  CHECK(spec_of("clusterIP: None, type: ClusterIP") == "clusterIP: None\ntype: ClusterIP\n" + ports + selector);
  CHECK(spec_of("ports: [{port: 1}]") == "ports:\n- port: 1\n" + selector);
  CHECK(spec_of("selector: {a: b}") == "selector:\n  a: b\n" + ports);
  // There and empty is as good as absent, in its place.
  CHECK(spec_of("ports: [], type: NodePort, selector: {}") == ports + "type: NodePort\n" + selector);
  CHECK(spec_of("ports:, selector: null") == ports + selector);
  CHECK(spec_of("type: ExternalName, externalName: a.example") == "type: ExternalName\nexternalName: a.example\n");
  CHECK(spec_of("type: NodePort, type: LoadBalancer, ports: [{port: 1, port: 2}], selector: {a: b}") ==
        "type: LoadBalancer\nports:\n- port: 2\nselector:\n  a: b\n");
  // Undocumented in a spec, hence left alone.
  CHECK(spec_of("type: ExternalName, externalName: '{group_fqdn}'") ==
        "type: ExternalName\nexternalName: '{group_fqdn}'\n");
}

TEST_CASE("metadata: inherited, then the template's, then the operator's label") {
  const auto manifest = group_with(
      "proxyServiceTemplate: {metadata: {labels: {a: template, k8s.pgd.enterprisedb.io/workloadType: mine}, "
      "annotations: "
      "{b: '{proxy_svc}'}}, spec: {}}",
      ", inheritedMetadata: {labels: {a: inherited, c: '{proxy_svc}'}, annotations: {b: inherited, d: '1'}}");
  const YamlNode proxy = named(services_of(manifest), "g-proxy");
  CHECK(members_of(proxy.find({"metadata", "labels"})) ==
        "a=template c={proxy_svc} k8s.pgd.enterprisedb.io/workloadType=proxy-svc");
  CHECK(members_of(proxy.find({"metadata", "annotations"})) == "b=g-proxy d=1");
  CHECK(proxy.find({"metadata", "namespace"})->text == "n");

  const YamlNode bare = named(services_of(group_with("")), "g-proxy-r");
  CHECK_FALSE(bare.find({"metadata", "labels"}));  // no workload type is documented for it
  CHECK_FALSE(bare.find({"metadata", "annotations"}));
}

TEST_CASE("each template has its own two placeholders, of its own service") {
  struct Row {
    NameRole role;
    std::string service, fqdn;
  };
  for (const auto& [role, service, fqdn] : std::vector<Row>{{NameRole::node, "{node_svc}", "{node_fqdn}"},
                                                            {NameRole::group, "{group_svc}", "{group_fqdn}"},
                                                            {NameRole::proxy, "{proxy_svc}", "{proxy_fqdn}"},
                                                            {NameRole::proxy_read, "{proxy_svc}", "{proxy_fqdn}"}}) {
    INFO(service);
    CHECK(pgd::placeholders(role)[0] == service);
    CHECK(pgd::placeholders(role)[1] == fqdn);
    CHECK(pgd::expand(service + fqdn, role, "s", "f") == "sf");
    CHECK(pgd::unknown_placeholders(service + fqdn, role).empty());
  }
  CHECK(pgd::expand("{node_svc}", NameRole::extra, "s", "f") == "{node_svc}");
}

TEST_CASE("only placeholders are expanded") {
  struct Row {
    std::string text, expanded;
    Texts unknown;
  };
  for (const auto& [text, expanded, unknown] : std::vector<Row>{
           {"", "", {}},
           {"plain", "plain", {}},
           {"a{node_svc}b{node_fqdn}c{node_svc}", "aSbFcS", {}},
           {"{node_svc", "{node_svc", {}},
           {"{", "{", {}},
           {"{{node_svc}}", "{S}", {}},
           {"{}", "{}", {}},
           {R"({"a": 1, "b": "{node_svc}"})", R"({"a": 1, "b": "S"})", {}},
           {"{NODE_SVC}", "{NODE_SVC}", {"{NODE_SVC}"}},
           {"{node-svc} {node_svc } {node-svc}", "{node-svc} {node_svc } {node-svc}", {"{node-svc}", "{node_svc }"}},
           {"{group_svc}{proxy_fqdn}", "{group_svc}{proxy_fqdn}", {"{group_svc}", "{proxy_fqdn}"}},
           {"${node_svc}", "$S", {}},
       }) {
    INFO(text);
    CHECK(pgd::expand(text, NameRole::node, "S", "F") == expanded);
    CHECK(pgd::unknown_placeholders(text, NameRole::node) == unknown);
  }
  // What was put in is not looked at again.
  CHECK(pgd::expand("{node_svc}", NameRole::node, "{node_fqdn}", "F") == "{node_fqdn}");
}
