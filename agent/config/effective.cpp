#include "agent/config/effective.hpp"

#include <sstream>
#include <string_view>
#include <utility>

#include "agent/config/expand.hpp"
#include "agent/config/keys.hpp"
#include "agent/config/quote.hpp"

namespace config {
namespace {

std::string literal(std::string_view value) {
  std::string out = "\"";
  for (const char c : unexpanded(value)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// The counterpart of Reader: the same verbs, each one line of TOML.
class Writer {
 public:
  void table(std::string_view name) { text_ += "\n[" + std::string(name) + "]\n"; }

  void text(std::string_view key, const std::string& value, Form) { line(key, literal(value)); }
  void optional_text(std::string_view key, const std::string& value, Form, std::string_view = "") {
    line(key, literal(value));
  }
  void texts(std::string_view key, const std::vector<std::string>& values, Form, std::size_t) {
    list(key, values, [](const std::string& value) { return literal(value); });
  }
  void endpoint(std::string_view key, const Endpoint& value) { line(key, literal(to_text(value))); }
  void optional_endpoint(std::string_view key, const std::optional<Endpoint>& value) {
    line(key, literal(value ? to_text(*value) : ""));
  }
  void endpoints(std::string_view key, const std::vector<Endpoint>& values, std::size_t) {
    list(key, values, [](const Endpoint& value) { return literal(to_text(value)); });
  }
  void servers(std::string_view key, const std::vector<model::DnsServerAddress>& values, std::size_t) {
    list(key, values, [](const model::DnsServerAddress& value) { return literal(model::to_text(value)); });
  }
  void entries(std::string_view key, const std::vector<model::DnsEntry>& values, std::size_t) {
    list(key, values, [](const model::DnsEntry& value) {
      return "{domain = " + literal(value.domain) + ", host_suffix = " + literal(value.host_suffix) + "}";
    });
  }
  void duration(std::string_view key, Duration value, Duration, Duration) {
    line(key, literal(common::to_text(value)));
  }
  void optional_duration(std::string_view key, const std::optional<Duration>& value, Duration, Duration) {
    line(key, literal(value ? common::to_text(*value) : ""));
  }
  void number(std::string_view key, int value, int, int) { line(key, std::to_string(value)); }
  void flag(std::string_view key, bool value) { line(key, value ? "true" : "false"); }
  void mode(std::string_view key, model::TlsMode value) { line(key, literal(name(value))); }

  template <class E, std::size_t N>
  void word(std::string_view key, E value, const std::array<E, N>&) {
    line(key, literal(name(value)));
  }
  template <class E, std::size_t N>
  void words(std::string_view key, const std::vector<E>& values, const std::array<E, N>&) {
    list(key, values, [](E value) { return literal(name(value)); });
  }

  [[nodiscard]] const std::string& written() const { return text_; }

 private:
  void line(std::string_view key, const std::string& value) { text_ += std::string(key) + " = " + value + "\n"; }
  template <class T, class Show>
  void list(std::string_view key, const std::vector<T>& values, Show show) {
    std::string elements;
    for (const T& value : values) elements += (elements.empty() ? "" : ", ") + show(value);
    line(key, "[" + elements + "]");
  }

  std::string text_;
};

}  // namespace

std::string effective(const Config& config) {
  Writer writer;
  each_key(writer, config);
  return writer.written();
}

std::string differing(const Config& config) {
  // A value is one line, so the two texts go line by line.
  const std::string ours = effective(config), defaults = effective({});
  std::istringstream here(ours), there(defaults);
  std::string out, table, line, usual;
  while (std::getline(here, line) && std::getline(there, usual)) {
    if (line.starts_with('[')) table = "\n" + line + "\n";
    if (line == usual) continue;
    out += std::exchange(table, "") + line + "\n";
  }
  return out;
}

}  // namespace config
