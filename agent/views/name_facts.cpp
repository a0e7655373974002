#include "agent/views/name_facts.hpp"

#include <algorithm>

#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

bool same_answer(const model::FamilyAnswer& a, const model::FamilyAnswer& b) {
  const auto same_address = [](const model::Address& x, const model::Address& y) { return x.text == y.text; };
  return a.status == b.status &&
         std::equal(a.addresses.begin(), a.addresses.end(), b.addresses.begin(), b.addresses.end(), same_address);
}

}  // namespace

FamilyFacts family_facts(const model::Lookup& lookup, model::Family family) {
  FamilyFacts facts;
  for (const model::DnsQuery& query : lookup.queries) {
    if (query.family != family) continue;
    ++facts.questions;
    facts.took = query.duration;
    facts.tcp = query.tcp;
  }
  return facts;
}

std::string transport_of(const FamilyFacts& facts) {
  if (!facts.took) return "";
  return facts.tcp ? "tcp" : "udp";
}

std::vector<std::string> notes_on(const std::string& fqdn, const model::ServerAnswer& answer) {
  std::vector<std::string> notes;
  const model::Lookup& lookup = answer.lookup;
  if (!lookup.answered_as.empty() && lookup.answered_as != fqdn)
    notes.push_back(answer.server + " answers it as " + lookup.answered_as);
  const auto& aliases = lookup.ipv4.cnames.empty() ? lookup.ipv6.cnames : lookup.ipv4.cnames;
  if (!aliases.empty()) notes.push_back(answer.server + " by way of the alias " + join(aliases, " -> "));
  return notes;
}

bool is_worth_comparing(const model::NameObservation& observed) {
  if (!observed.truth || observed.truth->servers.empty() || !observed.last) return false;
  const model::Lookup& last = *observed.last;
  if (!observed.up || !last.resolved()) return true;
  if (!is_fine(last, model::Family::ipv4) || !is_fine(last, model::Family::ipv6)) return true;
  const model::Lookup& first = observed.truth->servers.front().lookup;
  const auto& servers = observed.truth->servers;
  return std::any_of(servers.begin(), servers.end(), [&](const model::ServerAnswer& one) {
    return !same_answer(one.lookup.ipv4, first.ipv4) || !same_answer(one.lookup.ipv6, first.ipv6);
  });
}

}  // namespace views
