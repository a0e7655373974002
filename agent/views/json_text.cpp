#include "agent/views/json_text.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>

#include "agent/views/text.hpp"

namespace views {
namespace {

namespace json = boost::json;
constexpr std::size_t line_limit = 100;

std::string number(double value) {
  std::array<char, 40> out{};
  const auto [end, ec] = std::to_chars(out.data(), out.data() + out.size(), value);
  return ec == std::errc{} ? std::string(out.data(), end) : "0";
}

/// On one line, or "" as soon as it grows beyond `room` bytes.
std::string inline_text(const json::value& value, std::size_t room) {
  std::string out;
  const auto add_all = [&](const auto& items, char open, char close, auto text) {
    out += open;
    for (const auto& item : items) {
      if (out.size() > 1) out += ", ";
      const std::string part = out.size() < room ? text(item) : "";
      if (part.empty()) return out.clear();
      out += part;
    }
    out += close;
  };
  switch (value.kind()) {
    case json::kind::array:
      add_all(value.get_array(), '[', ']',
              [&](const json::value& item) { return inline_text(item, room - out.size()); });
      break;
    case json::kind::object:
      add_all(value.get_object(), '{', '}', [&](const json::key_value_pair& item) {
        const std::string inner = inline_text(item.value(), room - out.size());
        return inner.empty() ? inner : json_string(item.key()) + ": " + inner;
      });
      break;
    case json::kind::string: out = json_string(value.get_string()); break;
    case json::kind::double_: out = number(value.get_double()); break;
    case json::kind::null: out = "null"; break;
    case json::kind::bool_: out = value.get_bool() ? "true" : "false"; break;
    case json::kind::int64: out = std::to_string(value.get_int64()); break;
    case json::kind::uint64: out = std::to_string(value.get_uint64()); break;
  }
  const bool scalar = !value.is_structured();
  return scalar || out.size() <= room ? out : "";
}

void write(std::string& out, const json::value& value, std::size_t depth) {
  const std::string line = inline_text(value, line_limit - std::min(line_limit - 20, 2 * depth));
  if (!line.empty()) {
    out += line;
    return;
  }
  const auto newline = [&](std::size_t level) { out.append(1, '\n').append(2 * level, ' '); };
  const bool is_array = value.is_array();
  out += is_array ? '[' : '{';
  bool first = true;
  const auto next = [&] {
    if (!first) out += ',';
    first = false;
    newline(depth + 1);
  };
  if (is_array) {
    for (const json::value& item : value.get_array()) {
      next();
      write(out, item, depth + 1);
    }
  } else {
    for (const json::key_value_pair& item : value.get_object()) {
      next();
      out += json_string(item.key()) + ": ";
      write(out, item.value(), depth + 1);
    }
  }
  newline(depth);
  out += is_array ? ']' : '}';
}

}  // namespace

std::string indented(const boost::json::value& value) {
  std::string out;
  write(out, value, 0);
  return out += '\n';
}

std::string json_string(std::string_view text) { return json::serialize(json::string_view(valid_utf8(text))); }

}  // namespace views
