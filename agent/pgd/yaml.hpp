// A manifest's text as a tree, and back: YAML or JSON, every node with its place. Bounded before anything is built;
// knows nothing of Kubernetes.
#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgd {

/// Counted from 1; 0 = made here, not read.
struct Place {
  int line = 0;
  int column = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

enum class YamlKind { null, scalar, sequence, mapping };

struct YamlMember;

/// One value of a document.
struct YamlNode {
  YamlKind kind = YamlKind::null;
  std::string text;                 ///< scalar: as it was meant, without quotes
  bool quoted = false;              ///< scalar: in quotes or a block, hence a string whatever it looks like
  std::vector<YamlNode> items;      ///< sequence
  std::vector<YamlMember> members;  ///< mapping, in the text's order, duplicate keys and all
  Place at;

  [[nodiscard]] bool is_mapping() const { return kind == YamlKind::mapping; }
  [[nodiscard]] bool is_sequence() const { return kind == YamlKind::sequence; }
  [[nodiscard]] bool is_scalar() const { return kind == YamlKind::scalar; }
  /// The last member of that name, as Kubernetes reads duplicates; null where there is none or this is no mapping.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  /// By a path of keys: find({"spec", "connectivity"}).
  [[nodiscard]] const YamlNode* find(const std::vector<std::string_view>& path) const;
  [[nodiscard]] const YamlNode* find(std::initializer_list<std::string_view> path) const;

  // For making trees.
  static YamlNode string(std::string text);  ///< written with quotes where YAML would read something else
  static YamlNode plain(std::string text);   ///< a number, true, false: written as it is
  static YamlNode mapping();
  static YamlNode sequence();
  /// Sets or replaces a member of a mapping; returns the value's place in the tree.
  YamlNode& set(std::string key, YamlNode value);
  YamlNode& add(YamlNode value);  ///< an item of a sequence

 private:
  static YamlNode of(YamlKind kind);
};

struct YamlMember {
  std::string key;
  Place at;  ///< of the key
  YamlNode value;
};

/// What is refused before it is built. YAML takes up to 250 bytes of memory a byte.
struct YamlLimits {
  std::size_t bytes = std::size_t{256} << 10;
  int documents = 200;
  int depth = 32;
  int nodes = 20'000;
};
inline constexpr YamlLimits one_shot_limits{.bytes = std::size_t{4} << 20};

struct YamlError {
  Place at;
  std::string why;  ///< one sentence without a full stop
  friend bool operator==(const YamlError&, const YamlError&) = default;
};

/// Every document; empty ones are left out. Anchors, aliases and tags other than the core schema's are refused: no
/// manifest needs them, and an alias multiplies what it stands for.
boost::system::result<std::vector<YamlNode>, YamlError> read_yaml(std::string_view text, const YamlLimits& limits = {});

/// Block style, two blanks, sequences flush with their key; strings quoted only where YAML would read something else.
/// Ends with a newline. Read back by read_yaml it is the same tree, places aside.
std::string to_yaml(const YamlNode& node);

}  // namespace pgd
