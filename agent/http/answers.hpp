// Answers that more than one set of routes gives: a fresh text, and the health of a gate.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "agent/http/message.hpp"
#include "agent/http/target.hpp"
#include "agent/model/snapshot.hpp"

namespace http {

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";
inline constexpr std::string_view json_text = "application/json; charset=utf-8";
inline constexpr std::string_view exposition_text = "text/plain; version=0.0.4; charset=utf-8";

/// An answer that is fresh whoever asks; a browser takes it for nothing but what it says it is.
Response answer(int status, std::string_view content_type, std::string text);

/// 405, naming the methods there are: "GET, HEAD".
Response wrong_method(std::string_view allowed);

/// 200 or 503, as the verdict says of the gate, or of one `check` of it ("" = all); 404 where there is no such check.
Response health(const model::World& world, const Request& request, const Target& target, model::Gate gate,
                std::string_view check);

/// What of `path` follows `route`'s own, "" where nothing does ("/readyz/dns" → "dns"); absent where the route is
/// another.
std::optional<std::string_view> rest_of(std::string_view route, std::string_view path);

}  // namespace http
