// Questions the views ask about a name: what each server said of it, family by family, and whether that is worth
// showing. Answers from values only.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"

namespace views {

/// One family's part of a lookup, with what its questions cost.
struct FamilyFacts {
  std::optional<std::chrono::microseconds> took{};  ///< the question that decided; absent where none was kept
  bool tcp = false;                                 ///< that question went by TCP in the end
  std::size_t questions = 0;
};
FamilyFacts family_facts(const model::Lookup& lookup, model::Family family);

/// "udp", "tcp", "" where nothing was asked.
std::string transport_of(const FamilyFacts& facts);

/// A server's answer beyond the table: the candidate that answered where it is not the name itself, and the aliases.
std::vector<std::string> notes_on(const std::string& fqdn, const model::ServerAnswer& answer);

/// In trouble, or the servers say different things: then what each says is shown unasked.
bool is_worth_comparing(const model::NameObservation& observed);

}  // namespace views
