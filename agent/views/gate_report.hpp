// What a gate says, for whoever waits for it: from a world, or from another agent's /startupz or /readyz as JSON.
// Bounded and printable whatever was sent; never judges anew.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/model/snapshot.hpp"
#include "common/result.hpp"

namespace views {

struct GateReport {
  bool open = false;
  bool released = false;                                     ///< it opened because its time was up
  std::vector<std::pair<std::string, std::string>> failing;  ///< check and reason, at most 64
};

GateReport gate_report(const model::World& world, model::Gate gate);

/// `text` is an answer in JSON: views/health.hpp. Error: why it is none.
common::Result<GateReport> read_gate_report(std::string_view text);

/// "secret-server: key-mismatch: …; names: …", "" where nothing fails.
std::string failing_in_words(const GateReport& report);

}  // namespace views
