#include "agent/config/toml.hpp"

// Texts such as "[#" break what toml++ asserts, or lets the optimiser assume where NDEBUG is set. Without either it
// goes on to its own error message.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <stdexcept>

#include "agent/config/quote.hpp"

namespace config {
namespace {

constexpr int deepest_brackets = 16;
constexpr int longest_key = 8;

/// Walks over the text as a lexer does and refuses what toml++ can't be given: brackets nested too deep and keys of too
/// many parts, whose trees overflow the stack when they are freed; and characters beyond ASCII where TOML has none, on
/// which version 3.3 runs into undefined behaviour (its test for white space). All else that is no TOML is left to
/// toml++ to explain.
class Scan {
 public:
  explicit Scan(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
  }

  std::optional<SyntaxError> run() {
    while (!error_ && at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        skip_comment();
      } else if (c == '"' || c == '\'') {
        skip_string(c);
      } else {
        refuse_foreign_character();
        count(c);
        step();
      }
    }
    return error_;
  }

 private:
  void fail(const std::string& what) {
    if (!error_) error_ = SyntaxError{{line_, column_}, what};
  }
  [[nodiscard]] bool next_is(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void step() {
    const auto byte = static_cast<unsigned char>(text_[at_++]);
    if (byte == '\n') {
      ++line_;
      column_ = 1;
    } else if ((byte & 0xC0U) != 0x80U) {
      ++column_;
    }
  }
  void steps(std::size_t count) {
    while (count-- > 0 && at_ < text_.size()) step();
  }

  void count(char c) {
    if (c == '[' || c == '{') ++depth_;
    if ((c == ']' || c == '}') && depth_ > 0) --depth_;
    if (c == '.') {
      ++parts_;
    } else if (c == '=' || c == ',' || c == '\n' || c == '[' || c == '{') {
      parts_ = 1;
    }
    if (depth_ > deepest_brackets) fail("brackets nested too deep, at most 16");
    if (parts_ > longest_key) fail("a key of too many parts, at most 8");
  }
  void refuse_foreign_character() {
    if (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80) {
      fail("a character that TOML allows only inside strings and comments");
    }
  }
  void skip_comment() {
    while (at_ < text_.size() && text_[at_] != '\n') step();
  }
  void skip_string(char quote) {
    const std::string triple(3, quote);
    const bool multiline = next_is(triple);
    steps(multiline ? 3 : 1);
    while (!error_ && at_ < text_.size()) {
      if (quote == '"' && text_[at_] == '\\') {
        skip_escape(multiline);
      } else if (multiline && next_is(triple)) {
        steps(3);
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more)
          step();  // """" ends in a quote
        return;
      } else {
        const bool end = !multiline && (text_[at_] == quote || text_[at_] == '\n');
        step();
        if (end) return;
      }
    }
  }
  /// A backslash at the end of a line of a multi-line string takes the white space after it along.
  void skip_escape(bool multiline) {
    step();
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    if (multiline && at_ < text_.size() && is_space(text_[at_])) {
      while (at_ < text_.size() && is_space(text_[at_])) step();
      refuse_foreign_character();
    } else {
      refuse_foreign_character();
      steps(1);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
  int depth_ = 0;
  int parts_ = 1;
  std::optional<SyntaxError> error_;
};

Place place_of(const toml::source_region& region) {
  return {std::max(1, static_cast<int>(region.begin.line)), std::max(1, static_cast<int>(region.begin.column))};
}

Value convert(const toml::node& node);

Table convert_table(const toml::table& table) {
  Table entries;
  for (const auto& [key, value] : table)
    entries.push_back({std::string(key.str()), place_of(key.source()), convert(value)});
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.place < b.place; });
  return entries;
}

Value convert(const toml::node& node) {
  Value value{place_of(node.source()), DateTime{}};
  if (const auto* table = node.as_table()) {
    value.data = convert_table(*table);
  } else if (const auto* array = node.as_array()) {
    Array elements;
    for (const auto& element : *array) elements.push_back(convert(element));
    value.data = std::move(elements);
  } else if (const auto* text = node.as_string()) {
    value.data = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.data = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.data = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.data = flag->get();
  }
  return value;
}

}  // namespace

Tree read_toml(std::string_view text) {
  if (auto refusal = Scan(text).run()) return *std::move(refusal);
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    const toml::parse_error& error = result.error();
    return SyntaxError{place_of(error.source()), printable(error.description(), 400)};
  }
  return convert_table(result.table());
}

void throw_exception_from_error(const SyntaxError& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

const Entry* find(const Table& table, std::string_view key) {
  const auto at = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.key == key; });
  return at == table.end() ? nullptr : &*at;
}

namespace {
std::string decimal(double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", number);
  return text.data();
}
}  // namespace

std::string describe(const Value& value) {
  struct Describe {
    std::string operator()(const std::string& text) const { return "string " + quoted(text); }
    std::string operator()(std::int64_t number) const { return "integer " + std::to_string(number); }
    std::string operator()(double number) const { return "number " + decimal(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(DateTime) const { return "a date or time"; }
    std::string operator()(const Array&) const { return "an array"; }
    std::string operator()(const Table&) const { return "a table"; }
  };
  return std::visit(Describe{}, value.data);
}

}  // namespace config
