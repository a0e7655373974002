// What a server answered to a probe, as one status with a sentence: the transport, alerts, and ErrorResponses by
// SQLSTATE and routine, never by localised text. The chain it presented is judged before, elsewhere. Pure.
#pragma once
#include <string>
#include <string_view>

#include "agent/model/probe.hpp"

namespace rules {

struct Answer {
  model::ProbeStatus status = model::ProbeStatus::ok;
  std::string detail;  ///< one sentence, "" while ok
  std::string remedy;  ///< likewise
};

/// Of an exchange whose chain holds, or that did not get as far as a chain.
Answer answer_of(const model::Exchange& exchange);

/// RFC 8446 §6 (and RFC 5246 §7.2): "unknown_ca"; "" for a number without a name.
std::string_view alert_name(int alert);

/// What a server says that takes no connections just now, whoever asks: SQLSTATE classes 08, 53, 57P, 58, XX, and all
/// that say nothing of the role.
bool says_unavailable(const model::ServerError& error);

/// "10.0.0.7:5432", "[fd00::7]:5432".
std::string endpoint_text(std::string_view host, std::uint16_t port);

}  // namespace rules
