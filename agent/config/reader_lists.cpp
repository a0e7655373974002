// Reader's arrays; scalars are in reader.cpp.
#include <unordered_set>
#include <utility>

#include "agent/config/quote.hpp"
#include "agent/config/reader.hpp"
#include "agent/config/suggest.hpp"

namespace config {
namespace {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::optional<std::span<const Value>> Reader::list(std::string_view key, std::size_t most) {
  const Value* value = visit(key);
  if (!value) return std::nullopt;
  const auto* elements = std::get_if<Array>(&value->data);
  if (!elements) {
    complain_of(*value, "expected an array, [...], found " + describe(*value));
    return std::nullopt;
  }
  if (elements->size() > most) {
    complain_of(*value, "at most " + std::to_string(most) + " elements, found " + std::to_string(elements->size()));
    return std::nullopt;
  }
  return std::span<const Value>(*elements);
}

void Reader::texts(std::string_view key, std::vector<std::string>& to, Form form, std::size_t most) {
  const auto elements = list(key, most);
  if (!elements) return;
  std::vector<std::string> read;
  std::unordered_set<std::string> seen;
  for (const Value& element : *elements) {
    auto text = formed(element, form, false);
    if (!text) continue;
    if (!seen.insert(lower(*text)).second) {
      complain_of(element, "listed twice: " + in_quotes(*text));
      continue;
    }
    read.push_back(*std::move(text));
  }
  to = std::move(read);
}

void Reader::endpoints(std::string_view key, std::vector<Endpoint>& to, std::size_t most) {
  const auto elements = list(key, most);
  if (!elements) return;
  std::vector<Endpoint> read;
  for (const Value& element : *elements) {
    auto endpoint = endpoint_of(element, 1);
    if (endpoint && !repeated(element, read, *endpoint)) read.push_back(*std::move(endpoint));
  }
  to = std::move(read);
}

void Reader::servers(std::string_view key, std::vector<model::DnsServerAddress>& to, std::size_t most) {
  const auto elements = list(key, most);
  if (!elements) return;
  std::vector<model::DnsServerAddress> read;
  for (const Value& element : *elements) {
    const auto text = string_of(element, "a string such as \"10.0.0.10\" or \"[fd00::a]:53\"");
    if (!text) continue;
    auto server = model::parse_server(*text);
    if (!server) {
      complain_of(element, printable(server.error().message, 300));
    } else if (!repeated(element, read, *server)) {
      read.push_back(*std::move(server));
    }
  }
  to = std::move(read);
}

std::optional<model::DnsEntry> Reader::entry_of(const Value& value) {
  const auto* fields = std::get_if<Table>(&value.data);
  if (!fields) {
    complain_of(value, "expected {domain = \"...\", host_suffix = \"...\"}, found " + describe(value));
    return std::nullopt;
  }
  const auto before = complaints_.size();
  model::DnsEntry entry;
  for (const auto& [field, place, content] : *fields) {
    if (field == "domain") {
      entry.domain = formed(content, domain_form, true).value_or("");
    } else if (field == "host_suffix") {
      entry.host_suffix = formed(content, suffix_form, true).value_or("");
    } else {
      constexpr std::array<std::string_view, 2> known{"domain", "host_suffix"};
      complain(place, key_, "unknown key " + in_quotes(field) + did_you_mean(field, known));
    }
  }
  if (complaints_.size() != before) return std::nullopt;
  return entry;
}

void Reader::entries(std::string_view key, std::vector<model::DnsEntry>& to, std::size_t most) {
  const auto elements = list(key, most);
  if (!elements) return;
  std::vector<model::DnsEntry> read;
  for (const Value& element : *elements) {
    auto entry = entry_of(element);
    if (entry && !repeated(element, read, *entry)) read.push_back(*std::move(entry));
  }
  to = std::move(read);
}

}  // namespace config
