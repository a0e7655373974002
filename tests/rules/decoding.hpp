// Files of a Secret decoded from text, and what OpenSSL makes of the same text.
#pragma once
#include <openssl/ssl.h>

#include <fstream>
#include <memory>
#include <string>

#include "agent/rules/decode.hpp"
#include "common/openssl.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

namespace decoding {

using model::KeyState;
using model::PemEffect;
using model::SecretRole;
using support::KeyForm;
using support::KeyKind;
using support::Minted;
using support::Recipe;
using support::secret_files;

inline model::Bundle decode(std::string cert, std::string key = "", std::string ca = "",
                            SecretRole role = SecretRole::server) {
  return rules::decode(secret_files(std::move(cert), std::move(key), std::move(ca)), role, model::Source::mounted);
}

inline std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

inline std::string block(const std::string& label, const std::string& der) {
  std::string base64(4 * (der.size() / 3 + 1) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()),
                                   reinterpret_cast<const unsigned char*>(der.data()), static_cast<int>(der.size()));
  base64.resize(static_cast<std::size_t>(size));
  std::string text = "-----BEGIN " + label + "-----\n";
  for (std::size_t at = 0; at < base64.size(); at += 64) text += base64.substr(at, 64) + "\n";
  return text + "-----END " + label + "-----\n";
}

/// ssl_cert_file or ssl_ca_file, loaded as Postgres does.
enum class As { chain, anchors };
inline bool openssl_takes(const std::string& text, As role) {
  const support::TempDir dir;
  const std::string file = dir / "certs.pem";
  std::ofstream(file, std::ios::binary) << text;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_method()), &SSL_CTX_free};
  const int done = role == As::chain ? SSL_CTX_use_certificate_chain_file(context.get(), file.c_str())
                                     : SSL_CTX_load_verify_locations(context.get(), file.c_str(), nullptr);
  common::clear_errors();
  return done == 1;
}

}  // namespace decoding
