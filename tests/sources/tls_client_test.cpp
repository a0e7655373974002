// The client's side of TLS over strings: what is collected of a server and told of the connection. That nothing stays
// in OpenSSL's error queue is checked after each test.
#include "agent/sources/tls_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/sources/tls_wire.hpp"

using namespace tls_wire;
using namespace std::chrono_literals;

TEST_CASE("a chain is collected whatever its state") {
  const auto intermediate = Recipe("issuing").ca().issued_by(server_ca);
  const auto from_issuing = Recipe("n1").issued_by(intermediate);
  const auto foreign_ca = Recipe("server CA").ca().self_signed();  // the same name, another key
  const auto weak_ca = Recipe("weak").ca().kind(support::KeyKind::rsa1024).digest("SHA1").self_signed();
  const std::vector<std::pair<const char*, std::vector<Minted>>> chains{
      {"good", {server_leaf()}},
      {"expired", {Recipe("old").lives(-1s).issued_by(server_ca)}},
      {"of the distant future",
       {Recipe("new").valid(support::pki_epoch + 100'000h, support::pki_epoch + 200'000h).issued_by(server_ca)}},
      {"of another CA", {Recipe("foreign").issued_by(foreign_ca)}},
      {"self-signed", {Recipe("alone").self_signed()}},
      {"a CA as leaf", {Recipe("CA").ca().key_usage("critical,keyCertSign,digitalSignature").self_signed()}},
      {"a client's", {Recipe("client").client().issued_by(server_ca)}},
      {"with intermediate and root", {from_issuing, intermediate, server_ca}},
      {"with certificates that do not belong", {server_leaf(), client_ca, foreign_ca}},
      {"RSA 1024, SHA-1",
       {Recipe("weak leaf").kind(support::KeyKind::rsa1024).digest("SHA1").issued_by(weak_ca), weak_ca}},
  };
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const auto& [what, chain] : chains) {
      INFO(what << ", version " << version);
      Wire wire({}, {.chain = chain, .client_cas = {}, .version = version});
      CHECK(wire.handshake() == Step::done);
      CHECK(wire.client.chain_der() == ders(chain));
      CHECK(wire.client.alert() == -1);
      CHECK(wire.client.error().empty());
      CHECK(queue_is_empty());
      CHECK(wire.hear_out() == Step::ended);
      CHECK(wire.server.client_closed());
    }
  }
}

TEST_CASE("a chain is collected up to 32 certificates") {
  std::vector<Minted> chain{server_leaf()};
  while (chain.size() < 40) chain.push_back(server_ca);
  Wire wire({}, {.chain = chain});
  CHECK(wire.handshake() == Step::done);
  CHECK(wire.client.chain_der().size() == 32);
}

TEST_CASE("version and cipher are told, and nothing before there are any") {
  const auto chain = std::vector{server_leaf()};
  Wire newer({}, {.chain = chain});
  CHECK(newer.client.cipher().empty());
  CHECK(newer.handshake() == Step::done);
  CHECK(newer.client.version() == "TLSv1.3");
  CHECK(newer.client.cipher() == "TLS_AES_256_GCM_SHA384");
  Wire older({}, {.chain = chain, .client_cas = {}, .version = TLS1_2_VERSION});
  CHECK(older.handshake() == Step::done);
  CHECK(older.client.version() == "TLSv1.2");
  CHECK(older.client.cipher() == "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST_CASE("a server of TLS 1.1 alone is given up, and told so") {
  Wire wire({}, {.chain = {server_leaf()}, .client_cas = {}, .version = TLS1_1_VERSION});
  CHECK(wire.handshake() == Step::failed);
  CHECK(wire.client.alert() == alert_protocol_version);
  CHECK_FALSE(wire.client.error().empty());
  CHECK(wire.client.chain_der().empty());
  CHECK(queue_is_empty());
}

TEST_CASE("the name asked for goes out as SNI, ALPN only where it was asked for") {
  Wire named({.server_name = "n1.example", .alpn = true, .identity = nullptr},
             {.chain = {server_leaf()}, .client_cas = {}, .version = TLS1_3_VERSION, .alpn = "postgresql"});
  CHECK(named.handshake() == Step::done);
  CHECK(named.server.server_name() == "n1.example");
  CHECK(named.server.alpn_offered() == "\npostgresql");
  CHECK(named.client.alpn() == "postgresql");

  Wire plain({}, {.chain = {server_leaf()}, .client_cas = {}, .version = TLS1_3_VERSION, .alpn = "postgresql"});
  CHECK(plain.handshake() == Step::done);
  CHECK(plain.server.server_name().empty());
  CHECK(plain.server.alpn_offered().empty());
  CHECK(plain.client.alpn().empty());

  Wire ignored({.server_name = "", .alpn = true, .identity = nullptr}, {.chain = {server_leaf()}});
  CHECK(ignored.handshake() == Step::done);
  CHECK(ignored.client.alpn().empty());
}

TEST_CASE("what comes in single bytes is understood all the same") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Wire wire({.server_name = "n1.example", .alpn = true, .identity = nullptr},
              {.chain = {server_leaf(), server_ca}, .client_cas = {client_ca}, .version = version});
    wire.piece = 1;
    CHECK(wire.handshake() == Step::done);
    CHECK(wire.client.chain_der().size() == 2);
    CHECK(wire.hear_out() == Step::ended);
  }
}

TEST_CASE("what the server says is decrypted, before and after our close_notify") {
  Wire wire({}, {.chain = {server_leaf()}});
  REQUIRE(wire.handshake() == Step::done);
  CHECK(wire.client.write("question") == Step::done);
  wire.exchange();
  std::string heard;
  CHECK(wire.server.read(heard) == TlsServer::Step::done);
  CHECK(heard == "question");

  const std::string longer(40'000, 'x');
  wire.server.write(longer);
  wire.down += wire.server.to_send();
  while (!wire.down.empty()) wire.deliver();
  std::string plain;
  CHECK(wire.client.read(plain) == Step::done);
  CHECK(plain.size() <= 16'384);  // at most so much a call
  while (wire.client.read(plain) == Step::done) {
  }
  CHECK(plain == longer);
  CHECK(wire.client.read(plain) == Step::wants_input);

  wire.server.write("last words");
  plain.clear();
  CHECK(wire.hear_out(plain) == Step::ended);
  CHECK(plain == "last words");
}
