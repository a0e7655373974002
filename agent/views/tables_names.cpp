// Names in the terminal: what libpq gets, what each server says, and what was asked.
#include "agent/views/columns.hpp"
#include "agent/views/name_facts.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/table_parts.hpp"
#include "agent/views/tables.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::size_t note_width = 116;

std::string ttl_text(const model::Address& address) { return std::to_string(address.ttl.count()) + " s"; }

/// The row, and one more for each address but the first.
void with_addresses(std::vector<Row>& rows, Row row, const std::vector<model::Address>& addresses) {
  const std::size_t ttl_column = row.size();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (i > 0) row = Row(ttl_column);
    row.push_back({ttl_text(addresses[i])});
    row.push_back({addresses[i].text});
    rows.push_back(row);
  }
  if (addresses.empty()) rows.push_back(std::move(row));
}

void family_row(std::vector<Row>& rows, const model::Lookup& lookup, model::Family family, Row row) {
  const Style style = is_fine(lookup, family) ? Style::plain : Style::bad;
  row.push_back({std::string(name(family))});
  row.push_back({std::string(name(lookup.of(family).status)), style});
  with_addresses(rows, std::move(row), lookup.of(family).addresses);
}

/// A row a family and further address, and one of the hosts file where it answers.
void name_rows(std::vector<Row>& rows, const std::string& fqdn, std::string_view role, bool up,
               const model::Lookup& lookup) {
  family_row(rows, lookup, model::Family::ipv4,
             {{fqdn}, {std::string(role)}, up ? Cell{"up", Style::good} : Cell{"down", Style::bad}});
  family_row(rows, lookup, model::Family::ipv6, {{""}, {""}, {""}});
  for (const std::string& address : lookup.hosts)
    rows.push_back({{""}, {""}, {""}, {"hosts"}, {"in /etc/hosts"}, {""}, {address}});
}

Row names_header() { return header({"NAME", "ROLE", "STATE", "FAMILY", "STATUS", "TTL", "ADDRESS"}); }

/// What each server says of the name: a row a server, family and address; then what the table has no room for.
std::string servers_text(const std::string& fqdn, const std::vector<model::ServerAnswer>& servers, bool colour) {
  std::vector<Row> rows{header({"SERVER", "FAMILY", "STATUS", "TIME", "BY", "ASKED", "TTL", "ADDRESS"})};
  std::string notes;
  for (const model::ServerAnswer& one : servers) {
    for (const model::Family family : model::all_families) {
      const FamilyFacts facts = family_facts(one.lookup, family);
      const Style style = is_fine(one.lookup, family) ? Style::plain : Style::bad;
      with_addresses(rows,
                     {{family == model::Family::ipv4 ? one.server : ""},
                      {std::string(name(family))},
                      {std::string(name(one.lookup.of(family).status)), style},
                      {facts.took ? milliseconds_text(*facts.took) : ""},
                      {transport_of(facts)},
                      {std::to_string(facts.questions)}},
                     one.lookup.of(family).addresses);
    }
    for (const std::string& note : notes_on(fqdn, one)) {
      for (const std::string& line : wrap(printable(note), note_width)) notes += "  " + line + "\n";
    }
  }
  return columns(rows, colour, 2) + notes;
}

}  // namespace

std::string resolve_table(const std::vector<ResolvedName>& names, bool colour) {
  std::vector<Row> rows{names_header()};
  std::vector<Row> asked{header({"ASKED", "FAMILY", "SERVER", "STATUS", "TIME"})};
  std::string servers;
  for (const ResolvedName& resolved : names) {
    const std::string_view role = resolved.role ? name(*resolved.role) : std::string_view("-");
    name_rows(rows, resolved.fqdn, role, resolved.lookup.usable(), resolved.lookup);
    if (!resolved.servers.empty()) {
      servers += title("What each server says of " + printable(resolved.fqdn), colour) +
                 servers_text(resolved.fqdn, resolved.servers, colour);
    }
    for (const model::DnsQuery& query : resolved.lookup.queries) {
      const std::string took = milliseconds_text(query.duration) + (query.tcp ? ", tcp" : "");
      asked.push_back(
          {{query.name}, {std::string(name(query.family))}, {query.server}, {std::string(name(query.status))}, {took}});
    }
  }
  std::string out = columns(rows, colour) + servers;
  if (asked.size() > 1) out += title("What was asked, in order", colour) + columns(asked, colour, 2);
  return out;
}

std::string names_text(const model::Snapshot& snapshot, bool colour) {
  std::vector<Row> rows{names_header()};
  std::string servers;
  for (const auto& observed : snapshot.names) {
    const std::string_view role = name(observed->name.role);
    if (!observed->invalid.empty()) {
      rows.push_back(
          {{observed->name.fqdn}, {std::string(role)}, {"invalid", Style::bad}, {""}, {""}, {""}, {observed->invalid}});
    } else if (!observed->last) {
      rows.push_back({{observed->name.fqdn}, {std::string(role)}, {"unknown", Style::faint}});
    } else {
      name_rows(rows, observed->name.fqdn, role, observed->up, *observed->last);
    }
    if (!is_worth_comparing(*observed)) continue;
    servers += title("What each server says of " + printable(observed->name.fqdn), colour) +
               servers_text(observed->name.fqdn, observed->truth->servers, colour);
  }
  return columns(rows, colour, 2) + servers;
}

}  // namespace views
