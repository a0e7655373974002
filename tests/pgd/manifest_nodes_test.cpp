#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "agent/pgd/manifest.hpp"
#include "agent/pgd/names.hpp"
#include "tests/pgd/reading.hpp"

namespace {

using pgd::Manifest;
using pgd::NodesFrom;
using tests::read_one;
using Strings = std::vector<std::string>;

std::string group(const std::string& name, const std::string& rest = "") {
  return "apiVersion: pgd.k8s.enterprisedb.io/v1beta1\nkind: PGDGroup\nmetadata: {name: " + name + "}\n" + rest;
}

Strings names_of(const std::string& text) {
  const auto read = pgd::read_manifests(text);
  if (!read) return {"error: " + read.error().why};
  Strings names;
  for (const auto& manifest : *read) names.push_back(manifest.name);
  return names;
}

}  // namespace

TEST_CASE("every group of a file, whatever else is in it") {
  const std::string secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: Yg==}\n";
  CHECK(names_of("") == Strings{});
  CHECK(names_of(secret) == Strings{});
  CHECK(names_of("---\n" + secret + "---\n" + group("a") + "---\n" + secret + "---\n\n" + group("b")) ==
        Strings{"a", "b"});
  CHECK(names_of("text\n---\n- list\n---\n" + group("a")) == Strings{"a"});
  CHECK(
      names_of("{\"apiVersion\":\"pgd.k8s.enterprisedb.io/v1\",\"kind\":\"PGDGroup\",\"metadata\":{\"name\":\"j\"}}") ==
      Strings{"j"});
  CHECK(names_of("apiVersion: v1\nkind: List\nitems:\n"
                 "- apiVersion: pgd.k8s.enterprisedb.io/v1beta1\n  kind: PGDGroup\n  metadata: {name: a}\n"
                 "- kind: Secret\n- text\n"
                 "- apiVersion: pgd.k8s.enterprisedb.io/v1beta1\n  kind: PGDGroup\n  metadata: {name: b}\n---\n" +
                 group("c")) == Strings{"a", "b", "c"});
  CHECK(names_of("apiVersion: v1\nkind: List\nitems: {a: b}\n") == Strings{});
  CHECK(names_of("apiVersion: other/v1\nkind: PGDGroup\n") == Strings{});
  CHECK(names_of("apiVersion: pgd.k8s.enterprisedb.io/v1beta1\nkind: pgdgroup\n") == Strings{});
  CHECK(names_of(group("a") + "b: [") == Strings{"error: end of sequence flow not found"});
}

TEST_CASE("nodes are the configuration's, the status's, or counted") {
  const auto check = [](const std::string& rest, const Strings& configured, const Strings& nodes, NodesFrom from) {
    INFO(rest);
    const Manifest manifest = read_one(group("g", rest));
    CHECK(pgd::node_names(manifest, configured) == nodes);
    CHECK(pgd::nodes_from(manifest, configured) == from);
  };
  const std::string spec = "spec: {instances: 2, witnessInstances: 1}\n";
  check(spec, {}, {"g-1", "g-2", "g-3"}, NodesFrom::counts);
  check(spec, {"g-7"}, {"g-7"}, NodesFrom::configuration);
  check("spec: {instances: 0, witnessInstances: 1}\n", {}, {"g-1"}, NodesFrom::counts);
  check(spec + "status: {latestGeneratedNode: 5}\n", {}, {"g-1", "g-2", "g-3", "g-4", "g-5"}, NodesFrom::counts);
  check(spec + "status: {latestGeneratedNode: 2}\n", {}, {"g-1", "g-2", "g-3"}, NodesFrom::counts);
  check(spec + "status: {latestGeneratedNode: 4, nodes: [{node_name: g-2}, {node_name: g-4}]}\n", {}, {"g-2", "g-4"},
        NodesFrom::status);
  check(spec + "status: {nodes: [{node_name: h-1, node_group_name: h}]}\n", {}, {"g-1", "g-2", "g-3"},
        NodesFrom::counts);
  check(spec + "status: {nodes: [{node_name: g-2}]}\n", {"g-9", "g-8"}, {"g-9", "g-8"}, NodesFrom::configuration);
}

TEST_CASE("counts are bounded") {
  const auto counted = [](const std::string& text) {
    return read_one(group("g", "spec: {instances: " + text + "}\n")).instances;
  };
  CHECK(counted("3") == 3);
  CHECK(counted("1000") == 1000);
  CHECK(counted("1001") == 1000);
  CHECK(counted("999999999999999999999999") == 1000);
  CHECK(counted("-1") == 0);
  CHECK(counted("-999999999999999999999999") == 0);
  CHECK(counted("3.5") == 0);
  CHECK(counted("0x10") == 0);
  CHECK(counted("\"3\"") == 0);
  CHECK(counted("") == 0);
  const Manifest most = read_one(
      group("g", "spec: {instances: 5000, witnessInstances: 5000}\nstatus: {latestGeneratedNode: 2000000000}\n"));
  CHECK(pgd::node_names(most).size() == 2000);
}

TEST_CASE("the group of a manifest") {
  const Manifest manifest = read_one(group("g", R"(
spec:
  instances: 1
  pgd: {discovery: [{host: "h-group,g-group"}]}
  connectivity:
    dns: {domain: d.example, additional: [{hostSuffix: -x}]}
    tls: {mode: required, serverCert: {certManager: {spec: {dnsNames: [LB.Example, g-group.d.example]}}}}
)"));
  const model::Group got = pgd::to_group(manifest, "g-1");
  CHECK(got.name == "g");
  CHECK(got.ns.empty());
  CHECK(got.node == "g-1");
  CHECK(got.nodes == Strings{"g-1"});
  CHECK(got.mode == model::TlsMode::require);
  CHECK(got.primary == model::DnsEntry{"d.example", ""});
  CHECK(got.additional == std::vector<model::DnsEntry>{{"", "-x"}});
  CHECK(got.proxy);
  CHECK(got.proxy_read);
  CHECK(got.discovery == Strings{"h-group", "g-group"});
  CHECK(got.extra_names.empty());
  CHECK(got.certificate_names == Strings{"LB.Example", "g-group.d.example"});
  CHECK(pgd::targets(got).required_sans == Strings{"g-1-node.d.example", "g-group.d.example", "g-proxy.d.example",
                                                   "g-1-node-x", "g-group-x", "g-proxy-x", "lb.example"});
  CHECK(pgd::to_group(manifest, "g-4", {"g-4", "g-5"}).nodes == Strings{"g-4", "g-5"});
  CHECK(pgd::to_group(manifest).node.empty());
}

TEST_CASE("a witness group has no proxy") {
  const model::Group got = pgd::to_group(read_one(group("w", "spec: {instances: 0, witnessInstances: 1}\n")), "w-1");
  CHECK_FALSE(got.proxy);
  CHECK_FALSE(got.proxy_read);
  CHECK(pgd::targets(got).required_sans == Strings{"w-1-node", "w-group"});
}
