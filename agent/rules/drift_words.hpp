// What is said of copies that differ: both serials and ends, since when, why as far as it can be known, and what to do.
#pragma once
#include <string>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/model/pki.hpp"

namespace rules {

struct DriftWords {
  std::string message;
  std::string remedy;
};

/// Files that Postgres was given differ from the mounted Secret.
DriftWords words_of_files(const model::Bundle& mounted, const model::Bundle& written, common::WallTime since);

struct ServedDrift {
  std::string endpoint;
  const model::Certificate& served;
  const model::Bundle* mounted = nullptr;    ///< what differs; null = the written one does
  const model::Bundle* written = nullptr;    ///< in whatever state; null = not known
  const model::Bundle* client_ca = nullptr;  ///< likewise: Postgres loads pair and client CA together or not at all
  const std::vector<model::Finding>& secret_findings;
  common::WallTime since{};
};
DriftWords words_of_served(const ServedDrift& drift);

}  // namespace rules
