// What is told of one certificate: times, names, keys.
#include <catch2/catch_test_macros.hpp>

#include "agent/rules/decode.hpp"
#include "agent/rules/facts.hpp"
#include "common/time.hpp"
#include "tests/support/test_pki.hpp"

using support::KeyKind;
using support::Minted;
using support::Recipe;

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
