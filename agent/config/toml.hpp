// A TOML text as a tree of our own with the place of every key and value. toml.cpp is the only file that knows toml++
// (slow to compile); nothing here knows what the keys mean.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/result.hpp"

namespace config {

/// Counted from 1; columns in code points.
struct Place {
  int line = 1;
  int column = 1;
  friend auto operator<=>(const Place&, const Place&) = default;
};

struct Value;
struct Entry;
using Array = std::vector<Value>;
using Table = std::vector<Entry>;
struct DateTime {};  ///< a date, a time or both: no key of ours takes one

struct Value {
  Place place;
  std::variant<std::string, std::int64_t, double, bool, DateTime, Array, Table> data;
};

struct Entry {
  std::string key;
  Place place;
  Value value;
};

/// "integer 30", "string \"x\"", "a table": for "expected …, found …".
std::string describe(const Value& value);

/// The entry of that key, or null.
const Entry* find(const Table& table, std::string_view key);

struct SyntaxError {
  Place place;
  std::string message;
};
using Tree = boost::system::result<Table, SyntaxError>;
[[noreturn]] void throw_exception_from_error(const SyntaxError& error, const boost::source_location&);

/// Reads TOML 1.0; `text` is UTF-8. Stops at the first syntax error (duplicate keys are one). Brackets may nest 16 deep
/// and a key may have 8 parts, so that no text makes a tree too deep to walk.
Tree read_toml(std::string_view text);

}  // namespace config
