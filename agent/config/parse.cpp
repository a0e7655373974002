#include "agent/config/parse.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>

#include "agent/config/keys.hpp"
#include "agent/config/quote.hpp"
#include "agent/config/reader.hpp"
#include "agent/config/toml.hpp"

namespace config {
namespace {

constexpr std::size_t most_diagnostics = 100;

/// "region-a-1-1" is a pod of node "region-a-1"; what is not numbered is no node's pod.
std::string node_of_pod(std::string_view pod) {
  const auto dash = pod.rfind('-');
  if (dash == std::string_view::npos) return "";
  const auto serial = pod.substr(dash + 1);
  const bool numbered =
      !serial.empty() && std::all_of(serial.begin(), serial.end(), [](char c) { return c >= '0' && c <= '9'; });
  const auto node = pod.substr(0, dash);
  return numbered && label_form(node).empty() ? std::string(node) : "";
}

/// What keys say about each other. A pair is looked at only where each of it is sound, and complained about where it is
/// written.
class Agreement {
 public:
  Agreement(const Config& config, Reader& reader) : config_(config), reader_(reader) {}

  void check() {
    const auto& [dns, probe] = std::tie(config_.dns, config_.probe);
    not_above("dns.interval", dns.interval, "dns.interval_max", dns.interval_max);
    not_above("dns.query_timeout", dns.query_timeout, "dns.lookup_deadline", dns.lookup_deadline);
    not_above("dns.lookup_deadline", dns.lookup_deadline, "dns.sweep_deadline", dns.sweep_deadline);
    not_above("probe.drift_grace", probe.drift_grace, "probe.drift_critical_after", probe.drift_critical_after);
    check_listeners();
    check_manifest();
    check_names();
  }

 private:
  void complain(std::string_view key, std::string_view other, const std::string& message) {
    if (!reader_.sound(key) || !reader_.sound(other)) return;
    const bool at_other = !reader_.place_of(key).has_value();
    const auto where = at_other ? other : key;
    reader_.complain(reader_.place_of(where).value_or(Place{}), where, message);
  }

  void not_above(std::string_view low, Duration low_value, std::string_view high, Duration high_value) {
    if (low_value <= high_value) return;
    complain(high, low, shown(low, low_value) + " is longer than " + shown(high, high_value));
  }

  [[nodiscard]] std::string shown(std::string_view key, Duration value) const {
    const char* by_default = reader_.place_of(key) ? "" : ", the default";
    return std::string(key) + " (" + common::to_text(value) + by_default + ")";
  }

  void check_listeners() {
    if (!config_.metrics_listen) return;
    const Endpoint& plain = config_.listen;
    const Endpoint& tls = *config_.metrics_listen;
    const auto any = [](const Endpoint& e) { return e.address == "::" || e.address == "0.0.0.0"; };
    if (plain.port != 0 && plain.port == tls.port && (plain.address == tls.address || any(plain) || any(tls))) {
      complain("metrics_listen", "listen", "takes the port of listen (" + to_text(plain) + ")");
    }
  }

  void check_manifest() {
    if (config_.group.manifest.empty()) return;
    for (const auto answered : keys_of_manifest) {
      if (const auto place = reader_.place_of(answered)) {
        reader_.complain(*place, answered, "contradicts group.manifest: the manifest says this; remove one of the two");
      }
    }
  }

  void check_names() {
    const auto& group = config_.group.spelled;
    const std::size_t composed = group.name.empty() ? 0 : (group.nodes.size() + 4) * (group.additional.size() + 1);
    const std::size_t names = composed + group.discovery.size() + group.extra_names.size();
    if (names <= most_names) return;
    complain("group.extra_names", "group.nodes",
             "the group comes to " + std::to_string(names) + " names, at most " + std::to_string(most_names) +
                 " are watched");
  }

  const Config& config_;
  Reader& reader_;
};

Diagnostics located(std::vector<Complaint> complaints, const std::string& file) {
  std::sort(complaints.begin(), complaints.end(), [](const Complaint& a, const Complaint& b) {
    return std::tie(a.place, a.message) < std::tie(b.place, b.message);
  });
  Diagnostics diagnostics;
  for (auto& [place, message] : complaints) {
    if (diagnostics.size() == most_diagnostics) {
      const auto left = std::to_string(complaints.size() - most_diagnostics);
      diagnostics.push_back({file, place.line, place.column, "and " + left + " more errors from here on"});
      break;
    }
    diagnostics.push_back({file, place.line, place.column, std::move(message)});
  }
  return diagnostics;
}

/// Where the line of that byte is, for what is found before the text is read as TOML.
Place place_at(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte);
  const auto newline = before.rfind('\n');
  const auto line_start = newline == std::string_view::npos ? 0 : newline + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(byte - line_start) + 1};
}

std::optional<SyntaxError> refused(std::string_view text) {
  if (text.size() > longest_text) {
    return SyntaxError{{}, "larger than 256 KiB (" + std::to_string(text.size()) + " bytes)"};
  }
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return SyntaxError{place_at(text, nul), "a NUL byte: this is not a text file"};
  }
  if (const auto good = utf8_prefix(text); good < text.size()) {
    return SyntaxError{place_at(text, good), "a byte that is not UTF-8: " + printable(text.substr(good, 1))};
  }
  return std::nullopt;
}

}  // namespace

std::string Diagnostic::to_text() const {
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message;
}

std::string to_text(const Diagnostics& diagnostics) {
  std::string text;
  for (const auto& diagnostic : diagnostics) text += (text.empty() ? "" : "\n") + diagnostic.to_text();
  return text;
}

void throw_exception_from_error(const Diagnostics& diagnostics, const boost::source_location&) {
  throw std::runtime_error(to_text(diagnostics));
}

Parsed parse(std::string_view text, const std::string& file, const Environment& environment) {
  const auto at = [&](const SyntaxError& error) {
    return Diagnostics{{file, error.place.line, error.place.column, error.message}};
  };
  if (const auto refusal = refused(text)) return at(*refusal);
  const Tree tree = read_toml(text);
  if (!tree) return at(tree.error());

  Config config;
  const Environment variables =
      environment ? environment : [](std::string_view) -> std::optional<std::string> { return std::nullopt; };
  Reader reader(*tree, variables);
  each_key(reader, config);
  reader.refuse_unknown();
  auto& node = config.group.spelled.node;
  if (node.empty()) node = node_of_pod(variables("POD_NAME").value_or(""));
  Agreement(config, reader).check();
  if (!reader.complaints().empty()) return located(reader.complaints(), file);
  return config;
}

}  // namespace config
