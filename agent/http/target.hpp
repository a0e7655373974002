// Request-targets taken apart, within bounds. Pure; knows no route.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace http {

inline constexpr std::size_t target_limit = 2048;  ///< bytes
inline constexpr std::size_t parameter_limit = 32;

struct Target {
  std::string path;  ///< decoded; begins with '/'
  std::vector<std::pair<std::string, std::string>>
      parameters;  ///< decoded, in the order sent; "verbose" is ("verbose", "")

  [[nodiscard]] bool has(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

/// Origin-form ("/path?query") or absolute-form ("http://host/path?query") of RFC 9112 §3.2; '+' in the query is a
/// space. Error where it is neither, is not percent-encoded properly, hides a control character or exceeds a bound.
common::Result<Target> parse_target(std::string_view target);

/// The `path` label a target is counted under: one of model::counted_paths. A check's own path counts as its gate's.
std::string path_label(std::string_view target);

/// Whether an Accept field asks for JSON: it names application/json, not with q=0 (RFC 9110 §12.5.1). Wildcards don't
/// ask.
bool asks_for_json(std::string_view accept);

}  // namespace http
