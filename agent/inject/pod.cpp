#include "agent/inject/pod.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "agent/inject/syntax.hpp"

namespace inject {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "pgd-agent.io/";
constexpr std::string_view group_label = "k8s.pgd.enterprisedb.io/group";
constexpr std::string_view node_label = "k8s.enterprisedb.io/cluster";
constexpr std::string_view pod_role_label = "k8s.enterprisedb.io/podRole";
/// A Job's controller sets the first two; the operator labels the pods of its own Jobs with the third.
constexpr std::array<std::string_view, 3> job_labels{"job-name", "batch.kubernetes.io/job-name",
                                                     "k8s.enterprisedb.io/jobRole"};

const json::value* member(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

/// The member where it is an object, else an empty one.
const json::object& object_at(const json::object& object, std::string_view key) {
  static const json::object nothing;
  const auto* value = member(object, key);
  return value && value->is_object() ? value->get_object() : nothing;
}

std::string text_at(const json::object& object, std::string_view key) {
  const auto* value = member(object, key);
  return value && value->is_string() ? std::string(value->get_string()) : "";
}

/// The names in a list of named objects, such as volumes.
std::vector<std::string> names(const json::object& spec, std::string_view list) {
  std::vector<std::string> found;
  const auto* value = member(spec, list);
  if (!value || !value->is_array()) return found;
  for (const auto& item : value->get_array())
    if (item.is_object()) found.push_back(text_at(item.get_object(), "name"));
  return found;
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

bool of_a_job(const json::object& metadata, const json::object& labels) {
  if (std::any_of(job_labels.begin(), job_labels.end(), [&](auto label) { return labels.contains(label); }))
    return true;
  const auto* owners = member(metadata, "ownerReferences");
  if (!owners || !owners->is_array()) return false;
  return std::any_of(owners->get_array().begin(), owners->get_array().end(), [](const json::value& owner) {
    return owner.is_object() && text_at(owner.get_object(), "kind") == "Job";
  });
}

bool is_injected(const json::object& annotations, const json::object& spec) {
  if (annotations.contains(std::string(prefix) + "status")) return true;
  for (const auto list : {"initContainers", "containers"}) {
    const auto there = names(spec, list);
    if (contains(there, "pgd-agent") || contains(there, "pgd-agent-gate")) return true;
  }
  return false;
}

/// Why it is none of ours; "" where it is.
std::string why_skipped(const Pod& pod, const json::object& metadata, const json::object& labels,
                        const json::object& annotations, const json::object& spec) {
  if (pod.group.empty() || pod.node.empty() || text_at(labels, pod_role_label) != "instance")
    return "no instance pod of a PGD group";
  if (of_a_job(metadata, labels)) return "a Job's pod";
  const auto* opt = member(labels, std::string(prefix) + "inject");
  if (opt && (!opt->is_string() || opt->get_string() != "enabled")) return "opted out by its label";
  if (is_injected(annotations, spec)) return "injected already";
  return "";
}

/// A list or map that is absent, null or what it should be: a patch can be made.
bool well_formed(const json::object& object, std::string_view key, json::kind kind) {
  const auto* value = member(object, key);
  return !value || value->kind() == kind;
}

std::string why_refused(const json::object& metadata, const json::object& spec) {
  for (const auto list : {"volumes", "initContainers", "containers"})
    if (!well_formed(spec, list, json::kind::array)) return std::string("its spec.") + list + " is no list";
  if (!well_formed(metadata, "annotations", json::kind::object)) return "its metadata.annotations is no map";
  for (const auto& volume : names(spec, "volumes"))
    if (volume.starts_with("pgd-agent-")) return "it has a volume called " + shown(volume) + " already";
  return "";
}

void read_annotations(Pod& pod, const json::object& annotations, std::vector<std::string>& problems) {
  for (const auto& [key, value] : annotations) {
    if (!key.starts_with(prefix)) continue;
    const std::string_view choice = std::string_view(key).substr(prefix.size());
    const std::string text = value.is_string() ? std::string(value.get_string()) : "";
    if (!is_choice(choice)) {
      problems.push_back("annotation " + shown(key) + " is unknown and has no effect");
    } else if (!choose(pod.asked, choice, text)) {
      problems.push_back("annotation " + std::string(key) + ": " + shown(text) + " is not valid; the setting counts");
    }
  }
}

}  // namespace

Pod read_pod(const json::object& object, std::vector<std::string>& problems) {
  const auto& metadata = object_at(object, "metadata");
  const auto& labels = object_at(metadata, "labels");
  const auto& annotations = object_at(metadata, "annotations");
  const auto& spec = object_at(object, "spec");
  Pod pod;
  pod.group = text_at(labels, group_label);
  pod.node = text_at(labels, node_label);
  pod.reason = why_skipped(pod, metadata, labels, annotations, spec);
  if (!pod.reason.empty()) return pod;
  pod.reason = why_refused(metadata, spec);
  pod.outcome = pod.reason.empty() ? Outcome::injected : Outcome::refused;
  if (pod.outcome == Outcome::refused) return pod;
  read_annotations(pod, annotations, problems);
  pod.has_scratch_data = contains(names(spec, "volumes"), "scratch-data");
  pod.has_annotations = member(metadata, "annotations");
  pod.has_volumes = member(spec, "volumes");
  pod.has_init_containers = member(spec, "initContainers");
  pod.has_containers = member(spec, "containers");
  return pod;
}

}  // namespace inject
