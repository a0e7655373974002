#include "agent/inject/containers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace inject {
namespace {

namespace json = boost::json;

constexpr int port = 9188;
constexpr int read_for_owner_and_group = 0440;
constexpr std::string_view config_directory = "/etc/pgd-agent/config";
constexpr std::string_view no_token = "pgd-agent-no-token";

struct Mount {
  model::SecretRole role;
  std::string_view volume, directory, variable;
};
constexpr std::array mounts{
    Mount{model::SecretRole::server, "pgd-agent-server", "/etc/pgd-agent/server", "PGD_AGENT_SERVER"},
    Mount{model::SecretRole::server_ca, "pgd-agent-server-ca", "/etc/pgd-agent/server-ca", "PGD_AGENT_SERVER_CA"},
    Mount{model::SecretRole::client, "pgd-agent-client", "/etc/pgd-agent/client", "PGD_AGENT_CLIENT"},
    Mount{model::SecretRole::client_ca, "pgd-agent-client-ca", "/etc/pgd-agent/client-ca", "PGD_AGENT_CLIENT_CA"},
};

const std::string& secret(const Plan& plan, const Mount& mount) {
  return plan.secrets[static_cast<std::size_t>(mount.role)];
}

json::array strings(std::initializer_list<std::string_view> texts) {
  json::array list;
  for (const auto text : texts) list.emplace_back(text);
  return list;
}

std::vector<json::object> volumes(const Plan& plan) {
  std::vector<json::object> list;
  list.push_back(
      {{"name", "pgd-agent-config"},
       {"configMap",
        json::object{{"name", plan.config}, {"optional", true}, {"defaultMode", read_for_owner_and_group}}}});
  for (const auto& mount : mounts) {
    if (secret(plan, mount).empty()) continue;
    json::object source{
        {"secretName", secret(plan, mount)}, {"optional", true}, {"defaultMode", read_for_owner_and_group}};
    // cert-manager's Secret of a CA holds the CA's key too: it is not for us.
    if (model::is_ca(mount.role)) source["items"] = json::array{json::object{{"key", "ca.crt"}, {"path", "ca.crt"}}};
    list.push_back({{"name", mount.volume}, {"secret", std::move(source)}});
  }
  list.push_back({{"name", no_token}, {"emptyDir", json::object{{"sizeLimit", "1Mi"}}}});
  return list;
}

json::object mounted(std::string_view volume, std::string_view directory) {
  return {{"name", volume}, {"mountPath", directory}, {"readOnly", true}};
}

/// The ServiceAccount admission plugin runs again after a mutation and mounts an API token into every container that
/// has nothing at this path, unless the pod forbids it.
json::object token_covered() { return mounted(no_token, "/var/run/secrets/kubernetes.io/serviceaccount"); }

json::array agent_mounts(const Plan& plan) {
  json::array list{mounted("pgd-agent-config", config_directory)};
  for (const auto& mount : mounts)
    if (!secret(plan, mount).empty()) list.push_back(mounted(mount.volume, mount.directory));
  list.push_back(token_covered());
  if (plan.written) list.push_back(mounted("scratch-data", "/controller"));
  return list;
}

json::object variable(std::string_view name, std::string_view value) { return {{"name", name}, {"value", value}}; }

json::object field(std::string_view name, std::string_view path) {
  return {{"name", name},
          {"valueFrom", json::object{{"fieldRef", json::object{{"apiVersion", "v1"}, {"fieldPath", path}}}}}};
}

/// For ever where strict: only a mended Secret opens the gate.
std::string longest_wait(const Plan& plan) { return plan.gate == Gate::strict ? "0s" : plan.gate_max_wait; }

json::array environment(const Plan& plan) {
  json::array list{
      field("POD_NAME", "metadata.name"),
      field("NAMESPACE", "metadata.namespace"),
      field("PGD_GROUP", "metadata.labels['k8s.pgd.enterprisedb.io/group']"),
      field("PGD_NODE", "metadata.labels['k8s.enterprisedb.io/cluster']"),
      variable("PGD_AGENT_CONFIG", std::string(config_directory) + "/config.toml"),
      variable("PGD_AGENT_GATE_MAX_WAIT", longest_wait(plan)),
  };
  for (const auto& mount : mounts)
    if (!secret(plan, mount).empty()) list.push_back(variable(mount.variable, mount.directory));
  if (plan.written) list.push_back(variable("PGD_AGENT_WRITTEN", "/controller/certificates"));
  return list;
}

/// What both containers have in common.
json::object container(const Plan& plan, std::string_view name, json::array command) {
  const json::object amounts{{"cpu", plan.cpu}, {"memory", plan.memory}};
  return {
      {"name", name},
      {"image", plan.image},
      {"imagePullPolicy", "IfNotPresent"},
      {"command", std::move(command)},
      {"resources", json::object{{"requests", amounts}, {"limits", amounts}}},
      {"securityContext", json::object{{"allowPrivilegeEscalation", false},
                                       {"capabilities", json::object{{"drop", strings({"ALL"})}}},
                                       {"readOnlyRootFilesystem", true},
                                       {"runAsNonRoot", true},
                                       {"seccompProfile", json::object{{"type", "RuntimeDefault"}}}}},
      {"terminationMessagePolicy", "FallbackToLogsOnError"},
  };
}

json::object agent(const Plan& plan) {
  auto agent = container(plan, "pgd-agent", strings({"pgd-agent", "run"}));
  if (plan.sidecar == Sidecar::native) agent["restartPolicy"] = "Always";
  agent["env"] = environment(plan);
  agent["ports"] = json::array{json::object{{"name", "pgd-agent"}, {"containerPort", port}, {"protocol", "TCP"}}};
  agent["livenessProbe"] = json::object{
      {"httpGet", json::object{{"path", "/livez"}, {"port", port}, {"scheme", "HTTP"}}},
      {"periodSeconds", 20},
      {"timeoutSeconds", 5},
      {"successThreshold", 1},
      {"failureThreshold", 6},
  };
  agent["volumeMounts"] = agent_mounts(plan);
  return agent;
}

/// Asks the agent; or, where that starts only after the init containers, judges the mounted Secrets itself.
json::object gate(const Plan& plan) {
  const bool native = plan.sidecar == Sidecar::native;
  auto gate = container(plan, "pgd-agent-gate",
                        strings({"pgd-agent", "wait", native ? "--url" : "--config",
                                 native ? "http://127.0.0.1:9188" : "/etc/pgd-agent/config/config.toml", "--for",
                                 "startup", "--timeout", longest_wait(plan), "--on-timeout", "continue"}));
  if (!native) gate["env"] = environment(plan);
  gate["volumeMounts"] = native ? json::array{token_covered()} : agent_mounts(plan);
  return gate;
}

}  // namespace

Additions additions(const Plan& plan) {
  Additions added;
  added.volumes = volumes(plan);
  (plan.sidecar == Sidecar::native ? added.init_containers : added.containers).push_back(agent(plan));
  if (plan.gate != Gate::off) added.init_containers.push_back(gate(plan));
  return added;
}

}  // namespace inject
