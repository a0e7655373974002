#include "agent/inject/inject.hpp"

#include <boost/json/value.hpp>

#include "agent/inject/syntax.hpp"

namespace inject {
namespace {

namespace json = boost::json;

/// A name for this pod: the annotation's, else the setting's; nothing where neither makes one.
std::string named(const std::optional<std::string>& asked, const std::optional<std::string>& setting, const Pod& pod,
                  std::string_view what, std::vector<std::string>& warnings) {
  for (const auto& pattern : {asked, setting}) {
    if (!pattern) continue;
    if (pattern->empty()) return "";
    if (auto name = object_name(*pattern, pod.group, pod.node)) return *name;
    warnings.push_back(std::string(what) + ": " + shown(*pattern) + " is no name for node " + pod.node);
  }
  return "";
}

Plan plan(const Pod& pod, const Settings& settings, std::vector<std::string>& warnings) {
  const auto& asked = pod.asked;
  const auto& set = settings.choices;
  Plan plan;
  plan.image = settings.image;
  plan.cpu = settings.cpu;
  plan.memory = settings.memory;
  plan.sidecar = settings.sidecar;
  plan.config = named(asked.config, set.config, pod, "config", warnings);
  if (plan.config.empty()) plan.config = "pgd-agent";
  for (const auto role : model::all_secret_roles) {
    const auto i = static_cast<std::size_t>(role);
    plan.secrets[i] = named(asked.secrets[i], set.secrets[i], pod, secret_key(role), warnings);
  }
  const bool written = asked.written.value_or(set.written.value_or(false));
  plan.written = written && pod.has_scratch_data;
  if (written && !plan.written)
    warnings.push_back("written: enabled has no effect: the pod has no volume scratch-data");
  plan.gate = asked.gate.value_or(set.gate.value_or(Gate::bounded));
  plan.gate_max_wait = asked.gate_max_wait.value_or(set.gate_max_wait.value_or("60s"));
  return plan;
}

/// Appends `items` to the list at `path`, which is made where it is not there.
void append(json::array& patch, std::string_view path, bool there, const std::vector<json::object>& items) {
  if (items.empty()) return;
  if (!there) patch.push_back(json::object{{"op", "add"}, {"path", path}, {"value", json::array{}}});
  for (const auto& item : items)
    patch.push_back(json::object{{"op", "add"}, {"path", std::string(path) + "/-"}, {"value", item}});
}

json::array patch(const Pod& pod, const Additions& added, std::string_view version) {
  json::array patch;
  if (!pod.has_annotations)
    patch.push_back(json::object{{"op", "add"}, {"path", "/metadata/annotations"}, {"value", json::object{}}});
  patch.push_back(json::object{{"op", "add"},
                               {"path", "/metadata/annotations/pgd-agent.io~1status"},
                               {"value", "injected/" + std::string(version)}});
  append(patch, "/spec/volumes", pod.has_volumes, added.volumes);
  append(patch, "/spec/initContainers", pod.has_init_containers, added.init_containers);
  append(patch, "/spec/containers", pod.has_containers, added.containers);
  return patch;
}

}  // namespace

Injection inject(const json::object& object, const Settings& settings, std::string_view version) {
  Injection injection;
  auto pod = read_pod(object, injection.warnings);
  if (pod.outcome == Outcome::injected && settings.image.empty()) {
    pod.outcome = Outcome::refused;
    pod.reason = "the installation's settings name no image";
  }
  injection.outcome = pod.outcome;
  injection.reason = pod.reason;
  injection.node = pod.node;
  if (pod.outcome == Outcome::refused) injection.warnings.push_back("not injected: " + pod.reason);
  if (pod.outcome != Outcome::injected) return injection;
  injection.plan = plan(pod, settings, injection.warnings);
  injection.patch = patch(pod, additions(injection.plan), version);
  return injection;
}

}  // namespace inject
