#include "agent/rules/pem.hpp"

#include <openssl/pem.h>

#include <optional>
#include <utility>
#include <vector>

#include "common/openssl.hpp"

namespace rules {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view displaced_flaw = "blanks or a byte order mark stand before its BEGIN marker";

/// OpenSSL drops every byte up to the blank at the end of a line.
std::string_view without_trailing_blanks(std::string_view line) {
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  return line;
}

std::optional<std::string_view> label_of(std::string_view line, std::string_view mark) {
  if (!line.starts_with(mark) || !line.ends_with(dashes) || line.size() < mark.size() + dashes.size())
    return std::nullopt;
  return line.substr(mark.size(), line.size() - mark.size() - dashes.size());
}

struct Lines {
  std::string_view text;
  std::size_t at = 0;
  int number = 0;
  std::size_t start = 0;  ///< of the line last returned

  std::optional<std::string_view> next() {
    if (at >= text.size()) return std::nullopt;
    start = at;
    const auto end = text.find('\n', at);
    at = end == std::string_view::npos ? text.size() : end + 1;
    ++number;
    return without_trailing_blanks(text.substr(start, at - start));
  }
};

std::optional<std::string_view> displaced_label(std::string_view line) {
  if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  return label_of(line, begin_mark);
}

}  // namespace

void for_each_block(std::string_view text, const std::function<bool(const PemBlock&)>& visit) {
  Lines lines{text};
  std::optional<PemBlock> open;
  bool first = true;  // of the lines that OpenSSL reads for a block
  std::vector<PemBlock> swallowed;
  std::size_t open_at = 0;
  while (auto line = lines.next()) {
    if (std::exchange(first, false) && line->starts_with(byte_order_mark)) line->remove_prefix(byte_order_mark.size());
    if (open) {
      if (line->starts_with(end_mark)) {
        open->text = text.substr(open_at, lines.at - open_at);
        if (label_of(*line, end_mark) != open->label)
          open->flaw = "its END line does not name what its BEGIN line does";
        if (!visit(*open)) return;
        open.reset();
        first = true;
        for (const auto& block : std::exchange(swallowed, {})) {
          if (!visit(block)) return;
        }
      } else if (const auto label = label_of(*line, begin_mark)) {
        swallowed.push_back({*label, {}, lines.number, "the block before it has no END line", true});
      }
      continue;
    }
    if (const auto label = label_of(*line, begin_mark)) {
      open = PemBlock{*label, {}, lines.number, {}, false};
      open_at = lines.start;
    } else if (const auto displaced = displaced_label(*line)) {
      // The lines up to its END are text for OpenSSL, and so they are here.
      if (!visit({*displaced, {}, lines.number, displaced_flaw, true})) return;
    }
  }
  if (open) {
    open->flaw = "it has no END line";
    visit(*open);
  }
}

bool is_certificate_label(std::string_view label) {
  return label == PEM_STRING_X509 || label == PEM_STRING_X509_OLD || label == PEM_STRING_X509_TRUSTED;
}

bool is_private_key_label(std::string_view label) {
  return label == PEM_STRING_PKCS8INF || label.ends_with(" PRIVATE KEY");
}

PemContent::PemContent(const PemBlock& block) {
  if (!block.flaw.empty()) {
    why_ = block.flaw;
    return;
  }
  common::clear_errors();
  const auto bio = common::memory_bio(block.text);
  // The flag makes OpenSSL wipe its own buffers too, of which some hold lines of a key.
  if (PEM_read_bio_ex(bio.get(), &name_, &header_, &data_, &size_, PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) != 1) {
    why_ = common::take_errors();
    if (why_.empty()) why_ = "not base64";
  }
  common::clear_errors();
}

PemContent::~PemContent() {
  OPENSSL_secure_free(name_);
  OPENSSL_secure_free(header_);
  OPENSSL_secure_clear_free(data_, static_cast<std::size_t>(size_));
}

std::string_view PemContent::der() const {
  return {reinterpret_cast<const char*>(data_), static_cast<std::size_t>(size_)};
}

}  // namespace rules
