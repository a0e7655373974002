#include "agent/pgd/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <streambuf>

#include "agent/pgd/yaml_text.hpp"

namespace pgd {
namespace {

/// Longer keys no reader has to take on one line (YAML 1.2 §7.4.2: 1024 characters, here with every one escaped).
constexpr std::size_t longest_key = 500;

const std::string no_aliases = "aliases are not read";

/// Leaves the parser from within an event, before it builds or nests any further.
struct Refused {
  YamlError error;
};

Place place_of(const YAML::Mark& mark) { return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1}; }

[[noreturn]] void refuse(const YAML::Mark& mark, std::string why) { throw Refused{{place_of(mark), std::move(why)}}; }

bool has_control(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  }
  return false;
}

/// Whether the text, which begins with a quote, has the other one.
bool ends_string(std::string_view text) {
  const char quote = text[0];
  for (std::size_t at = 1; at < text.size(); ++at) {
    const bool escape = quote == '"' ? text[at] == '\\' : text.substr(at, 2) == "''";
    if (!escape && text[at] == quote) return true;
    if (escape) ++at;
  }
  return false;
}

/// Builds one tree a document out of the parser's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, const YamlLimits& limits) : text_(text), limits_(limits) {}

  [[nodiscard]] std::vector<YamlNode> take() { return std::move(documents_); }

  /// The parser takes the text's end for that of a string which lacks it, where a line break comes before.
  void refuse_open_string() const {
    if (!last_quoted_.is_null() && !ends_string(text_.substr(static_cast<std::size_t>(last_quoted_.pos)))) {
      refuse(last_quoted_, "a string without its end");
    }
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++started_ > limits_.documents) refuse(mark, "more than " + std::to_string(limits_.documents) + " documents");
    if (started_ > 1 && !begins_document(mark)) refuse(mark, "text after the end of the document");
    root_ = YamlNode{};
  }
  void OnDocumentEnd() override {
    if (root_.kind != YamlKind::null) documents_.push_back(std::move(root_));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (expects_key()) refuse(mark, "a key that is null or missing");
    // At the text's end the parser takes a scalar for a key; its null then has the key's own place.
    if (!open_.empty() && open_.back().block && open_.back().has_key && open_.back().key_at == mark.pos) {
      refuse(mark, "a key without a colon");
    }
    put(mark, YamlNode{});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark, no_aliases); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse(mark, "anchors are not read"); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    const bool quoted = is_string(mark, tag);
    if (quoted && begins_string(mark)) last_quoted_ = mark;
    if (expects_key()) return put_key(mark, value, !quoted && means_null(value));
    YamlNode node;
    if (quoted || !means_null(value)) {
      node.kind = YamlKind::scalar;
      node.quoted = quoted;
      node.text = value;
    }
    put(mark, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, YamlNode::sequence(), style);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, YamlNode::mapping(), style);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  struct Open {
    YamlNode* node;
    bool block;
    int key_at = -1;       ///< of a mapping: offset of the last key
    bool has_key = false;  ///< of a mapping: the last member awaits its value
  };

  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "anchors are not read");
  }

  /// The parser's tag is "?" of plain scalars, "!" of quoted ones and blocks.
  static bool is_string(const YAML::Mark& mark, const std::string& tag) {
    constexpr std::string_view core = "tag:yaml.org,2002:";
    if (tag == "?" || tag.empty()) return false;
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return true;
    const std::string_view type = tag.starts_with(core) ? std::string_view(tag).substr(core.size()) : "";
    if (type != "int" && type != "float" && type != "bool" && type != "null") refuse(mark, "tags are not read");
    return false;
  }

  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node->is_mapping() && !open_.back().has_key;
  }

  void count(const YAML::Mark& mark) {
    if (++nodes_ > limits_.nodes) refuse(mark, "more than " + std::to_string(limits_.nodes) + " values");
  }

  void put_key(const YAML::Mark& mark, const std::string& key, bool null) {
    count(mark);
    if (null) refuse(mark, "a key that is null or missing");
    if (key.size() > longest_key) refuse(mark, "a key longer than " + std::to_string(longest_key) + " bytes");
    if (has_control(key)) refuse(mark, "a key with a control character");
    open_.back().node->members.push_back({key, place_of(mark), {}});
    open_.back().key_at = mark.pos;
    open_.back().has_key = true;
  }

  /// Siblings come only once a node is closed: the pointers to open ones stay good.
  YamlNode& put(const YAML::Mark& mark, YamlNode node) {
    count(mark);
    node.at = place_of(mark);
    if (open_.empty()) return root_ = std::move(node);
    Open& parent = open_.back();
    if (parent.node->is_sequence()) return parent.node->items.emplace_back(std::move(node));
    YamlMember& member = parent.node->members.back();
    // Where nothing was written the parser tells the place of what comes next.
    if (node.kind == YamlKind::null && node.at.line != member.at.line) node.at = member.at;
    parent.has_key = false;
    return member.value = std::move(node);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode node,
            YAML::EmitterStyle::value style) {
    refuse_anchor(mark, anchor);
    constexpr std::string_view core = "tag:yaml.org,2002:";
    const std::string_view own = node.is_mapping() ? "map" : "seq";
    if (!tag.empty() && tag != "?" && tag != "!" && tag != std::string(core).append(own)) {
      refuse(mark, "tags are not read");
    }
    if (expects_key()) refuse(mark, "a collection as a key, or one without its end");
    if (static_cast<int>(open_.size()) >= limits_.depth) {
      refuse(mark, "nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    open_.push_back({&put(mark, std::move(node)), style == YAML::EmitterStyle::Block});
  }

  [[nodiscard]] bool begins_string(const YAML::Mark& mark) const {
    const auto at = static_cast<std::size_t>(mark.pos);
    return !mark.is_null() && at < text_.size() && (text_[at] == '"' || text_[at] == '\'');
  }

  /// The parser takes whatever follows a document for another one; only `---` or what follows `...` is.
  [[nodiscard]] bool begins_document(const YAML::Mark& mark) const {
    const auto at = static_cast<std::size_t>(mark.pos);
    if (mark.is_null() || at > text_.size()) return false;
    if (mark.column == 0 && text_.substr(at, 3) == "---") return true;
    for (std::string_view before = text_.substr(0, at); !before.empty();) {
      const auto line_break = before.substr(0, before.size() - 1).rfind('\n');
      const std::string_view line = before.substr(line_break == std::string_view::npos ? 0 : line_break + 1);
      if (line.starts_with("...")) return true;
      const auto first = line.find_first_not_of(" \t\n");
      if (first != std::string_view::npos && line[first] != '#' && line[0] != '%') return false;
      before.remove_suffix(line.size());
    }
    return false;
  }

  std::string_view text_;
  const YamlLimits& limits_;
  int started_ = 0;
  int nodes_ = 0;
  YAML::Mark last_quoted_ = YAML::Mark::null_mark();
  YamlNode root_;
  std::vector<Open> open_;
  std::vector<YamlNode> documents_;
};

/// Reads where the text is, where std::istringstream would copy it.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(std::string& text) { setg(text.data(), text.data(), text.data() + text.size()); }
};

/// The parser's own words, which may quote the text.
std::string readable(const std::string& message) {
  std::string out;
  for (const char c : message.substr(0, 100)) out += c >= 0x20 && c < 0x7F ? c : '?';
  return out;
}

}  // namespace

boost::system::result<std::vector<YamlNode>, YamlError> read_yaml(std::string_view text, const YamlLimits& limits) {
  if (auto refused = refused_text(text, limits)) return std::move(*refused);
  std::string clean = normalised(text);
  TextBuffer buffer(clean);
  std::istream in(&buffer);
  TreeBuilder builder(clean, limits);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    builder.refuse_open_string();
  } catch (const Refused& refused) {
    return refused.error;
  } catch (const YAML::Exception& error) {
    const bool alias = error.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR);
    return YamlError{place_of(error.mark), alias ? no_aliases : readable(error.msg)};
  }
  return builder.take();
}

}  // namespace pgd
