#include <algorithm>
#include <map>
#include <set>

#include "agent/pgd/lint_parts.hpp"
#include "agent/pgd/names.hpp"
#include "agent/rules/name_syntax.hpp"

namespace pgd {
namespace {

constexpr std::size_t longest_label = 63, longest_name = 253;

std::string characters(const std::string& name) {
  return in_quotes(name) + " has " + std::to_string(name.size()) + " characters";
}

/// Whether names of the entry are worth composing.
bool judge_suffix(const Lint::Entry& entry, Report& report) {
  const std::string& suffix = entry.entry.host_suffix;
  const Spot at = entry.at / "hostSuffix";
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const bool service_like = std::all_of(suffix.begin(), suffix.end(), allowed) && !suffix.ends_with('-');
  if (service_like || report.has(at)) return true;
  const bool no_name = !rules::why_invalid("a" + suffix.substr(0, longest_label - 1)).empty();
  report.add("lint-host-suffix", entry.primary || no_name ? critical : warning, at,
             "Host suffix " + in_quotes(suffix) +
                 (entry.primary || no_name ? " makes no valid names." : " makes names that no Service can have."));
  return false;
}

std::string why_no_domain(const std::string& domain) {
  if (domain.starts_with('.')) return "begins with a dot";
  if (domain.ends_with('.')) return "ends with a dot";
  return rules::why_invalid(domain).empty() ? "" : "is no DNS name";
}

bool judge_domain(const Lint::Entry& entry, Report& report) {
  const std::string& domain = entry.entry.domain;
  const Spot at = entry.at / "domain";
  if (domain.empty() || report.has(at)) return true;
  const std::string why = why_no_domain(domain);
  if (!why.empty()) report.add("lint-domain", at, "Domain " + in_quotes(domain) + " " + why + ".");
  return why.empty();
}

/// Of domains inside of a cluster: only `<own namespace>.svc…` has the group's Services.
void judge_cluster_domain(const Lint& lint, const Lint::Entry& entry, Report& report) {
  const std::string& domain = entry.entry.domain;
  // Names with another suffix than the Services' are rewritten by someone, in ways that cannot be known here.
  if (!in_cluster(domain) || entry.entry.host_suffix != lint.manifest.primary.host_suffix) return;
  const bool bare = domain == "svc" || domain.starts_with("svc.");
  const std::string ns = bare ? "" : domain.substr(0, domain.find('.'));
  if (!bare && (lint.manifest.ns.empty() || ns == lint.manifest.ns)) return;
  report.add("lint-cluster-domain", entry.at / "domain",
             "Domain " + in_quotes(domain) +
                 (bare ? " lacks the namespace." : " is not that of namespace " + in_quotes(lint.manifest.ns) + "."));
}

void judge_lengths(const Lint& lint, const Lint::Entry& entry, Report& report) {
  std::string longest;
  for (const auto& service : lint.services) {
    if (std::string name = service.base + entry.entry.host_suffix; name.size() > longest.size())
      longest = std::move(name);
  }
  const Spot suffix = entry.at / "hostSuffix";
  const Spot at = suffix.given() ? suffix : entry.primary ? lint.root / "metadata" / "name" : entry.at;
  if (longest.size() > longest_label && entry.primary) {
    return report.add("lint-service-name-too-long", at, "Service name " + characters(longest) + ", more than 63.");
  }
  if (longest.size() > longest_label) {
    return report.add("lint-name-too-long", at, "Label " + characters(longest) + ", more than 63.");
  }
  if (const std::string name = fqdn(longest, {entry.entry.domain, ""}); name.size() > longest_name) {
    report.add("lint-name-too-long", entry.at / "domain", "FQDN " + characters(name) + ", more than 253.");
  }
}

void judge_duplicates(const Lint& lint, Report& report) {
  std::set<std::string> seen;
  for (const auto& entry : lint.entries) {
    std::string twice;
    for (const auto& service : lint.services) {
      if (std::string name = fqdn(service.base, entry.entry); !seen.insert(name).second) twice = std::move(name);
    }
    if (!twice.empty()) {
      report.add("lint-duplicate-entry", entry.at,
                 "Name " + in_quotes(twice) + " comes from an earlier DNS entry already.");
    }
  }
}

/// The namespace that a name inside of a cluster leads to, "" where it tells none.
std::string namespace_of(const std::string& host) {
  const auto dot = host.find('.');
  const std::string rest = dot == std::string::npos ? "" : host.substr(dot + 1);
  return in_cluster(rest) && !rest.starts_with("svc") ? rest.substr(0, rest.find('.')) : "";
}

void report_no_domain(const Lint& lint, const std::string& why, Report& report) {
  const bool full = lint.manifest.mode == model::TlsMode::verify_full;
  report.add("lint-no-domain", full ? critical : warning, lint.dns / "domain",
             "Without a domain the group's names resolve in its own namespace only, but " + why + ".");
}

/// Discovery by qualified names means that the groups don't share a namespace.
void judge_missing_domain(const Lint& lint, Report& report) {
  if (!lint.manifest.primary.domain.empty() || lint.manifest.name.empty()) return;
  for (const auto& host : lint.manifest.discovery) {
    if (host.find('.') == std::string::npos) continue;
    const std::string ns = namespace_of(host);
    if (!ns.empty() && ns == lint.manifest.ns) continue;
    return report_no_domain(lint, "discovery host " + in_quotes(host) + " is elsewhere", report);
  }
}

using Owners = std::map<std::string, std::set<std::string>>;  // by FQDN: the domain or, of bare names, the parent group

/// Bare names are apart by namespace, and only groups of one parent use each other's.
void judge_shared_names(const Lint& lint, Owners& owners, Report& report) {
  std::set<std::string> own;
  for (const auto& entry : lint.entries) {
    std::string shared;
    const std::string& whose = entry.entry.domain.empty() ? lint.parent : entry.entry.domain;
    for (const auto& service : lint.services) {
      std::string name = fqdn(service.base, entry.entry);
      if (whose.empty() || !own.insert(name).second) continue;
      if (!owners[name].insert(whose).second) shared = std::move(name);
    }
    if (!shared.empty()) {
      report.add("lint-shared-name", entry.at,
                 "Name " + in_quotes(shared) + " is that of another group in this file too.");
    }
  }
}

}  // namespace

void lint_names(const Lint& lint, Report& report) {
  const bool named = !lint.manifest.name.empty() && !report.has(lint.root / "metadata" / "name");
  for (const auto& entry : lint.entries) {
    const bool suffix = judge_suffix(entry, report), domain = judge_domain(entry, report);
    if (domain) judge_cluster_domain(lint, entry, report);
    if (named && suffix && domain) judge_lengths(lint, entry, report);
  }
  judge_duplicates(lint, report);
  judge_missing_domain(lint, report);
}

void lint_between(const std::vector<Manifest>& manifests, Report& report) {
  const std::vector<Lint> lints(manifests.begin(), manifests.end());
  std::set<std::pair<std::string, std::string>> groups;     // namespace, name
  std::map<std::string, std::set<std::string>> namespaces;  // of a parent group
  for (const auto& lint : lints) {
    if (!lint.manifest.ns.empty()) namespaces[lint.parent].insert(lint.manifest.ns);
  }
  Owners owners;
  for (const auto& lint : lints) {
    if (lint.manifest.name.empty()) continue;
    report.about(lint.manifest.name);
    if (!groups.emplace(lint.manifest.ns, lint.manifest.name).second) {
      report.add("lint-same-group", lint.root / "metadata" / "name",
                 "Group " + in_quotes(lint.manifest.name) + " is in this file before, in the same namespace.");
      continue;
    }
    if (lint.manifest.primary.domain.empty() && !report.has(lint.dns / "domain") && !lint.manifest.ns.empty() &&
        !lint.parent.empty() && namespaces[lint.parent].size() > 1) {
      report_no_domain(lint, "groups of " + in_quotes(lint.parent) + " are in other namespaces too", report);
    }
    judge_shared_names(lint, owners, report);
  }
}

}  // namespace pgd
