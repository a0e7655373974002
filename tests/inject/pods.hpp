// Pods as the operator makes them, as JSON, for changing and injecting.
#pragma once
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace inject_test {

namespace json = boost::json;

/// An instance pod of node region-a-1 (CloudNativePG pkg/specs/pods.go).
inline json::object operators_pod() {
  return json::parse(R"({
    "apiVersion": "v1", "kind": "Pod",
    "metadata": {
      "name": "region-a-1-1", "namespace": "pgd",
      "labels": {"k8s.pgd.enterprisedb.io/group": "region-a", "k8s.enterprisedb.io/cluster": "region-a-1",
                 "k8s.enterprisedb.io/podRole": "instance", "k8s.enterprisedb.io/instanceName": "region-a-1-1"},
      "annotations": {"k8s.enterprisedb.io/podSpec": "{}"},
      "ownerReferences": [{"apiVersion": "postgresql.k8s.enterprisedb.io/v1", "kind": "Cluster", "name": "region-a-1"}]
    },
    "spec": {
      "initContainers": [{"name": "bootstrap-controller", "image": "pg4k:1.28"}],
      "containers": [{"name": "postgres", "image": "pgd:17",
                      "volumeMounts": [{"name": "pgdata", "mountPath": "/var/lib/postgresql/data"},
                                       {"name": "scratch-data", "mountPath": "/controller"}]}],
      "volumes": [{"name": "pgdata", "persistentVolumeClaim": {"claimName": "region-a-1-1"}},
                  {"name": "scratch-data", "emptyDir": {}}]
    }})")
      .get_object();
}

inline json::object& metadata(json::object& pod) { return pod["metadata"].get_object(); }
inline json::object& spec(json::object& pod) { return pod["spec"].get_object(); }
inline json::object& labels(json::object& pod) { return metadata(pod)["labels"].get_object(); }
inline json::object& annotate(json::object& pod, std::string_view key, std::string_view value) {
  auto& annotations = metadata(pod)["annotations"].get_object();
  annotations["pgd-agent.io/" + std::string(key)] = value;
  return pod;
}

/// The pod after a patch of `add` operations, as RFC 6902 §4.1 has it: the API server's part of the work.
inline json::value patched(const json::object& pod, const json::array& patch) {
  json::value result = pod;
  for (const auto& operation : patch) {
    std::string path(operation.at("path").get_string());
    const auto slash = path.rfind('/');
    auto* parent = &result.at_pointer(path.substr(0, slash));
    std::string last = path.substr(slash + 1);
    if (const auto at = last.find("~1"); at != std::string::npos) last.replace(at, 2, "/");
    if (parent->is_array()) {
      parent->get_array().push_back(operation.at("value"));
    } else {
      parent->get_object()[last] = operation.at("value");
    }
  }
  return result;
}

}  // namespace inject_test
