// Text to Config: the first syntax error or every semantic error at once, each with its place. Expands ${X} from the
// environment it is given; reads no file and no environment of its own.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.hpp"

namespace config {

/// The value of an environment variable, or nothing where it is unset. An empty function is an empty environment.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

/// One error and where it is. Lines and columns count from 1.
struct Diagnostic {
  std::string file;
  int line = 1;
  int column = 1;
  std::string message;
  /// "file:line:column: message"
  [[nodiscard]] std::string to_text() const;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};
using Diagnostics = std::vector<Diagnostic>;  ///< in the order of the text, never empty in a Parsed

/// One line each, joined by newlines.
std::string to_text(const Diagnostics& diagnostics);

using Parsed = boost::system::result<Config, Diagnostics>;
[[noreturn]] void throw_exception_from_error(const Diagnostics& diagnostics, const boost::source_location&);

inline constexpr std::size_t longest_text = 256 * 1024;

/// `file` is only quoted in errors. Never throws for any text; an empty text is the defaults. More than 100 errors are
/// cut there and counted in a last one.
Parsed parse(std::string_view text, const std::string& file, const Environment& environment);

}  // namespace config
