#include "agent/inject/inject.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "tests/inject/pods.hpp"

using namespace inject_test;
using inject::Gate;
using inject::Outcome;
using inject::Settings;

namespace {

std::vector<std::string> names(const json::value& pod, std::string_view list) {
  std::vector<std::string> found;
  for (const auto& item : pod.at("spec").at(list).as_array()) found.emplace_back(item.at("name").as_string());
  return found;
}

const json::value& item(const json::value& pod, std::string_view list, std::string_view name) {
  for (const auto& each : pod.at("spec").at(list).as_array())
    if (each.at("name").as_string() == name) return each;
  throw std::out_of_range(std::string(name));
}

Settings with_image() {
  Settings settings;
  settings.image = "pgd-agent:0.1.0";
  return settings;
}

json::value injected(const json::object& pod, const Settings& settings = with_image()) {
  const auto injection = inject::inject(pod, settings, "0.1.0");
  REQUIRE(injection.outcome == Outcome::injected);
  return patched(pod, injection.patch);
}

std::string environment(const json::value& container, std::string_view name) {
  for (const auto& variable : container.at("env").as_array())
    if (variable.at("name").as_string() == name) return std::string(variable.at("value").as_string());
  return "absent";
}

std::string command(const json::value& container) {
  std::string words;
  for (const auto& word : container.at("command").as_array())
    words += (words.empty() ? "" : " ") + std::string(word.as_string());
  return words;
}

}  // namespace

TEST_CASE("agent and gate follow the operator's own init container") {
  const auto pod = operators_pod();
  const auto after = injected(pod);
  CHECK(names(after, "initContainers") ==
        std::vector<std::string>{"bootstrap-controller", "pgd-agent", "pgd-agent-gate"});
  CHECK(names(after, "containers") == std::vector<std::string>{"postgres"});
  CHECK(names(after, "volumes") ==
        std::vector<std::string>{"pgdata", "scratch-data", "pgd-agent-config", "pgd-agent-no-token"});
  CHECK(after.at("metadata").at("annotations").at("pgd-agent.io/status") == "injected/0.1.0");
  const auto& agent = item(after, "initContainers", "pgd-agent");
  CHECK(agent.at("restartPolicy") == "Always");
  CHECK(command(item(after, "initContainers", "pgd-agent-gate")) ==
        "pgd-agent wait --url http://127.0.0.1:9188 --for startup --timeout 60s --on-timeout continue");
}

TEST_CASE("nothing that was there is changed") {
  auto pod = operators_pod();
  auto after = injected(annotate(annotate(pod, "server-secret", "s"), "written", "enabled"));
  CHECK(item(after, "containers", "postgres") == pod["spec"].at("containers").at(0));
  CHECK(item(after, "initContainers", "bootstrap-controller") == pod["spec"].at("initContainers").at(0));
  for (std::size_t i = 0; i < 2; ++i) CHECK(after.at("spec").at("volumes").at(i) == pod["spec"].at("volumes").at(i));
  CHECK(after.at("metadata").at("annotations").at("k8s.enterprisedb.io/podSpec") == "{}");
}

TEST_CASE("no probe and no identity of the containers can hold or break the pod") {
  const auto after = injected(operators_pod());
  for (const auto name : {"pgd-agent", "pgd-agent-gate"}) {
    const auto& container = item(after, "initContainers", name).as_object();
    for (const auto forbidden : {"startupProbe", "readinessProbe", "lifecycle"})
      CHECK_FALSE(container.contains(forbidden));
    const auto& security = container.at("securityContext").as_object();
    for (const auto forbidden : {"runAsUser", "runAsGroup", "privileged"}) CHECK_FALSE(security.contains(forbidden));
    CHECK(security.at("readOnlyRootFilesystem") == true);
    CHECK(container.at("resources").at("requests") == container.at("resources").at("limits"));
    for (const auto& mount : container.at("volumeMounts").as_array()) CHECK(mount.at("readOnly") == true);
  }
  for (const auto& volume : after.at("spec").at("volumes").as_array()) {
    const auto& object = volume.as_object();
    for (const auto kind : {"secret", "configMap"})
      if (object.contains(kind)) CHECK(object.at(kind).at("optional") == true);
  }
}

TEST_CASE("lists and maps that are absent, null or empty are made") {
  const std::vector<std::function<void(json::object&)>> changes{
      [](json::object& pod) {
        metadata(pod).erase("annotations");
        for (const auto list : {"initContainers", "volumes"}) spec(pod).erase(list);
      },
      [](json::object& pod) {
        metadata(pod)["annotations"] = nullptr;
        for (const auto list : {"initContainers", "volumes"}) spec(pod)[list] = nullptr;
      },
      [](json::object& pod) {
        metadata(pod)["annotations"] = json::object{};
        for (const auto list : {"initContainers", "volumes"}) spec(pod)[list] = json::array{};
      },
  };
  for (const auto& change : changes) {
    auto pod = operators_pod();
    change(pod);
    const auto after = injected(pod);
    CHECK(names(after, "initContainers") == std::vector<std::string>{"pgd-agent", "pgd-agent-gate"});
    CHECK(names(after, "volumes") == std::vector<std::string>{"pgd-agent-config", "pgd-agent-no-token"});
  }
}

TEST_CASE("pods that are not ours are left alone, with the reason") {
  const std::vector<std::pair<std::string, std::function<void(json::object&)>>> cases{
      {"no instance pod of a PGD group", [](json::object& pod) { labels(pod).erase("k8s.pgd.enterprisedb.io/group"); }},
      {"no instance pod of a PGD group",
       [](json::object& pod) { labels(pod)["k8s.enterprisedb.io/podRole"] = "pooler"; }},
      {"no instance pod of a PGD group", [](json::object& pod) { labels(pod).erase("k8s.enterprisedb.io/cluster"); }},
      {"no instance pod of a PGD group", [](json::object& pod) { metadata(pod).erase("labels"); }},
      {"no instance pod of a PGD group", [](json::object& pod) { pod.erase("metadata"); }},
      {"no instance pod of a PGD group", [](json::object& pod) { metadata(pod)["labels"] = "text"; }},
      {"a Job's pod", [](json::object& pod) { labels(pod)["job-name"] = "region-a-1-join"; }},
      {"a Job's pod", [](json::object& pod) { labels(pod)["batch.kubernetes.io/job-name"] = "x"; }},
      {"a Job's pod", [](json::object& pod) { labels(pod)["k8s.enterprisedb.io/jobRole"] = "join"; }},
      {"a Job's pod",
       [](json::object& pod) { metadata(pod)["ownerReferences"] = json::array{json::object{{"kind", "Job"}}}; }},
      {"opted out by its label", [](json::object& pod) { labels(pod)["pgd-agent.io/inject"] = "disabled"; }},
      {"opted out by its label", [](json::object& pod) { labels(pod)["pgd-agent.io/inject"] = "Enabled"; }},
      {"injected already", [](json::object& pod) { annotate(pod, "status", "injected/0.0.9"); }},
      {"injected already",
       [](json::object& pod) { spec(pod)["containers"].get_array().push_back(json::object{{"name", "pgd-agent"}}); }},
      {"injected already",
       [](json::object& pod) {
         spec(pod)["initContainers"].get_array().push_back(json::object{{"name", "pgd-agent-gate"}});
       }},
  };
  for (const auto& [reason, change] : cases) {
    auto pod = operators_pod();
    change(pod);
    const auto injection = inject::inject(pod, with_image(), "0.1.0");
    CHECK(injection.outcome == Outcome::skipped);
    CHECK(injection.reason == reason);
    CHECK(injection.patch.empty());
  }
}

TEST_CASE("what was injected is not injected again") {
  const auto once = injected(operators_pod());
  CHECK(inject::inject(once.get_object(), with_image(), "0.1.0").outcome == Outcome::skipped);
}

TEST_CASE("a pod that can't be patched without risk is refused, and its maker told") {
  auto clash = operators_pod();
  spec(clash)["volumes"].get_array().push_back(
      json::object{{"name", "pgd-agent-config"}, {"emptyDir", json::object{}}});
  auto broken = operators_pod();
  spec(broken)["initContainers"] = "text";
  for (const auto& pod : {clash, broken}) {
    const auto injection = inject::inject(pod, with_image(), "0.1.0");
    CHECK(injection.outcome == Outcome::refused);
    CHECK(injection.patch.empty());
    REQUIRE(injection.warnings.size() == 1);
    CHECK(injection.warnings[0] == "not injected: " + injection.reason);
  }
}

TEST_CASE("without an image nothing is injected: a pod with a wrong one would not start") {
  const auto injection = inject::inject(operators_pod(), {}, "0.1.0");
  CHECK(injection.outcome == Outcome::refused);
  CHECK(injection.patch.empty());
  CHECK(injection.warnings == std::vector<std::string>{"not injected: the installation's settings name no image"});
}

TEST_CASE("Secrets are mounted where they are named, with group and node filled in") {
  auto pod = operators_pod();
  annotate(pod, "server-secret", "{node}-server");
  annotate(pod, "server-ca-secret", " ca-of-{group}\n");
  const auto after = injected(pod);
  const auto& server = item(after, "volumes", "pgd-agent-server").at("secret");
  CHECK(server.at("secretName") == "region-a-1-server");
  CHECK(server.at("defaultMode") == 0440);
  CHECK_FALSE(server.as_object().contains("items"));
  const auto& ca = item(after, "volumes", "pgd-agent-server-ca").at("secret");
  CHECK(ca.at("secretName") == "ca-of-region-a");
  CHECK(json::serialize(ca.at("items")) == R"([{"key":"ca.crt","path":"ca.crt"}])");
  const auto& agent = item(after, "initContainers", "pgd-agent");
  CHECK(environment(agent, "PGD_AGENT_SERVER") == "/etc/pgd-agent/server");
  CHECK(environment(agent, "PGD_AGENT_SERVER_CA") == "/etc/pgd-agent/server-ca");
  CHECK(environment(agent, "PGD_AGENT_CLIENT") == "absent");
}

TEST_CASE("an annotation goes before a setting, a setting before the default, and what is not valid does not count") {
  Settings settings = with_image();
  settings.choices.secrets[0] = "from-setting";
  settings.choices.gate_max_wait = "90s";
  struct Case {
    std::string key, value, want_secret, want_wait;
    std::size_t warnings;
  };
  const std::vector<Case> cases{
      {"server-secret", "from-pod", "from-pod", "90s", 0},
      {"server-secret", "", "", "90s", 0},
      {"server-secret", "No_Name", "from-setting", "90s", 1},
      {"gate-max-wait", "5m", "from-setting", "5m", 0},
      {"gate-max-wait", "0s", "from-setting", "90s", 1},
      {"gate-max-wait", "soon", "from-setting", "90s", 1},
      {"gate", "harsh", "from-setting", "90s", 1},
      {"unheard-of", "x", "from-setting", "90s", 1},
  };
  for (const auto& [key, value, want_secret, want_wait, warnings] : cases) {
    INFO(key << "=" << value);
    auto pod = operators_pod();
    const auto injection = inject::inject(annotate(pod, key, value), settings, "0.1.0");
    CHECK(injection.plan.secrets[0] == want_secret);
    CHECK(injection.plan.gate_max_wait == want_wait);
    CHECK(injection.warnings.size() == warnings);
  }
}

TEST_CASE("the gate: off, bounded, strict") {
  auto pod = operators_pod();
  const auto off = injected(annotate(pod, "gate", "off"));
  CHECK(names(off, "initContainers") == std::vector<std::string>{"bootstrap-controller", "pgd-agent"});
  const auto strict = injected(annotate(pod, "gate", "strict"));
  CHECK(command(item(strict, "initContainers", "pgd-agent-gate")) ==
        "pgd-agent wait --url http://127.0.0.1:9188 --for startup --timeout 0s --on-timeout continue");
  CHECK(environment(item(strict, "initContainers", "pgd-agent"), "PGD_AGENT_GATE_MAX_WAIT") == "0s");
  annotate(pod, "gate", "bounded");
  const auto bounded = injected(annotate(pod, "gate-max-wait", "20s"));
  CHECK(environment(item(bounded, "initContainers", "pgd-agent"), "PGD_AGENT_GATE_MAX_WAIT") == "20s");
}

TEST_CASE("what Postgres was given is seen only on request, and where it is") {
  auto pod = operators_pod();
  annotate(pod, "written", "enabled");
  const auto with = injected(pod);
  CHECK(environment(item(with, "initContainers", "pgd-agent"), "PGD_AGENT_WRITTEN") == "/controller/certificates");
  auto& volumes = spec(pod)["volumes"].get_array();
  volumes.erase(volumes.begin() + 1);
  const auto injection = inject::inject(pod, with_image(), "0.1.0");
  CHECK_FALSE(injection.plan.written);
  CHECK(injection.warnings.size() == 1);
}

TEST_CASE("before native sidecars the agent is a container and the gate judges by itself") {
  Settings settings = with_image();
  settings.sidecar = inject::Sidecar::container;
  auto pod = operators_pod();
  const auto after = injected(annotate(pod, "client-secret", "replica"), settings);
  CHECK(names(after, "initContainers") == std::vector<std::string>{"bootstrap-controller", "pgd-agent-gate"});
  CHECK(names(after, "containers") == std::vector<std::string>{"postgres", "pgd-agent"});
  const auto& gate = item(after, "initContainers", "pgd-agent-gate");
  CHECK(command(gate) ==
        "pgd-agent wait --config /etc/pgd-agent/config/config.toml --for startup --timeout 60s "
        "--on-timeout continue");
  CHECK(environment(gate, "PGD_AGENT_CLIENT") == "/etc/pgd-agent/client");
  CHECK_FALSE(item(after, "containers", "pgd-agent").as_object().contains("restartPolicy"));
}
