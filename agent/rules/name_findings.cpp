#include "agent/rules/name_findings.hpp"

#include <algorithm>

#include "agent/model/policy.hpp"
#include "agent/rules/severity.hpp"

namespace rules {

using common::WallTime;
using model::Code;
using model::DnsStatus;
using model::Family;
using model::Finding;
using model::NameObservation;

Finding about(const NameObservation& seen, Code code, std::string message, std::string remedy) {
  SeverityFacts facts;
  facts.name_role = seen.name.role;
  // What is said of a name does not depend on the mode.
  const auto grave = severity(code, facts, model::TlsMode::verify_ca).value_or(model::Severity::warning);
  return {code,  grave,       model::Area::names, std::nullopt, seen.name.fqdn, std::move(message), std::move(remedy),
          false, std::nullopt};
}

std::string statuses_in_words(const model::Lookup& lookup) {
  if (lookup.ipv4.status == lookup.ipv6.status) return std::string(name(lookup.ipv4.status)) + " for IPv4 and IPv6";
  return std::string(name(lookup.ipv4.status)) + " for IPv4, " + std::string(name(lookup.ipv6.status)) + " for IPv6";
}

std::string listed(const std::vector<std::string>& texts) {
  constexpr std::size_t most = 4;
  std::string out;
  for (std::size_t i = 0; i < std::min(texts.size(), most); ++i) out += (i > 0 ? ", " : "") + texts[i];
  if (texts.size() > most) out += " and " + std::to_string(texts.size() - most) + " more";
  return out;
}

std::vector<std::string> addresses_of(const model::Lookup& lookup) {
  std::vector<std::string> all;
  for (const auto family : model::all_families) {
    for (const auto& address : lookup.of(family).addresses) all.push_back(address.text);
  }
  return all;
}

std::optional<Finding> hosts_file_answers(const NameObservation& seen) {
  const auto& last = *seen.last;
  if (last.hosts.empty()) return std::nullopt;
  const auto dns =
      last.resolved() ? "DNS answers " + listed(addresses_of(last)) : "DNS says " + statuses_in_words(last);
  return about(seen, Code::hosts_file_answers,
               "/etc/hosts holds " + seen.name.fqdn + " (" + listed(last.hosts) +
                   "), so libpq uses that and asks no server; " + dns + ".",
               "Nothing, if the entry (hostAliases, or Kubernetes' own for the pod) is meant; it does not follow when "
               "addresses change.");
}

std::optional<Finding> partial_answer(const NameObservation& seen) {
  if (!seen.last->hosts.empty()) return std::nullopt;
  for (const auto family : model::all_families) {
    const auto other = family == Family::ipv4 ? Family::ipv6 : Family::ipv4;
    const auto status = seen.last->of(family).status;
    if (!seen.last->of(family).addresses.empty() || seen.last->of(other).addresses.empty()) continue;
    const bool errs = status != DnsStatus::nodata && status != DnsStatus::noerror;
    const bool lost = seen.family_seen[static_cast<std::size_t>(family)];
    if (!errs && !lost) continue;
    const auto label = [](Family f) { return std::string(f == Family::ipv4 ? "IPv4" : "IPv6"); };
    return about(
        seen, Code::partial_answer,
        seen.name.fqdn + " resolves to " + label(other) + " addresses only: " + label(family) + " gave " +
            std::string(name(status)) + (lost ? ", though it answered before." : "."),
        errs ? "Look at the name server: it should answer NOERROR without data for a family the name does not have."
             : "Restore the " + label(family) + " record if the name is meant to be dual stack.");
  }
  return std::nullopt;
}

std::optional<Flapping> flapping(const NameObservation& seen, WallTime now) {
  std::vector<WallTime> recent;
  std::copy_if(seen.recent_changes.begin(), seen.recent_changes.end(), std::back_inserter(recent),
               [&](WallTime at) { return at + model::flapping_window > now; });
  constexpr auto allowed = static_cast<std::size_t>(model::changes_to_flap);
  if (recent.size() <= allowed) return std::nullopt;
  std::sort(recent.begin(), recent.end());
  return Flapping{
      about(seen, Code::flapping,
            seen.name.fqdn + " changed " + std::to_string(recent.size()) + " times within " +
                std::to_string(model::flapping_window.count()) + " minutes, last at " +
                common::to_rfc3339(recent.back()) + ": other addresses, or in turn resolving and not resolving.",
            "Look at the name's events and at what each server says (\"pgd-agent resolve " + seen.name.fqdn +
                "\"); pods whose readiness flaps come and go in a headless Service."),
      recent[recent.size() - allowed - 1] + model::flapping_window};
}

}  // namespace rules
