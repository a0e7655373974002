// What a finding code means, for `explain` and docs/findings.md; how grave it is per TLS mode, as documented. The
// judging itself is rules/.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/finding.hpp"

namespace views {

/// How grave a code is, in words, per mode: "critical", "warning", "info", "-" (not raised), or two by the note.
struct Gravity {
  model::Code code;
  std::string_view verify_full;
  std::string_view verify_ca;
  std::string_view require_no_ca;  ///< server roles in mode require while no server_ca is mounted
  bool holds_startup = false;      ///< of mounted material
  std::string_view note = "";      ///< what decides where two severities are given, "" where nothing does
};
/// In the order of the enumeration, one for every code.
const std::vector<Gravity>& gravities();

/// For a terminal: meaning, cause, remedy, severities.
std::string explain(const model::Explanation& explanation);

/// docs/findings.md, whole.
std::string findings_markdown();

}  // namespace views
