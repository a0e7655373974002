#include "agent/pgd/yaml.hpp"
#include "agent/pgd/yaml_text.hpp"

namespace pgd {
namespace {

bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '/';
}

/// What a reader may take for a line break or not for a character: C0, DEL, C1, the separators U+2028 and U+2029, the
/// byte order mark.
bool has_unprintable(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::string_view rest = text.substr(i);
    if (c < 0x20 || c == 0x7F || (c == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0) ||
        rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9") || rest.starts_with("\xEF\xBB\xBF")) {
      return true;
    }
  }
  return false;
}

/// Whether the text, written as it is, would be read as another one (YAML 1.2 §7.3.3).
bool breaks_plain(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return true;
  if (std::string_view(",[]{}#&*!|>'\"%@`").find(text.front()) != std::string_view::npos) return true;
  if ((text.front() == '-' || text.front() == '?' || text.front() == ':') &&
      (text.size() == 1 || !is_word_character(text[1]))) {
    return true;
  }
  return text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos ||
         text.starts_with("...");
}

std::string double_quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto hex = [&](unsigned char c) { return std::string{digits[c >> 4], digits[c & 0xF]}; };
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::string_view rest = text.substr(i);
    if (c == '"' || c == '\\') {
      out += {'\\', text[i]};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7F) {
      out += "\\x" + hex(c);
    } else if (c == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0) {
      out += "\\x" + hex(static_cast<unsigned char>(text[++i]));
    } else if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (rest.starts_with("\xEF\xBB\xBF")) {
      out += "\\uFEFF";
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out + '"';
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + '\'';
}

/// On one line. `string`: a text, whatever it looks like.
std::string one_line(std::string_view text, bool string) {
  if (has_unprintable(text)) return double_quoted(text);
  if (string ? means_other_than_string(text) : text.empty()) return double_quoted(text);
  return breaks_plain(text) ? single_quoted(text) : std::string(text);
}

/// Whether a `|` block keeps the text as it is: no line of blanks, no leading blank, at most one break at the end.
bool fits_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.ends_with("\n\n")) return false;
  if (text.front() == ' ' || text.front() == '\n') return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    const std::string_view line = text.substr(at, end == std::string_view::npos ? end : end - at);
    if (has_unprintable(line) || line.ends_with(' ')) return false;
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return true;
}

class Emitter {
 public:
  [[nodiscard]] std::string take() { return std::move(out_); }

  void document(const YamlNode& node) { nested(node) ? block(node, 0, false) : leaf(node, 0); }

 private:
  static bool nested(const YamlNode& node) { return !node.items.empty() || !node.members.empty(); }

  /// A scalar or an empty collection, to the end of its line; further lines of a block go under `indent`.
  void leaf(const YamlNode& node, std::size_t indent) {
    switch (node.kind) {
      case YamlKind::null: out_ += "null"; break;
      case YamlKind::mapping: out_ += "{}"; break;
      case YamlKind::sequence: out_ += "[]"; break;
      case YamlKind::scalar:
        if (fits_block(node.text)) return block_scalar(node.text, indent + 2);
        out_ += one_line(node.text, node.quoted);
        break;
    }
    out_ += '\n';
  }

  void block_scalar(std::string_view text, std::size_t indent) {
    const bool ends_with_break = text.ends_with('\n');
    out_ += ends_with_break ? "|\n" : "|-\n";
    if (ends_with_break) text.remove_suffix(1);
    for (bool more = true; more;) {
      const auto end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (!line.empty()) out_.append(indent, ' ').append(line);
      out_ += '\n';
      more = end != std::string_view::npos;
      if (more) text.remove_prefix(end + 1);
    }
  }

  /// The collection's lines; the first one's blanks are there already where it shares a line with "- ".
  void block(const YamlNode& node, std::size_t indent, bool shares_line) {
    for (const auto& member : node.members) {
      begin(indent, shares_line);
      out_ += one_line(member.key, true) + ":";
      if (!nested(member.value)) {
        out_ += ' ';
        leaf(member.value, indent);
        continue;
      }
      out_ += '\n';
      block(member.value, member.value.is_sequence() ? indent : indent + 2, false);
    }
    for (const auto& item : node.items) {
      begin(indent, shares_line);
      out_ += "- ";
      nested(item) ? block(item, indent + 2, true) : leaf(item, indent);
    }
  }

  void begin(std::size_t indent, bool& shares_line) {
    if (!shares_line) out_.append(indent, ' ');
    shares_line = false;
  }

  std::string out_;
};

}  // namespace

std::string to_yaml(const YamlNode& node) {
  Emitter emitter;
  emitter.document(node);
  return emitter.take();
}

}  // namespace pgd
