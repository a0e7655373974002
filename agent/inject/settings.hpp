// What an installation injects: image, resources, and the choices that a pod's annotations may override. Read from
// texts by key, as the files of a mounted ConfigMap hold them; knows no pod and no file.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/pki.hpp"

namespace inject {

enum class Gate { off, bounded, strict };
constexpr std::string_view name(Gate gate) {
  switch (gate) {
    case Gate::off: return "off";
    case Gate::bounded: return "bounded";
    case Gate::strict: return "strict";
  }
  return "";
}

/// `native`: an init container that restarts always, Kubernetes ≥ 1.29 (KEP-753). `container`: one of the pod's own.
enum class Sidecar { native, container };

/// What a pod's annotations `pgd-agent.io/<key>` may ask for, each absent where nothing valid was said. In names
/// `{group}` and `{node}` stand for the pod's.
struct Choices {
  std::optional<std::string> config;                  ///< ConfigMap
  std::array<std::optional<std::string>, 4> secrets;  ///< by model::SecretRole; "" = not mounted
  std::optional<bool> written;                        ///< mount /controller
  std::optional<Gate> gate;
  std::optional<std::string> gate_max_wait;  ///< "60s": digits and ms, s, m or h; more than nothing
};

struct Settings {
  std::string image;  ///< "" = nothing is injected
  std::string cpu = "100m";
  std::string memory = "64Mi";
  Sidecar sidecar = Sidecar::native;
  Choices choices;
};

/// Key of a secret's name in settings and annotations: "server-ca-secret".
std::string_view secret_key(model::SecretRole role);

/// Every key there is: `image`, `cpu`, `memory`, `sidecar` and the choices.
const std::vector<std::string_view>& setting_keys();

/// Whether pods may override it: `key` without prefix.
bool is_choice(std::string_view key);

/// Takes one choice; false where `key` is none or `value` is not valid, and then nothing has changed. The value is
/// trimmed. Names are valid where they would be once `{group}` and `{node}` are filled in.
bool choose(Choices& choices, std::string_view key, std::string_view value);

/// Every text of the map taken; what is unknown or not valid keeps its default and is said in `problems`, one sentence
/// each.
Settings read_settings(const std::map<std::string, std::string>& texts, std::vector<std::string>& problems);

/// A name of a ConfigMap or Secret with `{group}` and `{node}` filled in; nothing where that is no DNS-1123 subdomain.
std::optional<std::string> object_name(std::string_view pattern, std::string_view group, std::string_view node);

}  // namespace inject
