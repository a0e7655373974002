// Typed reading of a TOML tree: every key's type, form and range, and what is there that nobody asked for. Collects
// complaints instead of stopping; a value that is complained about keeps its default.
#pragma once
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.hpp"
#include "agent/config/forms.hpp"
#include "agent/config/parse.hpp"
#include "agent/config/toml.hpp"
#include "agent/config/unknown.hpp"

namespace config {

class Reader {
 public:
  Reader(const Table& root, const Environment& environment) : root_(root), environment_(environment), table_(&root) {}

  /// The keys that follow belong to [name].
  void table(std::string_view name);

  // One key each. All strings are expanded first. Out of form or range is a complaint.
  void text(std::string_view key, std::string& to, Form form);
  /// "" is allowed. `fallback` is what an absent key says, expanded as if it were written.
  void optional_text(std::string_view key, std::string& to, Form form, std::string_view fallback = "");
  void texts(std::string_view key, std::vector<std::string>& to, Form form, std::size_t most);
  void endpoint(std::string_view key, Endpoint& to);
  void optional_endpoint(std::string_view key, std::optional<Endpoint>& to);
  void endpoints(std::string_view key, std::vector<Endpoint>& to, std::size_t most);
  void servers(std::string_view key, std::vector<model::DnsServerAddress>& to, std::size_t most);
  void entries(std::string_view key, std::vector<model::DnsEntry>& to, std::size_t most);
  void duration(std::string_view key, Duration& to, Duration least, Duration most);
  void optional_duration(std::string_view key, std::optional<Duration>& to, Duration least, Duration most);
  void number(std::string_view key, int& to, int least, int most);
  void flag(std::string_view key, bool& to);
  /// "required", the documents' spelling, is read as `require`.
  void mode(std::string_view key, model::TlsMode& to);

  template <class E, std::size_t N>
  void word(std::string_view key, E& to, const std::array<E, N>& all) {
    if (const Value* value = visit(key)) {
      if (const auto index = choose(*value, names_of(all))) to = all[*index];
    }
  }
  template <class E, std::size_t N>
  void words(std::string_view key, std::vector<E>& to, const std::array<E, N>& all) {
    const auto elements = list(key, N);
    if (!elements) return;
    std::vector<E> read;
    for (const Value& element : *elements) {
      if (const auto index = choose(element, names_of(all))) {
        if (!repeated(element, read, all[*index])) read.push_back(all[*index]);
      }
    }
    to = read;
  }

  /// Complains about every table and key that was not visited.
  void refuse_unknown();

  // By the key's full name: "listen", "dns.interval". For what keys say about each other.
  [[nodiscard]] std::optional<Place> place_of(std::string_view key) const;
  /// Whether nothing was complained about the key: an absent one is sound.
  [[nodiscard]] bool sound(std::string_view key) const { return !unsound_.contains(key); }
  void complain(Place place, std::string_view key, const std::string& message);

  [[nodiscard]] const std::vector<Complaint>& complaints() const { return complaints_; }

 private:
  template <class E, std::size_t N>
  static std::vector<std::string_view> names_of(const std::array<E, N>& all) {
    std::vector<std::string_view> names;
    for (const E value : all) names.push_back(name(value));
    return names;
  }
  /// Complains where `value` is already among `read`.
  template <class T>
  bool repeated(const Value& element, const std::vector<T>& read, const T& value) {
    for (const T& other : read) {
      if (other == value) {
        complain_of(element, "listed twice: " + describe(element));
        return true;
      }
    }
    return false;
  }

  /// Names the key as known and makes it the current one; its value, or null where it is absent.
  const Value* visit(std::string_view key);
  void complain_of(const Value& value, const std::string& message);
  std::optional<std::string> string_of(const Value& value, std::string_view expected);
  std::optional<std::string> formed(const Value& value, Form form, bool may_be_empty);
  std::optional<Endpoint> endpoint_of(const Value& value, int least_port);
  std::optional<Duration> duration_of(const Value& value, Duration least, Duration most, std::string_view text);
  std::optional<std::size_t> choose(const Value& value, const std::vector<std::string_view>& names,
                                    std::string_view alias = "");
  std::optional<std::span<const Value>> list(std::string_view key, std::size_t most);
  std::optional<model::DnsEntry> entry_of(const Value& value);

  const Table& root_;
  const Environment& environment_;
  const Table* table_;  ///< null where the text has no such table
  std::string_view table_name_;
  std::string key_;  ///< the current key's full name
  std::vector<KnownKey> known_;
  std::set<std::string, std::less<>> unsound_;
  std::vector<Complaint> complaints_;
};

}  // namespace config
