#include "agent/views/tables.hpp"

#include <algorithm>

#include "agent/views/columns.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::size_t sentence_width = 98;
constexpr std::size_t names_shown = 12;  // of one certificate

std::string title(std::string_view text, bool colour) { return "\n" + styled(text, Style::strong, colour) + "\n"; }

Row header(std::initializer_list<std::string_view> names) {
  Row row;
  for (const std::string_view name : names) row.push_back({std::string(name), Style::faint});
  return row;
}

std::string seconds_text(std::chrono::microseconds duration) {
  return duration < std::chrono::milliseconds{1} ? std::to_string(duration.count()) + " us" : common::human(duration);
}

Cell expiry(const model::Certificate& certificate, common::WallTime now) {
  const std::string when = common::to_rfc3339(certificate.not_after);
  if (certificate.not_after <= now) return {when + ", expired " + relative(certificate.not_after, now), Style::bad};
  if (certificate.not_before > now) return {when + ", valid only " + relative(certificate.not_before, now), Style::bad};
  return {when + ", " + relative(certificate.not_after, now), Style::plain};
}

/// The certificate's row after the cells of `lead`, and one more row for each DNS name but the first.
void certificate_rows(std::vector<Row>& rows, Row lead, const model::Certificate& certificate, common::WallTime now) {
  const std::size_t names_column = lead.size() + 4;
  const auto& names = certificate.dns_names;
  lead.push_back({std::string(name(certificate.position)) + " " + std::to_string(certificate.index)});
  lead.push_back({certificate.subject.empty() ? "(no subject)" : certificate.subject});
  lead.push_back({certificate.key});
  lead.push_back(expiry(certificate, now));
  lead.push_back({names.empty() ? "" : names.front()});
  rows.push_back(std::move(lead));
  for (std::size_t i = 1; i < names.size(); ++i) {
    Row more(names_column);
    const bool last_shown = i == names_shown && i + 1 < names.size();
    more.push_back({last_shown ? "and " + std::to_string(names.size() - i) + " more" : names[i]});
    rows.push_back(std::move(more));
    if (last_shown) return;
  }
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
    if (!is_loaded(*secret)) rows.push_back({label, {"not loaded", Style::bad}, {secret->directory}});
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
    for (const std::string& line : wrap(printable(finding.message), sentence_width)) out += "  " + line + "\n";
    if (finding.remedy.empty()) continue;
    std::string_view mark = "  -> ";
    for (const std::string& line : wrap(printable(finding.remedy), sentence_width - 3)) {
      out.append(mark).append(line).append("\n");
      mark = "     ";
    }
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
  if (!world.snapshot->secrets.empty()) out += title("Secrets", colour) + secrets_text(world, colour);
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
