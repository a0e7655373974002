#include "agent/views/log_line.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "agent/views/json_text.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::array<std::string_view, 6> reserved{"ts", "level", "kind", "subject", "msg", "cut"};
constexpr std::size_t longest_subject = 300;
constexpr std::size_t longest_field = 1000;
constexpr std::size_t fields_at_most = 32;

std::string text_value(std::string_view value) {
  const std::string shown = printable(value, longest_field);
  const bool plain = !shown.empty() && shown.find_first_of(" \"=\\") == std::string::npos;
  if (plain) return shown;
  std::string quoted = "\"";
  for (const char c : shown) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

/// A key that no other has: letters, digits, '_' and '-' only.
std::string key_of(std::string_view name, std::vector<std::string>& taken) {
  std::string key(name.substr(0, 64));
  for (char& c : key) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!fine) c = '_';
  }
  while (std::find(reserved.begin(), reserved.end(), key) != reserved.end() ||
         std::find(taken.begin(), taken.end(), key) != taken.end()) {
    key += '_';
  }
  taken.push_back(key);
  return key;
}

/// The line with at most `fields` of the fields and `message` bytes of the message.
std::string json_attempt(const model::Event& event, std::size_t fields, std::size_t message) {
  std::string line = "{\"ts\":" + json_string(common::to_rfc3339(event.at, true)) +
                     ",\"level\":" + json_string(name(event.level)) + ",\"kind\":" + json_string(name(event.kind)) +
                     ",\"subject\":" + json_string(cut(event.subject, longest_subject)) +
                     ",\"msg\":" + json_string(cut(event.message, message));
  std::vector<std::string> taken;
  for (std::size_t i = 0; i < fields; ++i) {
    const auto& [key, value] = event.fields[i];
    line += "," + json_string(key_of(key, taken)) + ":" + json_string(cut(value, longest_field));
  }
  const bool whole = fields == event.fields.size() && event.message.size() <= message;
  return line += whole ? "}" : ",\"cut\":true}";
}

}  // namespace

std::string text_line(const model::Event& event) {
  std::string line{name(event.kind)};
  if (!event.subject.empty()) line += " " + printable(event.subject, longest_subject);
  line += ": " + printable(event.message);
  std::vector<std::string> taken;
  for (std::size_t i = 0; i < std::min(event.fields.size(), fields_at_most); ++i) {
    line += " " + key_of(event.fields[i].first, taken) + "=" + text_value(event.fields[i].second);
  }
  return cut(line, longest_log_line);
}

std::string json_line(const model::Event& event) {
  std::size_t fields = std::min(event.fields.size(), fields_at_most);
  std::size_t message = 2048;
  for (;;) {
    std::string line = json_attempt(event, fields, message);
    if (line.size() <= longest_log_line) return line;
    // The message tells more than the last fields; escaping can make six bytes of one.
    if (fields > 0) {
      --fields;
    } else {
      message /= 2;
    }
  }
}

}  // namespace views
