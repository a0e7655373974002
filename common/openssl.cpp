#include "common/openssl.hpp"

#include <openssl/err.h>
#include <openssl/sha.h>

#include <array>
#include <new>

namespace common {

void clear_errors() { ERR_clear_error(); }

std::string take_errors() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (!text.empty()) text += "; ";
    if (reason) {
      text += reason;
    } else {
      std::array<char, 256> buffer{};
      ERR_error_string_n(code, buffer.data(), buffer.size());
      text += buffer.data();
    }
  }
  return text;
}

BioPtr memory_bio(std::string_view bytes) {
  BioPtr bio{BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))};
  if (!bio) throw std::bad_alloc();
  return bio;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  static constexpr char hex[] = "0123456789abcdef";
  std::string text;
  text.reserve(digest.size() * 2);
  for (const unsigned char byte : digest) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

}  // namespace common
