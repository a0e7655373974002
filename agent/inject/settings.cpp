#include "agent/inject/settings.hpp"

#include <algorithm>

#include "agent/inject/syntax.hpp"

namespace inject {
namespace {

constexpr std::string_view config_key = "config", written_key = "written", gate_key = "gate",
                           wait_key = "gate-max-wait";

std::optional<model::SecretRole> secret_of(std::string_view key) {
  for (const auto role : model::all_secret_roles)
    if (key == secret_key(role)) return role;
  return std::nullopt;
}

std::optional<Gate> gate_of(std::string_view text) {
  for (const auto gate : {Gate::off, Gate::bounded, Gate::strict})
    if (text == name(gate)) return gate;
  return std::nullopt;
}

/// Would it be a name with some group and node? The longest are not known here, the shortest will do.
bool is_name_pattern(std::string_view text) { return object_name(text, "g", "n").has_value(); }

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// Takes one setting that is no choice.
bool set(Settings& settings, std::string_view key, const std::string& value) {
  if (key == "image") {
    const bool ok = is_image(value);
    if (ok) settings.image = value;
    return ok;
  }
  if (key == "cpu" || key == "memory") {
    const bool ok = is_quantity(value);
    if (ok) (key == "cpu" ? settings.cpu : settings.memory) = value;
    return ok;
  }
  if (key == "sidecar") {
    if (value != "native" && value != "container") return false;
    settings.sidecar = value == "native" ? Sidecar::native : Sidecar::container;
    return true;
  }
  return false;
}

bool is_setting(std::string_view key) {
  return std::find(setting_keys().begin(), setting_keys().end(), key) != setting_keys().end();
}

}  // namespace

std::string_view secret_key(model::SecretRole role) {
  switch (role) {
    case model::SecretRole::server: return "server-secret";
    case model::SecretRole::server_ca: return "server-ca-secret";
    case model::SecretRole::client: return "client-secret";
    case model::SecretRole::client_ca: return "client-ca-secret";
  }
  return "";
}

const std::vector<std::string_view>& setting_keys() {
  static const std::vector<std::string_view> keys = [] {
    std::vector<std::string_view> all{"image", "cpu", "memory", "sidecar", config_key, written_key, gate_key, wait_key};
    for (const auto role : model::all_secret_roles) all.push_back(secret_key(role));
    return all;
  }();
  return keys;
}

bool is_choice(std::string_view key) {
  return key == config_key || key == written_key || key == gate_key || key == wait_key || secret_of(key);
}

bool choose(Choices& choices, std::string_view key, std::string_view value) {
  const std::string text(trimmed(value));
  if (const auto role = secret_of(key)) {
    if (!text.empty() && !is_name_pattern(text)) return false;
    choices.secrets[static_cast<std::size_t>(*role)] = text;
    return true;
  }
  if (key == config_key && is_name_pattern(text)) {
    choices.config = text;
    return true;
  }
  if (key == written_key && (text == "enabled" || text == "disabled")) {
    choices.written = text == "enabled";
    return true;
  }
  if (key == wait_key && is_wait(text)) {
    choices.gate_max_wait = text;
    return true;
  }
  if (key != gate_key || !gate_of(text)) return false;
  choices.gate = gate_of(text);
  return true;
}

Settings read_settings(const std::map<std::string, std::string>& texts, std::vector<std::string>& problems) {
  Settings settings;
  for (const auto& [key, value] : texts) {
    const std::string text(trimmed(value));
    if (!is_setting(key)) {
      problems.push_back("setting " + shown(key) + " is unknown and has no effect");
    } else if (!text.empty() && !choose(settings.choices, key, text) && !set(settings, key, text)) {
      problems.push_back("setting " + key + ": " + shown(text) + " is not valid; the default counts");
    }
  }
  return settings;
}

std::optional<std::string> object_name(std::string_view pattern, std::string_view group, std::string_view node) {
  auto name = replaced(replaced(std::string(pattern), "{group}", group), "{node}", node);
  if (!is_subdomain(name)) return std::nullopt;
  return name;
}

}  // namespace inject
