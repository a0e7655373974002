// What a text says that no key of ours reads: a slip of the pen that would otherwise be a default in silence.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/toml.hpp"

namespace config {

/// A complaint and where it is.
struct Complaint {
  Place place;
  std::string message;
};

/// A key that is read. `table` "" is the top level; `key` "" announces the table itself.
struct KnownKey {
  std::string_view table;
  std::string_view key;
};

/// One complaint for each unknown table and key, with the table it belongs to or the nearest known word.
std::vector<Complaint> unknown_keys(const Table& root, std::span<const KnownKey> known);

}  // namespace config
