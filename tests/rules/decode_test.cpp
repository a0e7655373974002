#include "agent/rules/decode.hpp"

#include <openssl/ssl.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "agent/rules/facts.hpp"
#include "common/openssl.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

using model::KeyState;
using model::PemEffect;
using model::SecretRole;
using support::KeyForm;
using support::KeyKind;
using support::Minted;
using support::Recipe;
using support::secret_files;

namespace {

model::Bundle decode(std::string cert, std::string key = "", std::string ca = "",
                     SecretRole role = SecretRole::server) {
  return rules::decode(secret_files(std::move(cert), std::move(key), std::move(ca)), role, model::Source::mounted);
}

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

std::string block(const std::string& label, const std::string& der) {
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
bool openssl_takes(const std::string& text, As role) {
  const support::TempDir dir;
  const std::string file = dir / "certs.pem";
  std::ofstream(file, std::ios::binary) << text;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_method()), &SSL_CTX_free};
  const int done = role == As::chain ? SSL_CTX_use_certificate_chain_file(context.get(), file.c_str())
                                     : SSL_CTX_load_verify_locations(context.get(), file.c_str(), nullptr);
  common::clear_errors();
  return done == 1;
}

}  // namespace

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

TEST_CASE("PEM is read as OpenSSL reads it") {
  const Minted leaf = Recipe{"leaf"}.self_signed();
  const Minted next = Recipe{"next"}.ca().self_signed();
  const auto loads = [&](const std::string& text, std::size_t count) {
    const auto bundle = decode(text);
    INFO(text.substr(0, 60));
    CHECK(bundle.chain.size() == count);
    CHECK(bundle.pem_problems.empty());
  };
  loads(leaf.pem(), 1);
  loads(with_crlf(leaf.pem() + next.pem()), 2);
  loads("Bag Attributes\n  friendlyName: x\n" + leaf.pem() + "\nsubject=CN = next\n\n" + next.pem(), 2);
  loads(leaf.key_pem() + leaf.pem() + leaf.key_pem(KeyForm::with_parameters) + next.pem(), 2);
  loads(block("X509 CERTIFICATE", leaf.der()), 1);
  loads(leaf.trusted_pem(), 1);
  loads(leaf.pem().substr(0, leaf.pem().size() - 1), 1);  // no newline at the end
  const std::string mark = "\xef\xbb\xbf";
  loads(mark + leaf.pem() + mark + next.pem(), 2);
  loads(mark + "\n" + leaf.pem(), 1);
  CHECK(decode(leaf.trusted_pem()).leaf()->fingerprint_sha256 == common::sha256_hex(leaf.der()));
}

TEST_CASE("a bad block is reported by number and line, and the good ones beside it stay") {
  const Minted leaf = Recipe{"leaf"}.self_signed();
  const Minted next = Recipe{"next"}.ca().self_signed();
  const std::string mark = "\xef\xbb\xbf";
  const auto lines = [](const std::string& text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  };
  std::string damaged = next.pem();
  damaged[100] = '!';
  std::string relabelled = next.pem();
  relabelled.replace(relabelled.rfind("END CERTIFICATE"), 15, "END CERTIFICATO");
  struct Row {
    const char* what;
    std::string bad;
    PemEffect effect = PemEffect::refuses_file;
  };
  const Row rows[] = {
      {"bad base64", damaged},
      {"not DER", block("CERTIFICATE", "nonsense")},
      {"empty", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"},
      {"cut DER", block("CERTIFICATE", next.der().substr(0, next.der().size() - 9))},
      {"another END label", relabelled},
      {"PEM headers",
       "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" + next.pem().substr(28)},
      {"blank before BEGIN", " " + next.pem(), PemEffect::passes_over},
      {"two byte order marks before BEGIN", mark + mark + next.pem(), PemEffect::passes_over},
      {"byte order mark and blank before BEGIN", mark + " " + next.pem(), PemEffect::passes_over},
      {"no time", block("CERTIFICATE", Recipe{"x"}.ends_at("20269931000000Z").self_signed().der()), PemEffect::takes},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto bundle = decode(leaf.pem() + row.bad + next.pem());
    CHECK(bundle.chain.size() == 2);
    REQUIRE(bundle.pem_problems.size() == 1);
    const auto& problem = bundle.pem_problems[0];
    CHECK(problem.file == "tls.crt");
    CHECK(problem.index == 1);
    CHECK(problem.line == lines(leaf.pem()) + 1);
    CHECK_FALSE(problem.detail.empty());
    CHECK(problem.effect == row.effect);
    for (const auto role : {As::chain, As::anchors}) {
      CHECK(openssl_takes(leaf.pem() + row.bad + next.pem(), role) == (row.effect != PemEffect::refuses_file));
    }
    CHECK(problem.detail.find('\n') == std::string::npos);
    // As the first block it is the leaf that is lost: what follows is no leaf, unless OpenSSL never saw the first.
    const auto first = decode(row.bad + next.pem());
    CHECK((first.leaf() != nullptr) == (row.effect == PemEffect::passes_over));
    CHECK(first.chain.size() == 1);
    CHECK_FALSE(first.cert_file_empty);
  }
  CHECK(decode(leaf.pem() + "-----BEGIN CERTIFICATE-----\nMIIB").pem_problems.size() == 1);
}

TEST_CASE("blocks that run into each other") {
  const Minted leaf = Recipe{"leaf"}.self_signed();
  const Minted next = Recipe{"next"}.ca().self_signed();
  // Two files joined without a newline between them.
  const std::string glued = leaf.pem().substr(0, leaf.pem().size() - 1) + next.pem();
  CHECK_FALSE(openssl_takes(glued, As::chain));
  auto bundle = decode(glued);
  CHECK(bundle.chain.empty());
  REQUIRE(bundle.pem_problems.size() == 1);
  CHECK(bundle.pem_problems[0].effect == PemEffect::refuses_file);
  // Without the first END line, the second block is part of the first.
  const std::string open = leaf.pem().substr(0, leaf.pem().rfind("-----END")) + next.pem();
  CHECK(openssl_takes(open, As::chain));
  bundle = decode(open);
  REQUIRE(bundle.chain.size() == 1);
  CHECK(bundle.leaf()->subject == "CN=leaf");
  REQUIRE(bundle.pem_problems.size() == 1);
  CHECK(bundle.pem_problems[0].effect == PemEffect::passes_over);
  CHECK(bundle.pem_problems[0].index == 1);
}

TEST_CASE("bytes behind a certificate in its block spoil the leaf alone") {
  const Minted leaf = Recipe{"leaf"}.self_signed();
  const std::string tailed = block("CERTIFICATE", leaf.der() + "tail");
  CHECK(openssl_takes(leaf.pem() + tailed, As::chain));
  CHECK(decode(leaf.pem() + tailed).pem_problems.empty());
  CHECK_FALSE(openssl_takes(tailed + leaf.pem(), As::chain));
  const auto bundle = decode(tailed + leaf.pem());
  REQUIRE(bundle.pem_problems.size() == 1);
  CHECK(bundle.pem_problems[0].effect == PemEffect::refuses_file);
  CHECK(openssl_takes(tailed, As::anchors));
  CHECK(decode("", "", tailed, SecretRole::server_ca).anchors.size() == 1);
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

TEST_CASE("at most 200 certificates of a file are read") {
  const std::string one = Recipe{"ca"}.ca().self_signed().pem();
  std::string many;
  for (int i = 0; i < 200; ++i) many += one;
  CHECK(decode("", "", many, SecretRole::server_ca).pem_problems.empty());
  const auto bundle = decode("", "", many + one + one, SecretRole::server_ca);
  CHECK(bundle.anchors.size() == 200);
  REQUIRE(bundle.pem_problems.size() == 1);
  CHECK(bundle.pem_problems[0].index == 200);
}

TEST_CASE("times that the clock type can't hold are clamped") {
  const auto facts =
      rules::decode_chain({Recipe{"x"}.starts_at("16010101000000Z").ends_at("99991231235959Z").self_signed().der()});
  REQUIRE(facts.size() == 1);
  CHECK(common::to_rfc3339(facts[0]->not_before) == "1678-01-01T00:00:00Z");
  CHECK(common::to_rfc3339(facts[0]->not_after) == "2261-12-31T00:00:00Z");
  const auto old = rules::decode_chain({Recipe{"x"}.starts_at("19491231235959Z").self_signed().der()});
  CHECK(common::to_rfc3339(old.at(0)->not_before) == "1949-12-31T23:59:59Z");
}

TEST_CASE("names are escaped and bounded") {
  const std::string nul("a\0b.example", 11);
  const auto facts = rules::decode_chain({Recipe{"line\nbreak\x7f" + std::string(40, 'x')}
                                              .organisation(std::string(60, 'o') + "\xc3\xa4")
                                              .dns({nul, "good.example", "new\nline", std::string(300, 'd')})
                                              .self_signed()
                                              .der()});
  REQUIRE(facts.size() == 1);
  CHECK(facts[0]->subject.starts_with("CN=line\\0Abreak\\7Fxxx"));
  CHECK(facts[0]->subject.ends_with("o\\C3\\A4"));
  CHECK(facts[0]->common_name.find('\n') != std::string::npos);
  REQUIRE(facts[0]->dns_names.size() == 4);
  CHECK(facts[0]->dns_names[0] == "a\\00b.example");
  CHECK(facts[0]->dns_names[2] == "new\\0Aline");
  CHECK(facts[0]->dns_names[3].size() <= 255);

  CHECK(rules::printable("abc", 3) == "abc");
  CHECK(rules::printable("abcdef", 5) == "ab...");
  CHECK(rules::printable(std::string(500, '\n')).size() <= 200);
}

TEST_CASE("keys and signatures have readable names") {
  const auto facts = [](const Recipe& recipe) { return rules::decode_chain({recipe.self_signed().der()}).at(0); };
  CHECK(facts(Recipe{}.kind(KeyKind::rsa2048))->key == "RSA 2048");
  CHECK(facts(Recipe{}.kind(KeyKind::rsa2048).digest("SHA1"))->signature == "sha1WithRSAEncryption");
  CHECK(facts(Recipe{}.kind(KeyKind::ed25519))->key == "Ed25519");
  CHECK(facts(Recipe{}.kind(KeyKind::ed25519))->signature == "ED25519");
  CHECK(facts(Recipe{}.kind(KeyKind::p192))->key == "EC P-192");
  const auto v1 = facts(Recipe{"old"}.version(1));
  CHECK(v1->is_ca);
  CHECK(v1->subject_key_id.empty());
  CHECK(facts(Recipe{""})->subject.empty());
}

TEST_CASE("a served chain is decoded from DER, what does not parse is left out") {
  const Minted root = Recipe{"root"}.ca().self_signed();
  const Minted leaf = Recipe{"leaf"}.issued_by(root);
  const auto chain = rules::decode_chain({leaf.der(), "nonsense", root.der()});
  REQUIRE(chain.size() == 2);
  CHECK(chain[0]->position == model::Position::leaf);
  CHECK(chain[1]->position == model::Position::intermediate);
  CHECK(chain[1]->index == 2);
  CHECK(rules::decode_chain({}).empty());
}
