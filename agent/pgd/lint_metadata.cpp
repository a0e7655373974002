#include <algorithm>

#include "agent/pgd/lint_parts.hpp"
#include "agent/pgd/names.hpp"
#include "agent/pgd/objects.hpp"
#include "agent/pgd/placeholders.hpp"
#include "agent/rules/host_match.hpp"

namespace pgd {
namespace {

using model::NameRole;

constexpr std::size_t longest_name = 63, longest_prefix = 253;
constexpr std::string_view external_dns = "external-dns.alpha.kubernetes.io/";

bool alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// What label values and the names of qualified names are made of.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_name && alphanumeric(text.front()) && alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

/// RFC 1123 subdomain, in lower case.
bool is_prefix(std::string_view text) {
  if (text.empty() || text.size() > longest_prefix) return false;
  char before = '.';
  for (const char c : text) {
    const bool inner = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!inner && c != '-' && c != '.') return false;
    if (!inner && before == '.') return false;
    if (c == '.' && before == '-') return false;
    before = c;
  }
  return before != '-' && before != '.';
}

bool is_qualified(std::string_view key) {
  const auto slash = key.find('/');
  if (slash == std::string_view::npos) return is_name(key);
  return is_prefix(key.substr(0, slash)) && is_name(key.substr(slash + 1));
}

/// The first placeholder of any template in the text, "" where there is none.
std::string placeholder_in(std::string_view text) {
  for (const auto& one : templates) {
    for (const auto placeholder : placeholders(one.role)) {
      if (text.find(placeholder) != std::string_view::npos) return std::string(placeholder);
    }
  }
  return "";
}

void judge_placeholders_in(const Spot& at, Report& report) {
  if (!at.given()) return;
  if (const std::string found = placeholder_in(at.text()); !found.empty()) {
    report.add("lint-placeholder-not-expanded", at, "Placeholder " + in_quotes(found) + " is not expanded here.");
  }
  for (const auto& member : at.members()) judge_placeholders_in(member.value, report);
  for (const auto& item : at.items()) judge_placeholders_in(item, report);
}

void judge_label(const Spot& at, const std::string& value, Report& report) {
  if (value.empty() || is_name(value)) return;
  report.add("lint-label-value", at,
             "Label value " + in_quotes(value) +
                 (value.size() > longest_name ? " has " + std::to_string(value.size()) + " characters, more than 63."
                                              : " has characters that no label can have."));
}

/// Keys, and what ExternalDNS does not find.
void judge_keys(const Spot& entries, bool labels, Report& report) {
  for (const auto& member : entries.members()) {
    const std::string key(member.key);
    if (!is_qualified(key))
      report.add("lint-metadata-key", member.value, "Key " + in_quotes(key) + " is no qualified name.");
    if (labels && key.starts_with(external_dns)) {
      report.add("lint-external-dns-label", member.value,
                 "ExternalDNS does not read " + in_quotes(key) + " among labels.");
    }
  }
}

/// Metadata in which nothing is expanded.
void judge_fixed(const Spot& metadata, Report& report) {
  judge_keys(metadata / "labels", true, report);
  judge_keys(metadata / "annotations", false, report);
  judge_placeholders_in(metadata, report);
  for (const auto& member : (metadata / "labels").members()) {
    if (placeholder_in(member.value.text()).empty()) judge_label(member.value, member.value.text(), report);
  }
}

class TemplateMetadata {
 public:
  TemplateMetadata(const Lint& lint, NameRole role, Report& report)
      : lint_(lint),
        role_(role),
        report_(report),
        names_told_(report.has(lint.root / "metadata" / "name") || report.has(lint.dns / "hostSuffix")) {}

  void judge(const Spot& metadata) {
    const Spot labels = metadata / "labels", annotations = metadata / "annotations";
    judge_keys(labels, true, report_);
    judge_keys(annotations, false, report_);
    for (const auto& member : labels.members()) {
      if (judge_placeholders(member.value, critical)) judge_longest(member.value);
    }
    for (const auto& member : annotations.members()) {
      const bool expands = judge_placeholders(member.value, warning);
      if (expands && member.key == "external-dns.alpha.kubernetes.io/hostname") judge_hostnames(member.value);
    }
  }

 private:
  /// Whether nothing stays that looks like a placeholder.
  bool judge_placeholders(const Spot& at, model::Severity severity) {
    std::vector<std::string> unknown = unknown_placeholders(at.text(), role_);
    for (const auto known : placeholders(role_)) {
      if (const std::string doubled = "{" + std::string(known) + "}"; at.text().find(doubled) != std::string::npos) {
        unknown.push_back(doubled);
      }
    }
    if (unknown.empty()) return true;
    const auto [service, name] = placeholders(role_);
    report_.add("lint-unknown-placeholder", severity, at,
                "Placeholder " + in_quotes(unknown.front()) + " is not one of this template's.",
                "Use " + std::string(service) + " or " + std::string(name) + ".");
    return false;
  }

  template <class Judge>
  void for_each_service(const std::string& text, const Judge& judge) {
    for (const auto& service : lint_.services) {
      if (service.role != role_) continue;
      const std::string name = service.base + lint_.manifest.primary.host_suffix;
      judge(service, expand(text, role_, name, fqdn(service.base, lint_.manifest.primary)));
    }
  }

  /// What becomes of a label: judged as the longest of it.
  void judge_longest(const Spot& at) {
    std::string longest = at.text();
    bool expanded = false;
    for_each_service(at.text(), [&](const Lint::Service&, std::string text) {
      if (!expanded || text.size() > longest.size()) longest = std::move(text);
      expanded = true;
    });
    // Of a service that there is not nothing is made.
    const bool as_written = placeholder_in(at.text()).empty();
    if (as_written || (expanded && !names_told_)) judge_label(at, longest, report_);
  }

  /// Names that the certificate has; the read proxy's might be in it or not, which is the operator's business.
  [[nodiscard]] std::vector<std::string> certified(const std::string& node) const {
    std::vector<std::string> names = certificate_names(lint_.manifest, node);
    const std::string read = service_name(NameRole::proxy_read, lint_.manifest.name);
    for (const auto& entry : lint_.entries) names.push_back(fqdn(read, entry.entry));
    return names;
  }

  /// Says so of a host that cannot be published, or that the certificate lacks.
  bool judge_hostname(const Spot& at, const std::vector<std::string>& names, const std::string& host) {
    if (host.find('.') == std::string::npos) {
      report_.add("lint-published-name", at,
                  "ExternalDNS is to publish " + in_quotes(host) + ", a name without a domain.",
                  "Set .spec.connectivity.dns.domain, or write a name with a domain.");
      return true;
    }
    const auto matches = [&](const std::string& name) { return rules::name_matches(name, host); };
    if (std::any_of(names.begin(), names.end(), matches)) return false;
    const bool full = lint_.manifest.mode == model::TlsMode::verify_full;
    report_.add("lint-published-name", full ? warning : info, at,
                "ExternalDNS is to publish " + in_quotes(host) + ", which the server certificate lacks.");
    return true;
  }

  void judge_hostnames(const Spot& at) {
    if (lint_.nodes.empty() || names_told_) return;
    constexpr int most_hosts = 100;
    bool told = false;
    for_each_service(at.text(), [&](const Lint::Service& service, const std::string& text) {
      const auto names = certified(service.role == NameRole::node ? service.object : lint_.nodes.front());
      std::string_view rest = text;
      for (int host_number = 0; host_number < most_hosts && !told && !rest.empty(); ++host_number) {
        const auto comma = std::min(rest.find(','), rest.size());
        std::string host(rest.substr(0, comma));
        std::erase(host, ' ');
        told = !host.empty() && judge_hostname(at, names, host);
        rest.remove_prefix(std::min(rest.size(), comma + 1));
      }
    });
  }

  const Lint& lint_;
  NameRole role_;
  Report& report_;
  bool names_told_;  ///< the services' names are wrong in themselves
};

}  // namespace

void lint_metadata(const Lint& lint, Report& report) {
  judge_fixed(lint.spec / "inheritedMetadata", report);
  for (const auto* side : {"serverCert", "clientCert"}) {
    const Spot manager = lint.tls / side / "certManager";
    judge_fixed(manager / "metadata", report);
    judge_placeholders_in(manager / "spec", report);
  }
  for (const auto& one : templates) {
    const Spot at = lint.connectivity / one.key;
    TemplateMetadata(lint, one.role, report).judge(at / "metadata");
    judge_placeholders_in(at / "spec", report);
  }
}

}  // namespace pgd
