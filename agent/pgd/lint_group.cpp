#include <algorithm>
#include <array>

#include "agent/pgd/lint_parts.hpp"
#include "agent/pgd/names.hpp"
#include "agent/rules/host_match.hpp"
#include "agent/rules/name_syntax.hpp"

namespace pgd {
namespace {

using model::NameRole;

constexpr std::size_t longest_cluster = 50;  // CloudNativePG's validateName

/// RFC 1035 §2.3.1 in lower case, as Kubernetes wants Services: begins with a letter. Its length is judged elsewhere.
bool is_label_1035(std::string_view name) {
  const auto inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && name.back() != '-' &&
         std::all_of(name.begin(), name.end(), inner);
}

void judge_name(const Lint& lint, Report& report) {
  const Spot metadata = lint.root / "metadata", name = metadata / "name";
  if (!metadata.given() || report.has(name)) return;
  if (!name.given()) {
    if (!metadata.has("generateName")) report.add("lint-missing-field", name, "Required field \"name\" is missing.");
    return;
  }
  const std::string text = name.text();
  if (text.empty()) return report.add("lint-empty-field", name, "Required field \"name\" is empty.");
  if (!is_label_1035(text)) {
    report.add("lint-group-name", name, "Group name " + in_quotes(text) + " makes no Service or Cluster names.");
  }
  if (const auto& nodes = lint.nodes; !nodes.empty() && nodes.back().size() > longest_cluster) {
    report.add("lint-node-name-too-long", name,
               "Node " + in_quotes(nodes.back()) + " has a name of " + std::to_string(nodes.back().size()) +
                   " characters, and a Cluster's has at most 50.");
  }
}

void judge_counts(const Lint& lint, Report& report) {
  const Spot data = lint.spec / "instances", witnesses = lint.spec / "witnessInstances";
  if (!lint.spec.given() || report.has(data) || report.has(witnesses)) return;
  if (data.integer(0) == 0 && witnesses.integer(0) == 0) {
    report.add("lint-no-nodes", data, "Neither instances nor witnessInstances is above 0.");
  }
}

void judge_operators(const Lint& lint, Report& report) {
  if (!lint.manifest.operator_1) return;
  std::vector<Spot> newer{lint.spec / "cnp" / "klio", lint.spec / "cnp" / "postgresUID",
                          lint.spec / "cnp" / "postgresGID"};
  for (auto& member : (lint.spec / "pgd" / "nodeGroupSettings").members()) {
    if (member.key.starts_with("connMgrRead")) newer.push_back(std::move(member.value));
  }
  for (const auto& spot : newer) {
    if (!spot.given()) continue;
    report.add("lint-mixed-operators", spot,
               "\"" + spot.path() +
                   "\" is a field of operator 2.x in a manifest with proxyInstances, pgdProxy or "
                   "proxySettings, which are 1.x's.");
    return;
  }
}

/// Hosts of a libpq list, blanks taken off.
std::vector<std::string> hosts_in(std::string_view list) {
  std::vector<std::string> hosts;
  for (;;) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view host = list.substr(0, comma);
    while (host.starts_with(' ')) host.remove_prefix(1);
    while (host.ends_with(' ')) host.remove_suffix(1);
    hosts.emplace_back(host);
    if (comma == list.size()) return hosts;
    list.remove_prefix(comma + 1);
  }
}

class Discovery {
 public:
  Discovery(const Lint& lint, Report& report) : lint_(lint), report_(report) {}

  void judge() {
    const Spot discovery = lint_.spec / "pgd" / "discovery";
    bool hosts_are_known = true, own = false;
    for (const auto& item : discovery.items()) {
      if (!item.given() || !item.node()->is_mapping()) continue;
      judge_parameters(item);
      const Spot host = item / "host";
      if (report_.has(host)) continue;
      if (host.text().empty()) {
        if (!item.has("hostaddr")) report_.add("lint-discovery-host", host, "A discovery entry has no \"host\".");
        continue;
      }
      for (const auto& one : hosts_in(host.text())) {
        hosts_are_known = judge_host(host, one) && hosts_are_known;
        own = own || is_own(one);
      }
    }
    const bool logical = (lint_.spec / "pgd" / "groupJoinMethod").text() != "physical";
    if (discovery.items().empty() || !logical || own || !hosts_are_known || lint_.manifest.name.empty()) return;
    report_.add("lint-discovery-own-missing", discovery,
                "The group's own service " +
                    in_quotes(fqdn(service_name(NameRole::group, lint_.manifest.name), lint_.manifest.primary)) +
                    " is not among its discovery hosts.");
  }

 private:
  void judge_parameters(const Spot& item) {
    for (const auto& member : item.members()) {
      const auto named = [&](const auto& names) {
        return std::find(names.begin(), names.end(), member.key) != names.end();
      };
      constexpr std::array<std::string_view, 3> files{"sslkey", "sslcert", "sslrootcert"};
      constexpr std::array<std::string_view, 4> overridden{"application_name", "sslmode", "dbname", "user"};
      if (named(files)) {
        report_.add("lint-discovery-ssl-files", member.value,
                    "Discovery sets " + in_quotes(member.key) + ", in place of the group's own certificates.");
      } else if (named(overridden)) {
        report_.add("lint-discovery-overridden", member.value,
                    "Discovery sets " + in_quotes(member.key) + ", which the operator overrides.");
      }
    }
  }

  /// Whether it is the service of some group or node, as far as its name tells.
  bool judge_host(const Spot& at, const std::string& host) {
    if (host.starts_with('/') || host.starts_with('@')) {
      report_.add("lint-discovery-host", at, "Discovery host " + in_quotes(host) + " is a local socket.");
      return false;
    }
    const bool address = rules::is_ip_address(host);
    if (const std::string why = address ? "" : rules::why_invalid(host); !why.empty()) {
      report_.add("lint-discovery-host", at, "Discovery host " + in_quotes(host) + " is no host name.");
      return false;
    }
    const std::string label = host.substr(0, host.find('.'));
    if (!address && (label.find("-group") != std::string::npos || label.find("-node") != std::string::npos))
      return true;
    const bool proxy = !address && label.find("-proxy") != std::string::npos;
    report_.add("lint-discovery-unusual", at,
                "Discovery host " + in_quotes(host) +
                    (proxy ? " is a proxy's service, not a group's or a node's."
                           : " is not named as a group's or a node's service."));
    return false;
  }

  /// With whatever suffix and domain: others may know the group by other names.
  [[nodiscard]] bool is_own(std::string_view host) const {
    return fqdn(std::string(host), {}).starts_with(fqdn(service_name(NameRole::group, lint_.manifest.name), {}));
  }

  const Lint& lint_;
  Report& report_;
};

}  // namespace

void lint_group(const Lint& lint, Report& report) {
  judge_name(lint, report);
  judge_counts(lint, report);
  judge_operators(lint, report);
  Discovery(lint, report).judge();
}

}  // namespace pgd
