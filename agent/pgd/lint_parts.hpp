// The parts that lint is made of, and the report they write into. Each part judges one thing and leaves the rest alone.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/pgd/lint_paths.hpp"
#include "agent/pgd/lint_rules.hpp"
#include "agent/pgd/manifest.hpp"

namespace pgd {

/// Collects findings; severity and remedy are the rule's where not told otherwise.
class Report {
 public:
  void add(RuleOf code, const Spot& at, std::string message, std::string remedy = "") {
    add(code, code.rule().severity, at, std::move(message), std::move(remedy));
  }
  void add(RuleOf code, model::Severity severity, const Spot& at, std::string message, std::string remedy = "");
  [[nodiscard]] bool has(const Spot& at) const;  ///< something was said about that very place
  [[nodiscard]] std::vector<LintFinding> take() { return std::move(findings_); }
  /// Whom the findings from here on are about.
  void about(const std::string& group) { group_ = group; }

 private:
  std::vector<LintFinding> findings_;
  std::string group_;
};

/// A manifest and its places; lives as long as the manifest.
struct Lint {
  explicit Lint(const Manifest& of);

  /// A naming of the group: the primary entry, then the additional ones.
  struct Entry {
    model::DnsEntry entry;
    Spot at;
    bool primary;
  };
  struct Service {
    model::NameRole role;
    std::string object;  ///< a node's or the group's name
    std::string base;    ///< its name without a suffix
  };

  const Manifest& manifest;
  Spot root, spec, connectivity, dns, tls;
  std::string parent;              ///< spec.pgd.parentGroup.name
  std::vector<Entry> entries;      ///< in the text's order, the primary one first
  std::vector<std::string> nodes;  ///< the first and the last: of counted ones the last has the longest name
  std::vector<Service> services;   ///< of these nodes, then the group's own; none where the group has no name
};

/// The four templates and whose they are.
struct TemplateOf {
  std::string_view key;
  model::NameRole role;
  const ServiceTemplate Manifest::* value;
};
inline constexpr std::array templates{
    TemplateOf{"nodeServiceTemplate", model::NameRole::node, &Manifest::node_service},
    TemplateOf{"groupServiceTemplate", model::NameRole::group, &Manifest::group_service},
    TemplateOf{"proxyServiceTemplate", model::NameRole::proxy, &Manifest::proxy_service},
    TemplateOf{"proxyReadServiceTemplate", model::NameRole::proxy_read, &Manifest::proxy_read_service}};

/// `svc`, `svc.…`, `<namespace>.svc` and `<namespace>.svc.…`: names inside of a cluster.
bool in_cluster(std::string_view domain);

void lint_schema(const Lint& lint, Report& report);        ///< against the CRDs
void lint_group(const Lint& lint, Report& report);         ///< name, node counts, discovery
void lint_names(const Lint& lint, Report& report);         ///< suffixes, domains, services' names, FQDNs
void lint_services(const Lint& lint, Report& report);      ///< the templates' specs
void lint_metadata(const Lint& lint, Report& report);      ///< labels and annotations, placeholders
void lint_certificates(const Lint& lint, Report& report);  ///< tls
/// What shows only between groups.
void lint_between(const std::vector<Manifest>& manifests, Report& report);
/// cert-manager CAs that sign the groups' certificates.
void lint_authorities(const std::vector<Manifest>& manifests, const std::vector<YamlNode>& documents, Report& report);

}  // namespace pgd
