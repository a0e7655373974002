// The pieces that world.cpp puts together, for the world_*.cpp files alone.
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "agent/model/snapshot.hpp"

namespace support {

/// A name as it is called and stands; observed eight seconds before noon().
struct Seen {
  const char* fqdn;
  model::NameRole role;
  const char* node = "";
  bool own = false;
  bool up = true;
};
model::FamilyAnswer answer(model::DnsStatus status, std::vector<model::Address> addresses = {});
model::NameObservation name(const Seen& seen, model::FamilyAnswer ipv4, model::FamilyAnswer ipv6);

/// What two servers say, the first in the order of their replies: the name itself, and under a search domain.
std::vector<model::ServerAnswer> server_answers(const model::NameObservation& observed);

/// Passing where there is no reason.
model::Check check(const char* name, model::Gate gate, const char* reason = "");

std::vector<std::shared_ptr<const model::NameObservation>> rich_names();
std::vector<std::shared_ptr<const model::SecretObservation>> rich_secrets();
std::vector<model::Finding> rich_findings();
std::vector<model::Check> rich_checks();
std::deque<std::shared_ptr<const model::Event>> rich_events();
/// Observations, their verdicts, and the copies that were compared.
std::vector<model::ProbeObservationRef> rich_probes();
std::vector<model::JudgedProbe> rich_probe_verdicts();
std::vector<model::Drift> rich_drifts();
/// As many endpoints more, each with every series there can be of one.
void add_peers(model::World& world, std::size_t peers);

}  // namespace support
