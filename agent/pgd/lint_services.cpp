#include <algorithm>
#include <map>
#include <utility>

#include "agent/pgd/lint_parts.hpp"

namespace pgd {
namespace {

using model::NameRole;

bool is_proxy(NameRole role) { return role == NameRole::proxy || role == NameRole::proxy_read; }

/// A further DNS entry, or a name of the user's own, that is valid outside of the cluster.
bool has_outside_name(const Lint& lint) {
  const auto& certificate = lint.manifest.server_certificate;
  if (certificate && !certificate->dns_names.empty()) return true;
  if (!(lint.tls / "serverCert" / "certManager" / "spec" / "ipAddresses").items().empty()) return true;
  return std::any_of(lint.entries.begin(), lint.entries.end(), [](const Lint::Entry& entry) {
    return !entry.entry.domain.empty() && !in_cluster(entry.entry.domain);
  });
}

class Template {
 public:
  Template(const Lint& lint, const TemplateOf& of, Report& report)
      : lint_(lint),
        of_(of),
        at_(lint.connectivity / of.key),
        spec_(at_ / "spec"),
        report_(report),
        type_((spec_ / "type").text()),
        headless_((spec_ / "clusterIP").text() == "None") {}

  void judge() {
    if (headless_ && is_proxy(of_.role)) {
      report_.add("lint-headless-proxy", spec_ / "clusterIP", "The proxy's Service is headless by clusterIP \"None\".");
    }
    if (type_ == "LoadBalancer") judge_load_balancer();
    judge_combinations();
    judge_ports();
  }

 private:
  void judge_load_balancer() {
    if ((at_ / "updateStrategy").text() == "replace") {
      report_.add("lint-replace-load-balancer", at_ / "updateStrategy",
                  "With updateStrategy \"replace\" the load balancer gets a new address whenever it is changed.");
    }
    // A name published by annotation is judged as itself.
    const bool published = (at_ / "metadata" / "annotations").has("external-dns.alpha.kubernetes.io/hostname");
    if (published || has_outside_name(lint_)) return;
    const bool full = lint_.manifest.mode == model::TlsMode::verify_full;
    report_.add("lint-load-balancer-name", full ? warning : info, spec_ / "type",
                "The Service is of type \"LoadBalancer\", and the server certificate has only names of this cluster.");
  }

  void refused(std::string_view field, const std::string& why) {
    if (!spec_.has(field)) return;
    report_.add("lint-service-spec", spec_ / field, in_quotes(field) + " " + why + ".",
                "Take out " + std::string(field) + ".");
  }

  /// core/v1 Service validation, where the template tells the type; the operator's own default is not documented.
  void judge_combinations() {
    const bool balanced = type_ == "LoadBalancer", external = balanced || type_ == "NodePort";
    const std::string as = "does not go with type " + in_quotes(type_);
    if (headless_ && external) refused("clusterIP", "\"None\" " + as);
    if (type_ == "ExternalName" && (spec_ / "externalName").text().empty()) {
      report_.add("lint-service-spec", spec_ / "externalName", "Type \"ExternalName\" needs an externalName.",
                  "Set externalName, or take another type.");
    }
    if (!type_.empty() && !external && type_ != "ExternalName") {
      if ((spec_ / "externalIPs").items().empty()) refused("externalTrafficPolicy", as);
      for (const auto& port : (spec_ / "ports").items()) {
        if ((port / "nodePort").integer(0) == 0) continue;
        report_.add("lint-service-spec", port / "nodePort", "\"nodePort\" " + as + ".", "Take out nodePort.");
      }
    }
    if (!type_.empty() && !balanced) {
      refused("loadBalancerClass", as);
      refused("allocateLoadBalancerNodePorts", as);
      refused("loadBalancerSourceRanges", as);
    }
    if ((spec_ / "healthCheckNodePort").integer(0) != 0 && !type_.empty() &&
        !(balanced && (spec_ / "externalTrafficPolicy").text() == "Local")) {
      refused("healthCheckNodePort", "needs type \"LoadBalancer\" and externalTrafficPolicy \"Local\"");
    }
    if ((spec_ / "sessionAffinity").text() != "ClientIP") {
      refused("sessionAffinityConfig", "needs sessionAffinity \"ClientIP\"");
    }
  }

  void judge_ports() {
    const auto ports = (spec_ / "ports").items();
    std::map<std::pair<std::string, long long>, int> seen;
    std::map<std::string, int> names;
    for (const auto& port : ports) {
      const std::string protocol = (port / "protocol").text(), name = (port / "name").text();
      const long long number = (port / "port").integer(0);
      if (seen[{protocol.empty() ? "TCP" : protocol, number}]++ > 0) {
        report_.add("lint-service-spec", port / "port", "Port " + std::to_string(number) + " is listed twice.",
                    "Take one out.");
      } else if (ports.size() > 1 && name.empty()) {
        report_.add("lint-service-spec", port / "name",
                    "Port " + std::to_string(number) + " has no name, and every one of several ports needs one.",
                    "Name the port.");
      } else if (!name.empty() && names[name]++ > 0) {
        report_.add("lint-service-spec", port / "name", "Port name " + in_quotes(name) + " is used twice.",
                    "Name the ports differently.");
      }
    }
  }

  const Lint& lint_;
  const TemplateOf& of_;
  Spot at_, spec_;
  Report& report_;
  std::string type_;
  bool headless_;
};

}  // namespace

void lint_services(const Lint& lint, Report& report) {
  for (const auto& one : templates) Template(lint, one, report).judge();
}

}  // namespace pgd
