// The blocks of a PEM file, with their line numbers, as OpenSSL's reader finds them. Decodes base64; knows nothing of
// what is inside.
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace rules {

/// A block as it stands in the text.
struct PemBlock {
  std::string_view label;    ///< "CERTIFICATE"
  std::string_view text;     ///< from its BEGIN line to the end of its END line
  int line = 0;              ///< of the BEGIN line, from 1
  std::string_view flaw;     ///< why the block can't be read at all, "" = it can be
  bool passed_over = false;  ///< OpenSSL does not see the block, for something stands before its BEGIN line
};

/// Calls `visit` for each block in order until it returns false. BEGIN markers count at the start of a line only; one
/// with blanks or a byte order mark before it, or inside a block without END line, is passed over without a word. Only
/// at the start of the text and right behind a block OpenSSL skips a byte order mark (pem_lib.c, sanitize_line).
void for_each_block(std::string_view text, const std::function<bool(const PemBlock&)>& visit);

bool is_certificate_label(std::string_view label);
/// "PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY" …
bool is_private_key_label(std::string_view label);

/// The bytes inside a block without flaw, held until destroyed and then wiped. Encrypted blocks are not decrypted.
class PemContent {
 public:
  explicit PemContent(const PemBlock& block);
  PemContent(const PemContent&) = delete;
  PemContent& operator=(const PemContent&) = delete;
  ~PemContent();

  [[nodiscard]] bool readable() const { return data_ != nullptr; }
  [[nodiscard]] std::string_view der() const;
  [[nodiscard]] const std::string& why() const { return why_; }                     ///< why not readable
  [[nodiscard]] std::string_view header() const { return header_ ? header_ : ""; }  ///< "Proc-Type: 4,ENCRYPTED …"

 private:
  char* name_ = nullptr;
  char* header_ = nullptr;
  unsigned char* data_ = nullptr;
  long size_ = 0;
  std::string why_;
};

}  // namespace rules
