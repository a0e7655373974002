// The files of a Secret become a bundle: chain, anchors, the state of the key, and what is wrong with the files.
#include "agent/rules/decode.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/rules/decoding.hpp"

using namespace decoding;

TEST_CASE("a leaf Secret becomes chain, key state and its copy of the CA") {
  const Minted root = Recipe{"root"}.ca().self_signed();
  const Minted middle = Recipe{"middle"}.ca().issued_by(root);
  const Minted leaf =
      Recipe{"leaf"}.dns({"a.example", "b.example"}).ip({"10.0.0.1", "::1"}).serial(0xabcd).issued_by(middle);
  const auto bundle = decode(leaf.pem() + middle.pem(), leaf.key_pem(), root.pem());

  REQUIRE(bundle.chain.size() == 2);
  const auto& facts = *bundle.leaf();
  CHECK(facts.subject == "CN=leaf");
  CHECK(facts.issuer == "CN=middle");
  CHECK(facts.common_name == "leaf");
  CHECK(facts.serial == "abcd");
  CHECK(facts.fingerprint_sha256 == common::sha256_hex(leaf.der()));
  CHECK(common::to_rfc3339(facts.not_before) == "2026-01-01T00:00:00Z");
  CHECK(common::to_rfc3339(facts.not_after) == "2026-04-01T00:00:00Z");
  CHECK(facts.dns_names == std::vector<std::string>{"a.example", "b.example"});
  CHECK(facts.ip_addresses == std::vector<std::string>{"10.0.0.1", "::1"});
  CHECK_FALSE(facts.is_ca);
  CHECK_FALSE(facts.self_issued);
  CHECK(facts.key == "EC P-256");
  CHECK(facts.signature == "ecdsa-with-SHA256");
  CHECK(facts.authority_key_id == bundle.chain[1]->subject_key_id);
  CHECK(facts.subject_key_id.size() == 40);
  CHECK(facts.position == model::Position::leaf);
  CHECK(bundle.chain[1]->position == model::Position::intermediate);
  CHECK(bundle.chain[1]->index == 1);
  CHECK(bundle.chain[1]->is_ca);
  REQUIRE(bundle.anchors.size() == 1);
  CHECK(bundle.anchors[0]->position == model::Position::anchor);
  CHECK(bundle.anchors[0]->self_issued);
  CHECK(bundle.key == KeyState::matches);
  CHECK(bundle.key_fingerprint.size() == 64);
  CHECK(bundle.key_mode == 0100440);
  CHECK(bundle.file_problems.empty());
  CHECK(bundle.pem_problems.empty());
  CHECK_FALSE(bundle.cert_file_empty);
  CHECK(bundle.directory == "/secrets/test");
  CHECK(bundle.generation == "..2026_01_01_00_00_00.1");
}

TEST_CASE("keys of every kind and form match their certificate") {
  for (const auto kind : {KeyKind::p256, KeyKind::rsa2048, KeyKind::rsa1024, KeyKind::ed25519, KeyKind::p192}) {
    const Minted leaf = Recipe{"leaf"}.kind(kind).self_signed();
    const Minted other = Recipe{"other"}.kind(kind).self_signed();
    for (const auto form : {KeyForm::pkcs8, KeyForm::traditional}) {
      if (kind == KeyKind::ed25519 && form == KeyForm::traditional) continue;
      INFO(static_cast<int>(kind) << " form " << static_cast<int>(form));
      CHECK(decode(leaf.pem(), leaf.key_pem(form)).key == KeyState::matches);
      CHECK(decode(leaf.pem(), other.key_pem(form)).key == KeyState::mismatch);
    }
    const auto encrypted = decode(leaf.pem(), leaf.key_pem(KeyForm::encrypted_pkcs8));
    CHECK(encrypted.key == KeyState::encrypted);
    CHECK(encrypted.key_fingerprint.empty());
  }
  const Minted ec = Recipe{"leaf"}.self_signed();
  const Minted rsa = Recipe{"leaf"}.kind(KeyKind::rsa2048).self_signed();
  CHECK(decode(ec.pem(), ec.key_pem(KeyForm::with_parameters)).key == KeyState::matches);
  CHECK(decode(ec.pem(), ec.key_pem(KeyForm::encrypted_traditional)).key == KeyState::encrypted);
  CHECK(decode(ec.pem(), rsa.key_pem()).key == KeyState::mismatch);
  CHECK(decode(ec.pem(), rsa.key_pem(KeyForm::traditional)).key == KeyState::mismatch);
  CHECK(decode(rsa.pem(), ec.key_pem(KeyForm::traditional)).key == KeyState::mismatch);
  CHECK(decode(ec.pem(), "some text\n" + ec.pem() + with_crlf(ec.key_pem())).key == KeyState::matches);
  CHECK(decode(ec.pem(), ec.pem()).key == KeyState::malformed);
  CHECK(decode(ec.pem(), "nonsense").key == KeyState::malformed);
  CHECK(decode(ec.pem(), block("PRIVATE KEY", "nonsense")).key == KeyState::malformed);
  CHECK(decode("nonsense", ec.key_pem()).key == KeyState::unknown);
  CHECK(decode(ec.pem()).key == KeyState::absent);
  // The same key has the same fingerprint, whatever form it comes in.
  CHECK(decode(ec.pem(), ec.key_pem()).key_fingerprint ==
        decode(ec.pem(), ec.key_pem(KeyForm::traditional)).key_fingerprint);
}

TEST_CASE("files that are absent, empty or without certificates") {
  const Minted leaf = Recipe{"leaf"}.self_signed();
  auto bundle = decode("", "");
  REQUIRE(bundle.file_problems.size() == 2);
  CHECK(bundle.file_problems[0].file == "tls.crt");
  CHECK(bundle.file_problems[1].file == "tls.key");
  CHECK_FALSE(bundle.cert_file_empty);

  CHECK(decode("# nothing yet\n", leaf.key_pem()).cert_file_empty);
  CHECK(decode(leaf.key_pem(), leaf.key_pem()).cert_file_empty);
  CHECK(decode(leaf.der(), leaf.key_pem()).cert_file_empty);

  bundle = decode("", "", "", SecretRole::client_ca);
  REQUIRE(bundle.file_problems.size() == 1);
  CHECK(bundle.file_problems[0].file == "ca.crt");
  CHECK(decode("", "", "text", SecretRole::client_ca).cert_file_empty);
  // A CA Secret may hold the CA's own pair; that is not ours to judge.
  bundle = decode(leaf.pem(), leaf.key_pem(), leaf.pem(), SecretRole::server_ca);
  CHECK(bundle.chain.empty());
  CHECK(bundle.anchors.size() == 1);
  CHECK(bundle.key == KeyState::absent);
}

TEST_CASE("the reader's problems are kept, but those with an optional file") {
  auto files = secret_files("", "", "");
  files.problems = {{"tls.crt", model::ReadError::permission, "permission denied"},
                    {"ca.crt", model::ReadError::missing, ""}};
  auto bundle = rules::decode(std::move(files), SecretRole::server, model::Source::mounted);
  REQUIRE(bundle.file_problems.size() == 2);
  CHECK(bundle.file_problems[0].error == model::ReadError::permission);
  CHECK(bundle.file_problems[1].file == "tls.key");

  files = secret_files("", "", "");
  files.problems = {{"", model::ReadError::missing, ""}};
  bundle = rules::decode(std::move(files), SecretRole::server, model::Source::mounted);
  REQUIRE(bundle.file_problems.size() == 1);
  CHECK(bundle.file_problems[0].file.empty());
}

TEST_CASE("configured file names are those of the problems") {
  const auto bundle = rules::decode(secret_files("", "", ""), SecretRole::server, model::Source::written,
                                    {.cert = "server.crt", .key = "server.key", .ca = "server-ca.crt"});
  REQUIRE(bundle.file_problems.size() == 2);
  CHECK(bundle.file_problems[0].file == "server.crt");
  CHECK(bundle.names.ca == "server-ca.crt");
  CHECK(bundle.source == model::Source::written);
}
