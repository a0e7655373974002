// The blocks of a PEM file, taken, refused and passed over as OpenSSL does.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/rules/decoding.hpp"

using namespace decoding;

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
