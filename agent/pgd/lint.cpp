#include "agent/pgd/lint.hpp"

#include <algorithm>
#include <tuple>

#include "agent/pgd/lint_parts.hpp"
#include "agent/pgd/names.hpp"

namespace pgd {
namespace {

using model::NameRole;

void lint_one(const Manifest& manifest, Report& report) {
  report.about(manifest.name);
  const Lint lint(manifest);
  lint_schema(lint, report);
  lint_group(lint, report);
  lint_names(lint, report);
  lint_services(lint, report);
  lint_metadata(lint, report);
  lint_certificates(lint, report);
}

std::vector<LintFinding> in_order(Report& report) {
  std::vector<LintFinding> findings = report.take();
  std::stable_sort(findings.begin(), findings.end(), [](const LintFinding& a, const LintFinding& b) {
    return std::tie(a.line, a.code, a.path) < std::tie(b.line, b.code, b.path);
  });
  return findings;
}

}  // namespace

void Report::add(RuleOf code, model::Severity severity, const Spot& at, std::string message, std::string remedy) {
  const LintRule& rule = code.rule();
  if (remedy.empty()) remedy = rule.remedy;
  findings_.push_back({rule.code, severity, at.path(), at.line(), std::move(message), std::move(remedy), group_});
}

bool Report::has(const Spot& at) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const LintFinding& f) { return f.line == at.line() && f.path == at.path(); });
}

Lint::Lint(const Manifest& of)
    : manifest(of),
      root(of.document),
      spec(root / "spec"),
      connectivity(spec / "connectivity"),
      dns(connectivity / "dns"),
      tls(connectivity / "tls"),
      parent((spec / "pgd" / "parentGroup" / "name").text()),
      entries{{of.primary, dns, true}},
      nodes(node_names(of)) {
  // What is no mapping is no entry to the reader either.
  for (auto& spot : (dns / "additional").items()) {
    if (!spot.given() || !spot.node()->is_mapping() || entries.size() > of.additional.size()) continue;
    entries.push_back({of.additional[entries.size() - 1], std::move(spot), false});
  }
  if (nodes.size() > 2) nodes = {nodes.front(), nodes.back()};
  if (of.name.empty()) return;
  for (const auto& node : nodes) services.push_back({NameRole::node, node, service_name(NameRole::node, node)});
  const auto add = [&](NameRole role) { services.push_back({role, of.name, service_name(role, of.name)}); };
  add(NameRole::group);
  if (of.has_proxy()) add(NameRole::proxy);
  if (of.has_proxy_read()) add(NameRole::proxy_read);
}

bool in_cluster(std::string_view domain) {
  if (domain == "svc" || domain.starts_with("svc.")) return true;
  const auto dot = domain.find('.');
  if (dot == std::string_view::npos) return false;
  const auto rest = domain.substr(dot + 1);
  return rest == "svc" || rest.starts_with("svc.");
}

const std::vector<LintRule>& lint_rules() {
  static const std::vector<LintRule> rules(rules_of_lint.begin(), rules_of_lint.end());
  return rules;
}

std::vector<LintFinding> lint(const Manifest& manifest) {
  Report report;
  lint_one(manifest, report);
  return in_order(report);
}

std::vector<LintFinding> lint(const std::vector<Manifest>& manifests) { return lint(manifests, {}); }

std::vector<LintFinding> lint(const std::vector<Manifest>& manifests, const std::vector<YamlNode>& documents) {
  Report report;
  for (const auto& manifest : manifests) lint_one(manifest, report);
  lint_between(manifests, report);
  report.about("");
  lint_authorities(manifests, documents, report);
  return in_order(report);
}

}  // namespace pgd
