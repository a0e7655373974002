#include "agent/sources/identity.hpp"

#include <openssl/pem.h>

namespace sources {
namespace {

constexpr std::size_t longest_chain = 20;

/// Never asks: an encrypted key fails to load.
int no_passphrase(char*, int, int, void*) { return 0; }

std::string fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return "";
  std::string print = common::sha256_hex({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return print;
}

}  // namespace

common::Result<std::shared_ptr<const Identity>> Identity::load(model::SecretFiles files) {
  common::clear_errors();
  if (!files.cert || !files.key) {
    return common::Error{files.directory + ": " + (files.cert ? "no private key" : "no certificate")};
  }
  const std::shared_ptr<Identity> identity{new Identity};
  const auto certificates = common::memory_bio(files.cert->bytes);
  while (identity->chain_.size() < longest_chain) {
    common::X509Ptr one{PEM_read_bio_X509(certificates.get(), nullptr, no_passphrase, nullptr)};
    if (!one) break;
    identity->chain_.push_back(std::move(one));
  }
  common::clear_errors();  // the end of the file is one
  if (identity->chain_.empty()) return common::Error{files.directory + ": no certificate that can be read"};
  const auto key = common::memory_bio(files.key->bytes.view());
  identity->key_.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, no_passphrase, nullptr));
  const bool fits = identity->key_ && X509_check_private_key(identity->leaf(), identity->key()) == 1;
  const bool read = identity->key_ != nullptr;
  common::clear_errors();
  if (!read) return common::Error{files.directory + ": the private key can't be read"};
  if (!fits) return common::Error{files.directory + ": the private key does not belong to the certificate"};
  identity->fingerprint_ = fingerprint_of(identity->leaf());
  return std::shared_ptr<const Identity>{identity};
}

}  // namespace sources
