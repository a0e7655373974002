#include "agent/views/tables.hpp"

#include <algorithm>

#include "agent/views/columns.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/table_parts.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

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
