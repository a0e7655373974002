// What the search list does to names: answers for another one, and costs questions.
#include <algorithm>
#include <string_view>

#include "agent/rules/name_findings.hpp"

namespace rules {
namespace {

using model::Code;
using model::Finding;
using model::NameObservation;

std::string_view without_dot(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

/// The search domain behind the name in what answered; "" where the name was answered as it is.
std::string_view domain_added(std::string_view fqdn, std::string_view answered) {
  fqdn = without_dot(fqdn);
  answered = without_dot(answered);
  if (answered.size() <= fqdn.size() + 1 || !answered.starts_with(fqdn) || answered[fqdn.size()] != '.') return "";
  return answered.substr(fqdn.size() + 1);
}

/// "DNS for Services and Pods", Kubernetes: namespaced queries are completed by the pod's search list.
bool is_meant_to_be_completed(std::string_view fqdn, std::string_view domain) {
  const auto dots = std::count(fqdn.begin(), fqdn.end(), '.');
  return dots == 0 || fqdn.ends_with(".svc") || (dots == 1 && (domain == "svc" || domain.starts_with("svc.")));
}

/// Questions put before the candidate that answered.
bool searched_in_vain(const model::Lookup& lookup) {
  return !lookup.answered_as.empty() && !lookup.queries.empty() && lookup.queries.front().name != lookup.answered_as;
}

}  // namespace

std::optional<Finding> search_list_answer(const NameObservation& seen) {
  const auto& last = *seen.last;
  const auto domain = domain_added(seen.name.fqdn, last.answered_as);
  if (domain.empty() || !last.hosts.empty() || is_meant_to_be_completed(without_dot(seen.name.fqdn), domain))
    return std::nullopt;
  const auto addresses = addresses_of(last);
  return about(seen, Code::search_list_answer,
               seen.name.fqdn + " is answered as " + last.answered_as + ": the search domain " + std::string(domain) +
                   " holds it, most likely by a wildcard record, so " +
                   (addresses.empty() ? "the name stops there." : "libpq connects to " + listed(addresses) + "."),
               "Take the wildcard record out of " + std::string(domain) +
                   ", or that domain out of the search list; dnsConfig.options ndots: \"1\" in the pod has names with "
                   "a dot asked as they are first.");
}

std::optional<Finding> search_cost(const std::vector<std::shared_ptr<const NameObservation>>& names,
                                   const model::ResolverConfig* resolver) {
  std::size_t count = 0, least = 0, most = 0;
  const NameObservation* example = nullptr;
  for (const auto& seen : names) {
    if (!seen->last || !searched_in_vain(*seen->last)) continue;
    const auto questions = seen->last->queries.size();
    least = example ? std::min(least, questions) : questions;
    if (questions > most) example = seen.get();
    most = std::max(most, questions);
    ++count;
  }
  if (!example) return std::nullopt;
  std::string message = std::to_string(count) + (count == 1 ? " name costs " : " names cost ") +
                        (least == most ? "" : std::to_string(least) + " to ") + std::to_string(most) +
                        " questions a lookup, as the search list is gone through first";
  if (resolver) {
    message += " (ndots:" + std::to_string(resolver->ndots) + ", " + std::to_string(resolver->search.size()) +
               (resolver->search.size() == 1 ? " domain)" : " domains)");
  }
  message += ": " + example->name.fqdn + " is asked as " + example->last->queries.front().name +
             " before it is answered as " + example->last->answered_as + ".";
  return Finding{Code::search_cost,
                 model::Severity::info,
                 model::Area::names,
                 std::nullopt,
                 "search list",
                 std::move(message),
                 "Set dnsConfig.options ndots: \"1\" for these pods, so that names with a dot are asked as they are "
                 "first; it is a cost, no fault.",
                 false,
                 std::nullopt};
}

}  // namespace rules
