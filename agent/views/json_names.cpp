// Names as JSON: the last lookup, and each server's own answer.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "agent/views/json_values.hpp"
#include "agent/views/name_facts.hpp"

namespace views {
namespace {

namespace json = boost::json;

/// A server's part: what json_family() has, and how it was come by.
json::value family_of_server(const model::Lookup& lookup, model::Family family) {
  const FamilyFacts facts = family_facts(lookup, family);
  json::object out = json_family(&lookup.of(family)).as_object();
  json::array cnames;
  for (const std::string& alias : lookup.of(family).cnames) cnames.emplace_back(alias);
  out["cnames"] = std::move(cnames);  // in the order followed
  out["duration"] = facts.took ? json_seconds(*facts.took) : json::value();
  out["transport"] = json_text_or_null(transport_of(facts));
  out["queries"] = facts.questions;
  return out;
}

json::value json_name(const model::NameObservation& observed) {
  const model::Lookup* last = observed.last ? &*observed.last : nullptr;
  const bool looked_up = last != nullptr;
  const model::Truth* truth = observed.truth.get();
  return json::object{
      {"fqdn", observed.name.fqdn},
      {"role", name(observed.name.role)},
      {"own", observed.name.own},
      {"target_group", json_text_or_null(observed.name.target_group)},
      {"target_node", json_text_or_null(observed.name.target_node)},
      {"up", looked_up || !observed.invalid.empty() ? json::value(observed.up) : json::value()},
      {"ipv4", json_family(last ? &last->ipv4 : nullptr)},
      {"ipv6", json_family(last ? &last->ipv6 : nullptr)},
      {"hosts", json_hosts(last)},
      {"answered_as", json_text_or_null(last ? last->answered_as : "")},
      {"duration", last ? json_seconds(last->duration) : json::value()},
      {"failures", observed.failures},
      {"address_changes", observed.address_changes},
      {"first_seen", json_time(observed.first_seen)},
      {"last_lookup", json_time(looked_up ? std::optional(observed.last_lookup) : std::nullopt)},
      {"last_success", json_time(observed.last_success)},
      {"invalid", json_text_or_null(observed.invalid)},
      {"compared", json_time(truth ? std::optional(truth->at) : std::nullopt)},
      {"servers", json_servers(truth ? truth->servers : std::vector<model::ServerAnswer>{})},
  };
}

}  // namespace

json::value json_family(const model::FamilyAnswer* answer) {
  json::array addresses;
  if (answer) {
    auto ordered = answer->addresses;
    std::sort(ordered.begin(), ordered.end());
    for (const model::Address& address : ordered) {
      addresses.push_back(json::object{{"address", address.text}, {"ttl", address.ttl.count()}});
    }
  }
  return json::object{{"status", answer ? json::value(name(answer->status)) : json::value()},
                      {"addresses", std::move(addresses)}};
}

json::value json_hosts(const model::Lookup* lookup) {
  json::array out;
  if (lookup) {
    for (const std::string& address : lookup->hosts) out.emplace_back(address);
  }
  return out;
}

json::value json_servers(const std::vector<model::ServerAnswer>& servers) {
  json::array out;
  for (const model::ServerAnswer& one : servers) {
    out.push_back(json::object{
        {"server", one.server},
        {"ipv4", family_of_server(one.lookup, model::Family::ipv4)},
        {"ipv6", family_of_server(one.lookup, model::Family::ipv6)},
        {"answered_as", json_text_or_null(one.lookup.answered_as)},
        {"duration", json_seconds(one.lookup.duration)},
        {"queries", one.lookup.queries.size()},
    });
  }
  return out;
}

json::value json_names(const model::World& world) {
  json::array out;
  if (!world.snapshot) return out;
  for (const auto& observed : world.snapshot->names) out.push_back(json_name(*observed));
  return out;
}

}  // namespace views
