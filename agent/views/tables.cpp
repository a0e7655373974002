#include "agent/views/tables.hpp"

#include <algorithm>

#include "agent/views/columns.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/table_parts.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

std::string seconds_text(std::chrono::microseconds duration) {
  return duration < std::chrono::milliseconds{1} ? std::to_string(duration.count()) + " us" : common::human(duration);
}

std::string addresses_text(const model::FamilyAnswer& answer) {
  std::vector<std::string> parts;
  for (const model::Address& address : answer.addresses) {
    parts.push_back(address.text + " (ttl " + std::to_string(address.ttl.count()) + " s)");
  }
  return join(parts, ", ");
}

void family_row(std::vector<Row>& rows, const model::Lookup& lookup, model::Family family, Row row) {
  const model::FamilyAnswer& answer = lookup.of(family);
  const Style style = is_fine(lookup, family) ? Style::plain : Style::bad;
  row.push_back({std::string(name(family))});
  row.push_back({std::string(name(answer.status)), style});
  row.push_back({addresses_text(answer)});
  rows.push_back(std::move(row));
}

/// Two rows a name: one a family.
void name_rows(std::vector<Row>& rows, const std::string& fqdn, std::string_view role, bool up,
               const model::Lookup& lookup) {
  family_row(rows, lookup, model::Family::ipv4,
             {{fqdn}, {std::string(role)}, up ? Cell{"up", Style::good} : Cell{"down", Style::bad}});
  family_row(rows, lookup, model::Family::ipv6, {{""}, {""}, {""}});
}

std::string result_line(const std::vector<model::Finding>& findings, bool colour) {
  const std::string found = severities_in_words(findings);
  if (found.empty()) return "\n" + styled("ok: nothing found wrong", Style::good, colour) + "\n";
  if (none_critical(findings)) return "\n" + styled("ok", Style::good, colour) + ": " + found + "\n";
  return "\n" + styled("not ok", Style::bad, colour) + ": " + found + "\n";
}

std::string gates_text(const model::World& world, bool colour) {
  std::vector<Row> rows;
  for (const model::Gate gate : {model::Gate::startup, model::Gate::ready, model::Gate::live}) {
    const bool ok = passes(world, gate);
    rows.push_back(
        {{std::string(name(gate)), Style::strong}, ok ? Cell{"passes", Style::good} : Cell{"fails", Style::bad}});
    for (const model::Check& check : world.verdict->checks) {
      if (ok || check.gate != gate || check.ok) continue;
      rows.push_back({{""}, {"[-]" + check.name + ": " + check.reason}});
    }
  }
  return columns(rows, colour, 2);
}

std::string names_text(const model::Snapshot& snapshot, bool colour) {
  std::vector<Row> rows{header({"NAME", "ROLE", "STATE", "FAMILY", "STATUS", "ADDRESSES"})};
  for (const auto& observed : snapshot.names) {
    const std::string_view role = name(observed->name.role);
    if (!observed->invalid.empty()) {
      rows.push_back(
          {{observed->name.fqdn}, {std::string(role)}, {"invalid", Style::bad}, {""}, {""}, {observed->invalid}});
    } else if (!observed->last) {
      rows.push_back({{observed->name.fqdn}, {std::string(role)}, {"unknown", Style::faint}});
    } else {
      name_rows(rows, observed->name.fqdn, role, observed->up, *observed->last);
    }
  }
  return columns(rows, colour, 2);
}

std::string secrets_text(const model::World& world, bool colour) {
  std::vector<Row> rows{header({"SECRET", "CERTIFICATE", "SUBJECT", "KEY", "EXPIRES", "NAMES"})};
  for (const auto& secret : world.snapshot->secrets) {
    Cell label{std::string(name(secret->role)), Style::strong};
    if (secret->source != model::Source::mounted) label.text += " (" + std::string(name(secret->source)) + ")";
    // That nothing was written is no trouble of its own: where it is one, there is a finding.
    const bool mounted = secret->source == model::Source::mounted;
    if (!is_loaded(*secret)) {
      const Cell state = mounted ? Cell{"not loaded", Style::bad} : Cell{"nothing written", Style::faint};
      rows.push_back({label, state, {secret->directory}});
    }
    if (!secret->bundle) continue;
    for (const model::CertificateRef& certificate : shown_certificates(*secret->bundle)) {
      certificate_rows(rows, {label}, *certificate, world.verdict->at);
      label.text.clear();
    }
  }
  return columns(rows, colour, 2);
}

}  // namespace

std::string findings_text(const std::vector<model::Finding>& findings, bool colour) {
  std::string out;
  for (const model::Finding& finding : sorted(findings)) {
    std::string head = styled(name(finding.severity), style_of(finding.severity), colour) + "  " +
                       styled(name(finding.code), Style::strong, colour);
    const std::string source =
        finding.source && finding.source != model::Source::mounted ? ", " + std::string(name(*finding.source)) : "";
    out += head + "  " + printable(finding.subject) +
           styled(" (" + std::string(name(finding.area)) + source + ")", Style::faint, colour) + "\n";
    out += sentences(finding.message, finding.remedy);
  }
  return out;
}

std::string verify_table(const VerifyReport& report, bool colour) {
  std::string out = std::string(name(report.purpose)) + " certificate, mode " + std::string(name(report.mode)) +
                    ", at " + common::to_rfc3339(report.at) + "\n";
  std::vector<Row> rows{header({"CERTIFICATE", "SUBJECT", "KEY", "EXPIRES", "NAMES"})};
  for (const model::CertificateRef& certificate : report.certificates) {
    certificate_rows(rows, {}, *certificate, report.at);
  }
  if (rows.size() > 1) out += "\n" + columns(rows, colour);
  if (!report.findings.empty()) out += "\n" + findings_text(report.findings, colour);
  return out + result_line(report.findings, colour);
}

std::string resolve_table(const std::vector<ResolvedName>& names, bool colour) {
  std::vector<Row> rows{header({"NAME", "ROLE", "STATE", "FAMILY", "STATUS", "ADDRESSES"})};
  std::vector<Row> asked{header({"ASKED", "FAMILY", "SERVER", "STATUS", "TIME"})};
  for (const ResolvedName& resolved : names) {
    const std::string_view role = resolved.role ? name(*resolved.role) : std::string_view("-");
    name_rows(rows, resolved.fqdn, role, resolved.lookup.resolved(), resolved.lookup);
    for (const model::DnsQuery& query : resolved.lookup.queries) {
      const std::string took = seconds_text(query.duration) + (query.tcp ? ", tcp" : "");
      asked.push_back(
          {{query.name}, {std::string(name(query.family))}, {query.server}, {std::string(name(query.status))}, {took}});
    }
  }
  std::string out = columns(rows, colour);
  if (asked.size() > 1) out += "\n" + columns(asked, colour);
  return out;
}

std::string check_table(const model::World& world, bool colour) {
  std::string out = headline(world) + "\n";
  if (!world.snapshot || !world.verdict) return out;
  const model::Group* group = world.snapshot->group.get();
  if (group) {
    out += "group " + printable(group->name) + ", node " + printable(group->node) + ", mode " +
           std::string(name(group->mode)) + "\n";
  }
  out += "as of " + common::to_rfc3339(world.verdict->at) + "\n";
  out += title("Gates", colour) + gates_text(world, colour);
  if (!world.verdict->findings.empty())
    out += title("Findings", colour) + findings_text(world.verdict->findings, colour);
  if (!world.snapshot->names.empty()) out += title("Names", colour) + names_text(*world.snapshot, colour);
  if (!world.snapshot->probes.empty()) out += title("Postgres endpoints", colour) + endpoints_text(world, colour);
  if (!world.snapshot->secrets.empty()) out += title("Secrets", colour) + secrets_text(world, colour);
  if (!world.verdict->drifts.empty()) out += title("Copies compared", colour) + drifts_text(*world.verdict, colour);
  return out + result_line(world.verdict->findings, colour);
}

std::string problems_text(std::string_view what, const std::vector<Problem>& problems) {
  std::string out;
  for (const Problem& problem : problems) {
    out += "pgd-agent: " + std::string(what) + ": " + printable(problem.place) + ": " + printable(problem.why) + "\n";
  }
  return out;
}

}  // namespace views
