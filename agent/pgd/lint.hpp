// What is wrong with a group's `.spec.connectivity`, without a cluster. Pure; one finding for each mistake, with its
// place.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/pgd/manifest.hpp"

namespace pgd {

/// A rule's name and text: `lint-…`, what it means, what to do.
struct LintRule {
  std::string_view code;
  model::Severity severity;  ///< the gravest it can be; critical: the API server or the operator refuses it, or
                             ///< connections fail
  std::string_view meaning;
  std::string_view remedy;  ///< a finding may have a more fitting one
};
/// In the order of docs/lint.md, which is made of them.
const std::vector<LintRule>& lint_rules();

struct LintFinding {
  std::string_view code;
  model::Severity severity = model::Severity::warning;
  std::string path;  ///< ".spec.connectivity.dns.hostSuffix"; items as "[0]"
  int line = 0;      ///< of the value, or of the nearest parent that is there
  std::string message;
  std::string remedy;
  std::string group{};  ///< metadata.name of the PGDGroup it is about, "" = of no single one
  friend bool operator==(const LintFinding&, const LintFinding&) = default;
};

/// All findings of one group by line, then code.
std::vector<LintFinding> lint(const Manifest& manifest);
/// Of all groups of a file: each one's, and what shows only between them (the same FQDN in two groups).
std::vector<LintFinding> lint(const std::vector<Manifest>& manifests);
/// Also judges the cert-manager CAs among `documents`, the same file's, that sign the groups' certificates. Their paths
/// begin with what they are in: "Certificate/server-ca.spec.duration".
std::vector<LintFinding> lint(const std::vector<Manifest>& manifests, const std::vector<YamlNode>& documents);

/// docs/lint.md, made of the rules.
std::string lint_markdown();

}  // namespace pgd
