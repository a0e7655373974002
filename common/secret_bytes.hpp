// Bytes of a private key: wiped when dropped, never copied, never printed.
#pragma once
#include <openssl/crypto.h>

#include <string>
#include <string_view>
#include <utility>

namespace common {

class SecretBytes {
 public:
  SecretBytes() = default;
  /// Takes the buffer over; the source string is left empty.
  explicit SecretBytes(std::string&& bytes) : bytes_(std::exchange(bytes, {})) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe();
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(); }

  [[nodiscard]] std::string_view view() const { return bytes_; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  void wipe() {
    if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
    bytes_.clear();
  }

 private:
  // A heap buffer always (never the small-string one, whose moved-from copy would survive): callers reserve ≥ 64 bytes.
  std::string bytes_;
};

}  // namespace common
