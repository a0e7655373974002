// The names of the status page: troubled ones first.
#include <algorithm>

#include "agent/views/name_facts.hpp"
#include "agent/views/page_parts.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

struct State {
  int order = 0;  ///< troubled first
  Tone tone = Tone::quiet;
  std::string_view word;
};

State state_of(const model::NameObservation& observed) {
  if (!observed.invalid.empty()) return {0, Tone::bad, "invalid"};
  if (!observed.last) return {3, Tone::quiet, "not asked yet"};
  if (!observed.up) return {1, Tone::bad, "down"};
  if (!observed.last->hosts.empty()) return {4, Tone::good, "up, by /etc/hosts"};
  if (!observed.last->resolved()) return {2, Tone::warning, "up, now failing"};
  const bool both = is_fine(*observed.last, model::Family::ipv4) && is_fine(*observed.last, model::Family::ipv6);
  return both ? State{4, Tone::good, "up"} : State{2, Tone::warning, "up, one family lost"};
}

std::string family_html(const model::Lookup& lookup, model::Family family) {
  const model::FamilyAnswer& answer = lookup.of(family);
  if (answer.addresses.empty()) {
    const std::string_view status = name(answer.status);
    return is_fine(lookup, family) ? "<span class=\"faint\">" + std::string(status) + "</span>"
                                   : badge(Tone::bad, status);
  }
  std::string out = "<ul class=\"plain\">";
  for (const model::Address& address : answer.addresses) {
    out += "<li><span class=\"mono\">" + html(address.text) + "</span> <span class=\"faint\">ttl " +
           std::to_string(address.ttl.count()) + " s</span></li>";
  }
  return out += "</ul>";
}

std::string what_for(const model::Name& label) {
  std::string out{name(label.role)};
  if (!label.target_node.empty()) {
    out += " " + label.target_node;
  } else if (!label.target_group.empty()) {
    out += " of " + label.target_group;
  }
  return html(label.own ? out + ", own" : out);
}

/// What each server says, folded, under the name's row.
void servers_row(std::string& out, const model::NameObservation& observed, common::WallTime now) {
  if (!is_worth_comparing(observed)) return;
  const model::Truth& truth = *observed.truth;
  out += "<tr class=\"why\"><td colspan=\"5\" data-head=\"Servers\"><details><summary>What each server says, asked " +
         age_html(truth.at, now) + "</summary>\n";
  out += table_head("What each server says", {"Server", "IPv4", "IPv6", "Took", "Questions"});
  for (const model::ServerAnswer& one : truth.servers) {
    std::string took;
    for (const model::Family family : model::all_families) {
      const FamilyFacts facts = family_facts(one.lookup, family);
      if (!facts.took) continue;
      took += (took.empty() ? "" : ", ") + milliseconds_text(*facts.took) + " " + transport_of(facts);
    }
    out += "<tr><th scope=\"row\"><span class=\"mono\">" + html(one.server) + "</span>";
    for (const std::string& note : notes_on(observed.name.fqdn, one))
      out += "<span class=\"sub\">" + html(note) + "</span>";
    out += "</th>" + cell("IPv4", family_html(one.lookup, model::Family::ipv4)) +
           cell("IPv6", family_html(one.lookup, model::Family::ipv6)) + cell("Took", took) +
           cell("Questions", std::to_string(one.lookup.queries.size())) + "</tr>\n";
  }
  out += "</tbody></table></details></td></tr>\n";
}

void name_row(std::string& out, const model::NameObservation& observed, common::WallTime now) {
  const State state = state_of(observed);
  out += "<tr><th scope=\"row\"><span class=\"mono\">" + html(observed.name.fqdn) + "</span><span class=\"sub\">" +
         what_for(observed.name) + "</span></th>";
  std::string word = badge(state.tone, state.word);
  if (observed.failures > 0)
    word +=
        "<span class=\"sub\">" + count_of(static_cast<std::size_t>(observed.failures), "failure") + " in a row</span>";
  if (!observed.invalid.empty()) word += "<span class=\"sub\">" + html(observed.invalid) + "</span>";
  if (observed.last) {
    for (const std::string& address : observed.last->hosts)
      word += "<span class=\"sub mono\">" + html(address) + "</span>";
  }
  out += cell("State", word);
  out += cell("IPv4", observed.last ? family_html(*observed.last, model::Family::ipv4) : "–");
  out += cell("IPv6", observed.last ? family_html(*observed.last, model::Family::ipv6) : "–");
  std::string resolved = observed.last_success ? age_html(*observed.last_success, now) : "never";
  if (observed.address_changes > 0)
    resolved += "<span class=\"sub\">" + count_of(observed.address_changes, "change") + " of address</span>";
  out += cell("Resolved", resolved) + "</tr>\n";
  servers_row(out, observed, now);
}

}  // namespace

void page_names(std::string& out, const model::World& world, common::WallTime now) {
  auto names = world.snapshot->names;
  if (names.empty()) return;
  const auto up =
      static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [](const auto& n) { return n->up; }));
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return state_of(*a).order < state_of(*b).order; });
  out += "<section aria-labelledby=\"names\">\n<h2 id=\"names\">Names<small>" + std::to_string(up) + " of " +
         count_of(names.size(), "name") + " up</small></h2>\n";
  out += table_head("Names the agent resolves, troubled ones first", {"Name", "State", "IPv4", "IPv6", "Resolved"});
  for (const auto& observed : names) name_row(out, *observed, now);
  out += "</tbody></table>\n</section>\n";
}

}  // namespace views
