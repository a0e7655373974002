// The inside of judge_names: what is wrong with one name, a function each. Not for other rooms.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/finding.hpp"

namespace rules {

/// A finding of area names about that name, with the documentation's severity.
model::Finding about(const model::NameObservation& seen, model::Code code, std::string message, std::string remedy);

/// "nxdomain for IPv4 and IPv6".
std::string statuses_in_words(const model::Lookup& lookup);
/// "10.0.0.1, 10.0.0.2 and 5 more"; at most four are named.
std::string listed(const std::vector<std::string>& texts);
/// Addresses of both families, IPv4 first.
std::vector<std::string> addresses_of(const model::Lookup& lookup);

// Each needs a lookup (`seen.last`), and is nothing where there is no such trouble.

/// hosts-file-answers: libpq takes the hosts file's addresses and asks no server (nsswitch: files before dns).
std::optional<model::Finding> hosts_file_answers(const model::NameObservation& seen);
/// partial-answer: a family that errors while the other answers, or that answered before and is gone. A family that
/// never had an address and says so plainly is no trouble.
std::optional<model::Finding> partial_answer(const model::NameObservation& seen);
/// search-list-answer: a name with a dot was answered with a search domain behind it. Not the short forms that
/// Kubernetes means to be completed: `<service>.<namespace>` by `svc.…`, and `….svc`.
std::optional<model::Finding> search_list_answer(const model::NameObservation& seen);
/// servers-disagree, from what each server said when it was last asked. A server that gave no answer disagrees with
/// nobody; one of two answers may hold a part of the addresses (round robin), but not wholly other ones.
std::optional<model::Finding> servers_disagree(const model::NameObservation& seen);

/// flapping: more changes than model::changes_to_flap within the window before `now`; `ends` is when it would pass by
/// itself.
struct Flapping {
  model::Finding finding;
  common::WallTime ends;
};
std::optional<Flapping> flapping(const model::NameObservation& seen, common::WallTime now);

/// search-cost: one finding for all names whose answer came after candidates that led nowhere.
std::optional<model::Finding> search_cost(const std::vector<std::shared_ptr<const model::NameObservation>>& names,
                                          const model::ResolverConfig* resolver);

/// server-failing, one a server that did not answer model::server_failures_to_report questions in a row.
std::vector<model::Finding> failing_servers(const std::vector<model::DnsServerState>& servers);

}  // namespace rules
