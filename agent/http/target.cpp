#include "agent/http/target.hpp"

#include <algorithm>
#include <cctype>

#include "agent/model/runtime.hpp"

namespace http {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (is_control(c)) return std::nullopt;
    out += c;
  }
  return out;
}

/// "http://host:port/path" → "/path"; what is in origin-form already stays.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    const auto end = target.find_first_of("/?");
    if (end == std::string_view::npos) return "/";
    return target.substr(end);
  }
  return target;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes the part before `separator` off the front of `rest`.
std::string_view next_part(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

/// "q=0", "q=0.000": the sender does not want it.
bool is_zero_weight(std::string_view parameter) {
  const std::string text = lower(trim(parameter));
  return text.starts_with("q=0") && text.find_first_not_of("0.", 2) == std::string::npos;
}

}  // namespace

bool Target::has(std::string_view name) const {
  return std::any_of(parameters.begin(), parameters.end(), [&](const auto& p) { return p.first == name; });
}

std::vector<std::string> Target::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters)
    if (key == name) values.push_back(value);
  return values;
}

common::Result<Target> parse_target(std::string_view target) {
  if (target.size() > target_limit) return common::Error{"the request target is longer than 2048 bytes"};
  std::string_view rest = without_authority(target);
  rest = rest.substr(0, rest.find('#'));
  const auto path = decode(rest.substr(0, rest.find('?')), false);
  if (!path) return common::Error{"the path is not percent-encoded properly"};
  Target parsed;
  parsed.path = path->empty() && rest.data() != target.data() ? "/" : *path;
  if (!parsed.path.starts_with('/')) return common::Error{"the request target does not begin with a slash"};

  const auto question = rest.find('?');
  rest = question == std::string_view::npos ? std::string_view{} : rest.substr(question + 1);
  while (!rest.empty()) {
    std::string_view value = next_part(rest, '&');
    if (value.empty()) continue;
    if (parsed.parameters.size() == parameter_limit) return common::Error{"the query has more than 32 parameters"};
    const auto key = decode(next_part(value, '='), true);
    const auto text = decode(value, true);
    if (!key || !text) return common::Error{"the query is not percent-encoded properly"};
    parsed.parameters.emplace_back(*key, *text);
  }
  return parsed;
}

std::string path_label(std::string_view target) {
  const std::string_view other = model::counted_paths.back();
  const auto parsed = parse_target(target);
  if (!parsed) return std::string(other);
  for (const auto path : model::counted_paths) {
    if (path == other) continue;
    if (parsed->path == path) return std::string(path);
    if (path.ends_with('z') && parsed->path.starts_with(std::string(path) + "/")) return std::string(path);
  }
  return std::string(other);
}

bool asks_for_json(std::string_view accept) {
  while (!accept.empty()) {
    std::string_view range = next_part(accept, ',');
    if (lower(trim(next_part(range, ';'))) != "application/json") continue;
    bool wanted = true;
    while (!range.empty()) wanted = !is_zero_weight(next_part(range, ';')) && wanted;
    if (wanted) return true;
  }
  return false;
}

}  // namespace http
