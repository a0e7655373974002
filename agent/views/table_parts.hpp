// Pieces that the terminal tables share, for tables*.cpp alone.
#pragma once
#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/pki.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/views/columns.hpp"

namespace views {

/// A section's title after an empty line.
std::string title(std::string_view text, bool colour);
Row header(std::initializer_list<std::string_view> names);

/// "2026-04-10T00:00:00Z, in 39 days"
Cell expiry(const model::Certificate& certificate, common::WallTime now);

/// The certificate's row after the cells of `lead`, and one more row for each DNS name but the first.
void certificate_rows(std::vector<Row>& rows, Row lead, const model::Certificate& certificate, common::WallTime now);

/// A sentence and its remedy, wrapped and indented; nothing for what is empty.
std::string sentences(std::string_view message, std::string_view remedy);

// The parts of check_table() that are about names and the wire.
std::string names_text(const model::Snapshot& snapshot, bool colour);
std::string endpoints_text(const model::World& world, bool colour);
std::string drifts_text(const model::Verdict& verdict, bool colour);

}  // namespace views
