#include "agent/views/group_report.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "agent/views/columns.hpp"
#include "agent/views/json_text.hpp"
#include "agent/views/json_values.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

namespace json = boost::json;

constexpr std::size_t sentence_width = 98;

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const auto& value : values) out.emplace_back(value);
  return out;
}

json::object certificates_json(const GroupNames& group) {
  json::array server;
  for (const auto& certificate : group.server_certificates) {
    server.push_back(json::object{{"node", certificate.node}, {"dns_names", texts(certificate.dns_names)}});
  }
  return {{"server", std::move(server)},
          {"client", json::object{{"common_name", group.client_common_name},
                                  {"secret", json_text_or_null(group.client_secret)}}}};
}

/// One cell for the first line of a list, further lines below it.
void rows_of(std::vector<Row>& rows, Row lead, const std::vector<std::string>& lines) {
  const std::size_t column = lead.size();
  lead.push_back({lines.empty() ? "" : lines.front()});
  rows.push_back(std::move(lead));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    Row more(column);
    more.push_back({lines[i]});
    rows.push_back(std::move(more));
  }
}

Row header(std::initializer_list<std::string_view> names) {
  Row row;
  for (const std::string_view name : names) row.push_back({std::string(name), Style::faint});
  return row;
}

}  // namespace

std::string names_json(const std::vector<GroupNames>& groups) {
  json::array out;
  for (const auto& group : groups) {
    json::array names;
    for (const auto& service : group.services) {
      names.push_back(json::object{{"role", name(service.role)},
                                   {"node", json_text_or_null(service.node)},
                                   {"service", service.service},
                                   {"fqdns", texts(service.fqdns)}});
    }
    out.push_back(json::object{{"group", group.group},
                               {"namespace", json_text_or_null(group.ns)},
                               {"mode", name(group.mode)},
                               {"nodes", texts(group.nodes)},
                               {"names", std::move(names)},
                               {"discovery", texts(group.discovery)},
                               {"certificates", certificates_json(group)}});
  }
  return indented(json::object{{"groups", std::move(out)}});
}

std::string names_table(const std::vector<GroupNames>& groups, bool colour) {
  std::string out;
  for (const auto& group : groups) {
    if (!out.empty()) out += "\n";
    out += styled("PGDGroup " + printable(group.group), Style::strong, colour);
    if (!group.ns.empty()) out += ", namespace " + printable(group.ns);
    out += ", mode " + std::string(name(group.mode)) + ", " + count_of(group.nodes.size(), "node", "nodes") + "\n\n";
    std::vector<Row> rows{header({"ROLE", "SERVICE", "NAMES"})};
    for (const auto& service : group.services) {
      rows_of(rows, {{std::string(name(service.role))}, {service.service}}, service.fqdns);
    }
    if (!group.discovery.empty()) rows_of(rows, {{"discovery"}, {"-"}}, group.discovery);
    out += columns(rows, colour) + "\n";
    std::vector<Row> needs{header({"CERTIFICATE", "MUST COVER"})};
    for (const auto& certificate : group.server_certificates) {
      rows_of(needs, {{"server of " + certificate.node}}, certificate.dns_names);
    }
    const std::string secret = group.client_secret.empty() ? "" : ", in Secret " + group.client_secret;
    rows_of(needs, {{"client"}}, {"CN=" + group.client_common_name + secret});
    out += columns(needs, colour);
  }
  return out;
}

bool lint_passes(const std::vector<LintItem>& items) {
  return std::all_of(items.begin(), items.end(),
                     [](const LintItem& item) { return item.severity == model::Severity::info; });
}

std::string lint_json(const std::vector<LintItem>& items) {
  json::array findings;
  for (const auto& item : items) {
    findings.push_back(json::object{{"code", item.code},
                                    {"severity", name(item.severity)},
                                    {"group", item.group},
                                    {"path", item.path},
                                    {"line", item.line},
                                    {"message", item.message},
                                    {"remedy", item.remedy}});
  }
  return indented(json::object{{"ok", lint_passes(items)}, {"findings", std::move(findings)}});
}

std::string lint_table(const std::string& file, std::size_t groups, const std::vector<LintItem>& items, bool colour) {
  std::string out;
  for (const auto& item : items) {
    out += printable(file) + ":" + std::to_string(item.line) + ": " +
           styled(name(item.severity), style_of(item.severity), colour) + " " +
           styled(item.code, Style::strong, colour) + "  " +
           printable(item.group + (item.group.empty() ? "" : " ") + item.path) + "\n";
    for (const std::string& line : wrap(printable(item.message), sentence_width)) out += "  " + line + "\n";
    std::string_view mark = "  -> ";
    for (const std::string& line : wrap(printable(item.remedy), sentence_width - 3)) {
      out.append(mark).append(line).append("\n");
      mark = "     ";
    }
  }
  const std::string judged = count_of(groups, "PGDGroup", "PGDGroups");
  if (items.empty()) return out + styled("ok", Style::good, colour) + ": nothing found wrong with " + judged + "\n";
  const auto count = [&](model::Severity severity) {
    return std::count_if(items.begin(), items.end(), [&](const LintItem& item) { return item.severity == severity; });
  };
  std::vector<std::string> parts;
  for (const auto severity : {model::Severity::critical, model::Severity::warning, model::Severity::info}) {
    if (const auto n = count(severity); n > 0) parts.push_back(std::to_string(n) + " " + std::string(name(severity)));
  }
  const bool ok = lint_passes(items);
  return out + "\n" + styled(ok ? "ok" : "not ok", ok ? Style::good : Style::bad, colour) + ": " + join(parts, ", ") +
         " in " + judged + "\n";
}

}  // namespace views
