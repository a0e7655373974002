// A private key file against the certificate beside it. Parses only to compare, never asks for a passphrase, wipes what
// it decoded.
#pragma once
#include <string>
#include <string_view>

#include "agent/model/pki.hpp"

namespace rules {

struct KeyFacts {
  model::KeyState state = model::KeyState::absent;
  std::string fingerprint;  ///< SHA-256 of the public half (SubjectPublicKeyInfo), "" where the key could not be parsed
  std::string detail;       ///< why malformed, never key bytes
};

/// The first private key of the file (EC parameters and other blocks before it are passed over), PKCS#8, PKCS#1 or
/// SEC1. `leaf` may be null: then the state is `unknown` for a good key.
KeyFacts compare_key(std::string_view pem, X509* leaf);

}  // namespace rules
