// Where something stands in a manifest: path of keys, value and line, also of what is missing. Judges nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/pgd/yaml.hpp"

namespace pgd {

/// What a scalar is to Kubernetes, which reads YAML 1.1: `yes` is a boolean, `010` and `1e3` are integers, dates are
/// texts.
enum class ScalarType { none, boolean, integer, number, text };
ScalarType scalar_type(const YamlNode& node);

/// A place in a document. Descending never fails: what is missing has the line of the nearest parent that is there.
class Spot {
 public:
  explicit Spot(const YamlNode& document, std::string path = "")
      : node_(&document), path_(std::move(path)), line_(document.at.line) {}

  /// The member of that name, the last where there are several.
  Spot operator/(std::string_view key) const;
  [[nodiscard]] std::vector<Spot> items() const;

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Of a scalar's text; of a collection its key's, or its own where it is an item.
  [[nodiscard]] int line() const { return line_; }
  /// Null where there is none; `null` itself counts as none, for the API server drops it.
  [[nodiscard]] const YamlNode* node() const { return node_; }
  [[nodiscard]] bool given() const { return node_ != nullptr; }
  [[nodiscard]] bool has(std::string_view key) const { return (*this / key).given(); }

  /// Of a text, else "": a number is none.
  [[nodiscard]] std::string text() const;
  /// Whether it is the boolean true.
  [[nodiscard]] bool is_true() const;
  /// The value of an integer that fits, else `otherwise`.
  [[nodiscard]] long long integer(long long otherwise) const;

  struct Member;
  /// Of a mapping, duplicates and all, each at its own place.
  [[nodiscard]] std::vector<Member> members() const;
  /// The spot of a member as members() would give it.
  [[nodiscard]] Spot of(const YamlMember& member) const;

 private:
  Spot(const YamlNode* node, std::string path, int line) : node_(node), path_(std::move(path)), line_(line) {}

  const YamlNode* node_;
  std::string path_;
  int line_;
};

struct Spot::Member {
  std::string_view key;
  Place key_at;
  Spot value;
};

/// In quotes, printable ASCII, at most 80 characters of it: for a message.
std::string in_quotes(std::string_view text);

}  // namespace pgd
