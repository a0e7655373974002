#include "agent/rules/private_key.hpp"

#include <openssl/pem.h>

#include "agent/rules/pem.hpp"

namespace rules {
namespace {

common::KeyPtr parse(std::string_view der, int type) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const auto size = static_cast<long>(der.size());
  // With the type known parsing costs a quarter of what trying every format does.
  common::KeyPtr key{type == EVP_PKEY_NONE ? d2i_AutoPrivateKey(nullptr, &bytes, size)
                                           : d2i_PrivateKey(type, nullptr, &bytes, size)};
  common::clear_errors();
  return key;
}

/// The type the label or the leaf suggests, NONE where neither does.
int likely_type(std::string_view label, EVP_PKEY* leaf_key) {
  if (label == PEM_STRING_RSA) return EVP_PKEY_RSA;
  if (label == PEM_STRING_ECPRIVATEKEY) return EVP_PKEY_EC;
  if (label == PEM_STRING_DSA) return EVP_PKEY_DSA;
  return leaf_key ? EVP_PKEY_get_base_id(leaf_key) : EVP_PKEY_NONE;
}

std::string public_fingerprint(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  common::clear_errors();
  if (size <= 0) return "";
  std::string print = common::sha256_hex({reinterpret_cast<char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return print;
}

KeyFacts compare(const PemBlock& block, X509* leaf) {
  using model::KeyState;
  if (block.label == PEM_STRING_PKCS8) return {KeyState::encrypted, "", ""};
  const PemContent content{block};
  if (!content.readable()) return {KeyState::malformed, "", content.why()};
  if (content.header().find("ENCRYPTED") != std::string_view::npos) return {KeyState::encrypted, "", ""};

  EVP_PKEY* leaf_key = leaf ? X509_get0_pubkey(leaf) : nullptr;
  common::clear_errors();
  auto key = parse(content.der(), likely_type(block.label, leaf_key));
  if (!key) key = parse(content.der(), EVP_PKEY_NONE);
  if (!key) return {KeyState::malformed, "", "the block holds no key that OpenSSL knows"};
  KeyFacts facts{KeyState::unknown, public_fingerprint(key.get()), ""};
  if (leaf_key) {
    facts.state = EVP_PKEY_eq(leaf_key, key.get()) == 1 ? KeyState::matches : KeyState::mismatch;
    common::clear_errors();
  } else if (leaf) {
    // The certificate's own key is of a kind this OpenSSL can't read, so no key can be its.
    facts.state = KeyState::mismatch;
  }
  return facts;
}

}  // namespace

KeyFacts compare_key(std::string_view pem, X509* leaf) {
  KeyFacts facts{model::KeyState::malformed, "", "no private key block"};
  for_each_block(pem, [&](const PemBlock& block) {
    if (!is_private_key_label(block.label)) return true;
    facts = compare(block, leaf);
    return false;
  });
  return facts;
}

}  // namespace rules
