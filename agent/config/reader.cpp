#include "agent/config/reader.hpp"

#include <utility>

#include "agent/config/expand.hpp"
#include "agent/config/quote.hpp"
#include "agent/config/suggest.hpp"

namespace config {
namespace {

std::string full_name(std::string_view table, std::string_view key) {
  return table.empty() ? std::string(key) : std::string(table) + "." + std::string(key);
}

constexpr std::string_view a_string = "a string";
constexpr std::string_view an_address = "an address such as \"[::]:9188\" or \"127.0.0.1:9188\"";
constexpr std::string_view a_duration = "a string such as \"30s\"";

}  // namespace

void Reader::table(std::string_view name) {
  known_.push_back({name, ""});
  table_name_ = name;
  table_ = nullptr;
  if (const Entry* entry = find(root_, name)) {
    table_ = std::get_if<Table>(&entry->value.data);
    if (!table_) {
      complain(entry->place, name, "expected a table, [" + std::string(name) + "], found " + describe(entry->value));
    }
  }
}

const Value* Reader::visit(std::string_view key) {
  known_.push_back({table_name_, key});
  key_ = full_name(table_name_, key);
  const Entry* entry = table_ ? find(*table_, key) : nullptr;
  return entry ? &entry->value : nullptr;
}

void Reader::complain(Place place, std::string_view key, const std::string& message) {
  unsound_.emplace(key);
  complaints_.push_back({place, std::string(key) + ": " + message});
}

void Reader::complain_of(const Value& value, const std::string& message) { complain(value.place, key_, message); }

std::optional<Place> Reader::place_of(std::string_view key) const {
  const auto dot = key.find('.');
  const Table* table = &root_;
  if (dot != std::string_view::npos) {
    const Entry* outer = find(root_, key.substr(0, dot));
    table = outer ? std::get_if<Table>(&outer->value.data) : nullptr;
  }
  const Entry* entry = table ? find(*table, dot == std::string_view::npos ? key : key.substr(dot + 1)) : nullptr;
  if (!entry) return std::nullopt;
  return entry->value.place;
}

std::optional<std::string> Reader::string_of(const Value& value, std::string_view expected) {
  const auto* raw = std::get_if<std::string>(&value.data);
  if (!raw) {
    complain_of(value, "expected " + std::string(expected) + ", found " + describe(value));
    return std::nullopt;
  }
  auto text = expand(*raw, environment_);
  if (!text) {
    complain_of(value, text.error().message);
    return std::nullopt;
  }
  return *std::move(text);
}

std::optional<std::string> Reader::formed(const Value& value, Form form, bool may_be_empty) {
  auto text = string_of(value, a_string);
  if (!text || (text->empty() && may_be_empty)) return text;
  if (const auto expected = form(*text); !expected.empty()) {
    complain_of(value, std::string(expected) + "; found " + in_quotes(*text));
    return std::nullopt;
  }
  return text;
}

void Reader::text(std::string_view key, std::string& to, Form form) {
  const Value* value = visit(key);
  if (!value) return;
  if (auto text = formed(*value, form, false)) to = *std::move(text);
}

void Reader::optional_text(std::string_view key, std::string& to, Form form, std::string_view fallback) {
  const Value absent{{}, std::string(fallback)};
  const Value* value = visit(key);
  if (!value && !fallback.empty()) value = &absent;
  if (!value) return;
  if (auto text = formed(*value, form, true)) {
    to = *std::move(text);
  } else if (value == &absent) {
    complaints_.back().message += " (from " + std::string(fallback) + ")";
  }
}

std::optional<Endpoint> Reader::endpoint_of(const Value& value, int least_port) {
  const auto text = string_of(value, an_address);
  if (!text) return std::nullopt;
  auto endpoint = parse_endpoint(*text);
  if (!endpoint) {
    complain_of(value, endpoint.error().message);
    return std::nullopt;
  }
  if (endpoint->port < least_port) {
    complain_of(value, "expected a port from 1 to 65535; found " + in_quotes(*text));
    return std::nullopt;
  }
  return *std::move(endpoint);
}

void Reader::endpoint(std::string_view key, Endpoint& to) {
  const Value* value = visit(key);
  if (!value) return;
  if (auto endpoint = endpoint_of(*value, 0)) to = *std::move(endpoint);
}

void Reader::optional_endpoint(std::string_view key, std::optional<Endpoint>& to) {
  const Value* value = visit(key);
  if (!value) return;
  if (const auto text = string_of(*value, an_address); text && !text->empty()) to = endpoint_of(*value, 0);
}

std::optional<Duration> Reader::duration_of(const Value& value, Duration least, Duration most, std::string_view text) {
  const auto duration = common::parse_duration(text);
  if (!duration) {
    complain_of(value, printable(duration.error().message, 200));
    return std::nullopt;
  }
  if (*duration < least || *duration > most) {
    complain_of(value, "expected \"" + common::to_text(least) + "\" to \"" + common::to_text(most) + "\", found " +
                           in_quotes(text));
    return std::nullopt;
  }
  return *duration;
}

void Reader::duration(std::string_view key, Duration& to, Duration least, Duration most) {
  const Value* value = visit(key);
  if (!value) return;
  const auto text = string_of(*value, a_duration);
  if (text) to = duration_of(*value, least, most, *text).value_or(to);
}

void Reader::optional_duration(std::string_view key, std::optional<Duration>& to, Duration least, Duration most) {
  const Value* value = visit(key);
  if (!value) return;
  const auto text = string_of(*value, a_duration);
  if (text && !text->empty()) to = duration_of(*value, least, most, *text);
}

void Reader::number(std::string_view key, int& to, int least, int most) {
  const Value* value = visit(key);
  if (!value) return;
  const std::string range = "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto* number = std::get_if<std::int64_t>(&value->data);
  if (!number || *number < least || *number > most) {
    complain_of(*value, range + ", found " + describe(*value));
    return;
  }
  to = static_cast<int>(*number);
}

void Reader::flag(std::string_view key, bool& to) {
  const Value* value = visit(key);
  if (!value) return;
  if (const bool* flag = std::get_if<bool>(&value->data)) {
    to = *flag;
  } else {
    complain_of(*value, "expected true or false, found " + describe(*value));
  }
}

std::optional<std::size_t> Reader::choose(const Value& value, const std::vector<std::string_view>& names,
                                          std::string_view alias) {
  const auto text = string_of(value, "a string such as \"" + std::string(names.front()) + "\"");
  if (!text) return std::nullopt;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == *text) return i;
  }
  if (!alias.empty() && *text == alias) return names.size();
  std::string list;
  for (const auto name : names) list += (list.empty() ? "\"" : ", \"") + std::string(name) + "\"";
  complain_of(value, "expected one of " + list + "; found " + in_quotes(*text) + did_you_mean(*text, names));
  return std::nullopt;
}

void Reader::mode(std::string_view key, model::TlsMode& to) {
  using model::TlsMode;
  constexpr std::array all{TlsMode::verify_full, TlsMode::verify_ca, TlsMode::require};
  const Value* value = visit(key);
  if (!value) return;
  if (const auto index = choose(*value, names_of(all), "required"))
    to = *index < all.size() ? all[*index] : TlsMode::require;
}

void Reader::refuse_unknown() {
  for (auto& complaint : unknown_keys(root_, known_)) complaints_.push_back(std::move(complaint));
}

}  // namespace config
