#include "agent/inject/preview.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "agent/inject/inject.hpp"

namespace inject {
namespace {

namespace json = boost::json;
using pgd::YamlNode;

YamlNode tree(const json::value& value) {
  if (const auto* object = value.if_object()) {
    auto node = YamlNode::mapping();
    for (const auto& [key, member] : *object) node.set(std::string(key), tree(member));
    return node;
  }
  if (const auto* array = value.if_array()) {
    auto node = YamlNode::sequence();
    for (const auto& item : *array) node.add(tree(item));
    return node;
  }
  if (const auto* text = value.if_string()) return YamlNode::string(std::string(*text));
  if (const auto* flag = value.if_bool()) return YamlNode::plain(*flag ? "true" : "false");
  if (const auto* number = value.if_int64()) return YamlNode::plain(std::to_string(*number));
  return {};
}

/// Annotations of `spec.inheritedMetadata`, which all objects of the group inherit, and of `spec.cnp.metadata`, which
/// the operator's INHERITED_ANNOTATIONS may pass on.
json::object annotations(const pgd::Manifest& manifest) {
  json::object found;
  for (const auto& [key, value] : manifest.inherited.annotations) found[key] = value;
  if (const auto* of_cluster = manifest.document.find({"spec", "cnp", "metadata", "annotations"}))
    for (const auto& [key, at, value] : of_cluster->members) found[key] = value.text;
  return found;
}

/// As much of a pod as the operator makes of it as counts here.
json::object pod_of(const pgd::Manifest& manifest, const std::string& node) {
  return {
      {"metadata", json::object{{"labels", json::object{{"k8s.pgd.enterprisedb.io/group", manifest.name},
                                                        {"k8s.enterprisedb.io/cluster", node},
                                                        {"k8s.enterprisedb.io/podRole", "instance"}}},
                                {"annotations", annotations(manifest)}}},
      {"spec", json::object{{"volumes", json::array{json::object{{"name", "scratch-data"}}}}}},
  };
}

void set_list(YamlNode& spec, const std::string& key, const std::vector<json::object>& items) {
  if (items.empty()) return;
  auto list = YamlNode::sequence();
  for (const auto& item : items) list.add(tree(item));
  spec.set(key, std::move(list));
}

/// The Secret that the manifest names for a role; "" where it names none.
std::string secret_of(const pgd::Manifest& manifest, const std::string& node, model::SecretRole role) {
  switch (role) {
    case model::SecretRole::server: {
      const auto found = std::find_if(manifest.server_secrets.begin(), manifest.server_secrets.end(),
                                      [&](const auto& each) { return each.first == node; });
      return found == manifest.server_secrets.end() ? "" : found->second;
    }
    case model::SecretRole::server_ca: return manifest.server_ca_secret;
    case model::SecretRole::client:
      return manifest.client_secret.empty() ? manifest.replication_secret : manifest.client_secret;
    case model::SecretRole::client_ca: return manifest.client_ca_secret;
  }
  return "";
}

}  // namespace

YamlNode preview(const pgd::Manifest& manifest, const std::string& node, const Settings& settings,
                 std::string_view version, std::vector<std::string>& problems) {
  auto injection = inject(pod_of(manifest, node), settings, version);
  problems.insert(problems.end(), injection.warnings.begin(), injection.warnings.end());
  auto fragment = YamlNode::mapping();
  if (injection.outcome != Outcome::injected) {
    problems.push_back("nothing is injected: " + injection.reason);
    return fragment;
  }
  const auto added = additions(injection.plan);
  fragment.set("metadata", YamlNode::mapping())
      .set("annotations", YamlNode::mapping())
      .set("pgd-agent.io/status", YamlNode::string("injected/" + std::string(version)));
  auto& spec = fragment.set("spec", YamlNode::mapping());
  set_list(spec, "initContainers", added.init_containers);
  set_list(spec, "containers", added.containers);
  set_list(spec, "volumes", added.volumes);
  return fragment;
}

std::vector<std::pair<std::string, std::string>> unmounted(const pgd::Manifest& manifest, const std::string& node,
                                                           const Settings& settings) {
  const auto injection = inject(pod_of(manifest, node), settings, "");
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto role : model::all_secret_roles) {
    const auto secret = secret_of(manifest, node, role);
    if (injection.plan.secrets[static_cast<std::size_t>(role)].empty() && !secret.empty())
      found.emplace_back("pgd-agent.io/" + std::string(secret_key(role)), secret);
  }
  return found;
}

}  // namespace inject
