// Our client certificate and its key, out of what a Secret holds.
#include "agent/sources/identity.hpp"

#include <openssl/err.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/test_pki.hpp"

using sources::Identity;
using support::KeyForm;
using support::KeyKind;
using support::Minted;
using support::Recipe;
using support::secret_files;

namespace {

const Minted root = Recipe("client CA").ca().self_signed();
const Minted issuing = Recipe("issuing").ca().issued_by(root);

Minted leaf(KeyKind kind = KeyKind::p256) { return Recipe("streaming_replica").client().kind(kind).issued_by(issuing); }

std::string why_not(model::SecretFiles files) {
  const auto loaded = Identity::load(std::move(files));
  CHECK(ERR_peek_error() == 0);
  return loaded ? "" : loaded.error().message;
}

std::string der_of(X509* certificate) {
  return Minted{common::X509Ref{X509_dup(certificate), X509_free}, nullptr}.der();
}

}  // namespace

TEST_CASE("certificate, chain and key are loaded in the order of the file") {
  const auto one = leaf();
  const auto loaded = Identity::load(secret_files(one.pem() + issuing.pem() + root.pem(), one.key_pem(), "x"));
  REQUIRE(loaded.has_value());
  const auto& identity = **loaded;
  REQUIRE(identity.chain().size() == 3);
  CHECK(der_of(identity.leaf()) == one.der());
  CHECK(der_of(identity.chain()[0].get()) == one.der());
  CHECK(der_of(identity.chain()[1].get()) == issuing.der());
  CHECK(der_of(identity.chain()[2].get()) == root.der());
  CHECK(EVP_PKEY_eq(identity.key(), one.key.get()) == 1);
  CHECK(identity.fingerprint() == common::sha256_hex(one.der()));
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a chain whose first certificate is not the key's is no identity") {
  const auto one = leaf();
  CHECK(why_not(secret_files(issuing.pem() + one.pem(), one.key_pem(), "")) ==
        "/secrets/test: the private key does not belong to the certificate");
}

TEST_CASE("keys of every kind and form are loaded") {
  for (const auto kind : {KeyKind::p256, KeyKind::rsa1024, KeyKind::rsa2048, KeyKind::ed25519}) {
    const auto one = leaf(kind);
    CHECK(why_not(secret_files(one.pem(), one.key_pem(), "")).empty());
    if (kind != KeyKind::ed25519)
      CHECK(why_not(secret_files(one.pem(), one.key_pem(KeyForm::traditional), "")).empty());
  }
  const auto one = leaf();
  CHECK(why_not(secret_files(one.pem(), one.key_pem(KeyForm::with_parameters), "")).empty());
}

TEST_CASE("what is missing or does not fit is told, without a byte of the key") {
  const auto one = leaf();
  CHECK(why_not(secret_files("", "", "")) == "/secrets/test: no certificate");
  CHECK(why_not(secret_files("", one.key_pem(), "")) == "/secrets/test: no certificate");
  CHECK(why_not(secret_files(one.pem(), "", "")) == "/secrets/test: no private key");
  CHECK(why_not(secret_files("nothing", one.key_pem(), "")) == "/secrets/test: no certificate that can be read");
  CHECK(why_not(secret_files(one.pem(), "nothing", "")) == "/secrets/test: the private key can't be read");
  CHECK(why_not(secret_files(one.pem(), leaf().key_pem(), "")) ==
        "/secrets/test: the private key does not belong to the certificate");
  const auto rsa = leaf(KeyKind::rsa2048);
  CHECK(why_not(secret_files(one.pem(), rsa.key_pem(), "")) ==
        "/secrets/test: the private key does not belong to the certificate");
}

TEST_CASE("an encrypted key is not asked for its passphrase") {
  for (const auto form : {KeyForm::encrypted_pkcs8, KeyForm::encrypted_traditional}) {
    const auto one = leaf();
    CHECK(why_not(secret_files(one.pem(), one.key_pem(form), "")) == "/secrets/test: the private key can't be read");
  }
}

TEST_CASE("a file of very many certificates is taken up to 20") {
  const auto one = leaf();
  std::string pem = one.pem();
  for (int i = 0; i < 40; ++i) pem += issuing.pem();
  const auto loaded = Identity::load(secret_files(pem, one.key_pem(), ""));
  REQUIRE(loaded.has_value());
  CHECK((*loaded)->chain().size() == 20);
}

TEST_CASE("what follows a certificate and is none ends the chain") {
  const auto one = leaf();
  const auto loaded =
      Identity::load(secret_files(one.pem() + one.key_pem() + issuing.pem() + "trailing", one.key_pem(), ""));
  REQUIRE(loaded.has_value());
  CHECK((*loaded)->chain().size() == 2);
}
