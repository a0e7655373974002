// The client's side of TLS against a real OpenSSL server, over strings: what is collected of the server, what it gets
// of ours, and how a connection can end. That nothing stays in OpenSSL's error queue is checked after each test.
#include "agent/sources/tls_client.hpp"

#include <openssl/err.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/test_pki.hpp"
#include "tests/support/tls_server.hpp"

using sources::ClientIdentity;
using sources::ClientIdentityRef;
using sources::TlsClient;
using Step = TlsClient::Step;
using support::Minted;
using support::Recipe;
using support::TlsServer;
using support::TlsServerOptions;
using namespace std::chrono_literals;

namespace {

constexpr int alert_bad_certificate_expired = 45;
constexpr int alert_unknown_ca = 48;
constexpr int alert_handshake_failure = 40;
constexpr int alert_protocol_version = 70;

const Minted server_ca = Recipe("server CA").ca().self_signed();
const Minted client_ca = Recipe("client CA").ca().self_signed();

Minted server_leaf() { return Recipe("server").dns({"n1.example"}).issued_by(server_ca); }

ClientIdentityRef identity_of(const std::vector<Minted>& chain) {
  std::string pem;
  for (const auto& one : chain) pem += one.pem();
  auto loaded = ClientIdentity::load(support::secret_files(pem, chain.front().key_pem(), ""));
  REQUIRE(loaded.has_value());
  return *loaded;
}

/// A client and a server with a wire between them that a test may cut.
struct Wire {
  TlsClient client;
  TlsServer server;
  std::size_t piece = std::string::npos;  ///< what the client gets at once
  std::string down{};                     ///< on its way from server to client

  Wire(const TlsClient::Options& options, const TlsServerOptions& served) : client(options), server(served) {}

  /// What each side has to say goes over; the server takes a step.
  void exchange() {
    server.received(client.to_send());
    if (!ready) ready = server.handshake() == TlsServer::Step::done;
    down += server.to_send();
  }
  void deliver() {
    const auto bytes = down.substr(0, piece);
    down.erase(0, bytes.size());
    if (!bytes.empty()) client.received(bytes);
  }
  Step handshake() {
    for (int turns = 0; turns < 20'000; ++turns) {
      const auto step = client.handshake();
      if (down.empty()) exchange();
      if (step != Step::wants_input) return step;
      if (down.empty()) return step;  // both wait
      deliver();
    }
    return Step::failed;
  }
  /// Says goodbye and reads to the end, as a probe does.
  Step hear_out(std::string& plain) {
    client.close_notify();
    exchange();
    std::string ignored;
    if (ready && server.read(ignored) == TlsServer::Step::done && server.client_closed()) server.close_notify();
    down += server.to_send();
    while (!down.empty()) deliver();
    client.input_ended();
    for (;;) {
      const auto step = client.read(plain);
      if (step != Step::done) return step;
    }
  }
  Step hear_out() {
    std::string plain;
    return hear_out(plain);
  }

  bool ready = false;
};

std::vector<std::string> ders(const std::vector<Minted>& chain) {
  std::vector<std::string> out;
  for (const auto& one : chain) out.push_back(one.der());
  return out;
}

bool queue_is_empty() { return ERR_peek_error() == 0; }

}  // namespace

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

TEST_CASE("our certificate goes out with its chain, where it is asked for") {
  const auto issuing = Recipe("client issuing").ca().issued_by(client_ca);
  const std::vector<Minted> chain{Recipe("streaming_replica").client().issued_by(issuing), issuing};
  const auto identity = identity_of(chain);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    Wire asked({.server_name = "", .alpn = false, .identity = identity},
               {.chain = {server_leaf()}, .client_cas = {client_ca}, .version = version});
    CHECK(asked.handshake() == Step::done);
    CHECK(asked.client.certificate_requested());
    CHECK(asked.client.certificate_sent());
    CHECK(asked.hear_out() == Step::ended);
    CHECK(asked.client.alert() == -1);
    CHECK(asked.server.client_chain() == ders(chain));

    Wire not_asked({.server_name = "", .alpn = false, .identity = identity},
                   {.chain = {server_leaf()}, .client_cas = {}, .version = version});
    CHECK(not_asked.handshake() == Step::done);
    CHECK_FALSE(not_asked.client.certificate_requested());
    CHECK_FALSE(not_asked.client.certificate_sent());
    CHECK(not_asked.hear_out() == Step::ended);
    CHECK(not_asked.server.client_chain().empty());

    Wire none({}, {.chain = {server_leaf()}, .client_cas = {client_ca}, .version = version});
    CHECK(none.handshake() == Step::done);
    CHECK(none.client.certificate_requested());
    CHECK_FALSE(none.client.certificate_sent());
    CHECK(none.hear_out() == Step::ended);  // Postgres asks, and says at the login whether it requires one
    CHECK(none.server.client_chain().empty());
  }
}

TEST_CASE("a client certificate of a weak key is offered all the same") {
  const auto weak = Recipe("streaming_replica").client().kind(support::KeyKind::rsa1024).digest("SHA1");
  const auto identity = identity_of({weak.issued_by(client_ca)});
  Wire wire({.server_name = "", .alpn = false, .identity = identity},
            {.chain = {server_leaf()}, .client_cas = {client_ca}});
  CHECK(wire.handshake() == Step::done);
  CHECK(wire.client.certificate_sent());
}

TEST_CASE("a rejected client certificate is an alert: in the handshake of TLS 1.2, after it in TLS 1.3") {
  const auto foreign = identity_of({Recipe("streaming_replica").client().self_signed()});
  const auto expired = identity_of({Recipe("streaming_replica").client().lives(1h).issued_by(client_ca)});
  struct Row {
    ClientIdentityRef identity;
    int alert;
  };
  for (const auto& [identity, alert] : {Row{foreign, alert_unknown_ca}, Row{expired, alert_bad_certificate_expired}}) {
    CAPTURE(alert);
    Wire older({.server_name = "", .alpn = false, .identity = identity},
               {.chain = {server_leaf()}, .client_cas = {client_ca}, .version = TLS1_2_VERSION});
    CHECK(older.handshake() == Step::failed);
    CHECK(older.client.alert() == alert);
    CHECK(older.client.error().find("alert") != std::string::npos);
    CHECK(older.client.certificate_sent());
    CHECK(older.client.chain_der().size() == 1);  // collected before

    Wire newer({.server_name = "", .alpn = false, .identity = identity},
               {.chain = {server_leaf()}, .client_cas = {client_ca}});
    CHECK(newer.handshake() == Step::done);
    CHECK(newer.client.alert() == -1);  // not known yet
    CHECK(newer.hear_out() == Step::failed);
    CHECK(newer.client.alert() == alert);
    CHECK(newer.client.error().find("alert") != std::string::npos);
    CHECK(queue_is_empty());
  }
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

TEST_CASE("garbage at any point fails on our side, without an alert from the server") {
  const std::string html = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>no</html>";
  for (const auto& garbage : {html, std::string(100, '\0'), std::string(100, '\xff')}) {
    TlsClient client({});
    CHECK(client.handshake() == Step::wants_input);
    client.received(garbage);
    CHECK(client.handshake() == Step::failed);
    CHECK(client.alert() == -1);
    CHECK_FALSE(client.error().empty());
    CHECK(queue_is_empty());
    client.close_notify();  // too late, and harmless
    std::string plain;
    CHECK(client.read(plain) != Step::done);
    CHECK(queue_is_empty());
  }
  Wire wire({}, {.chain = {server_leaf()}});
  REQUIRE(wire.handshake() == Step::done);
  wire.down += html;
  wire.deliver();
  std::string plain;
  CHECK(wire.client.read(plain) == Step::failed);
  CHECK(plain.empty());
  CHECK(wire.client.alert() == -1);
  CHECK_FALSE(wire.client.error().empty());
  CHECK(queue_is_empty());
}

TEST_CASE("a server's alert in plain text is seen") {
  TlsClient client({});
  CHECK(client.handshake() == Step::wants_input);
  client.received(std::string("\x15\x03\x03\x00\x02\x02\x28", 7));
  CHECK(client.handshake() == Step::failed);
  CHECK(client.alert() == alert_handshake_failure);
  CHECK(client.error().find("handshake failure") != std::string::npos);
}

TEST_CASE("the end of input after any number of bytes ends the handshake, and nothing goes wrong") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    const TlsServerOptions served{.chain = {server_leaf()}, .client_cas = {client_ca}, .version = version};
    std::size_t flight = 0;
    {
      Wire whole({}, served);
      (void)whole.client.handshake();
      whole.exchange();
      flight = whole.down.size();
    }
    REQUIRE(flight > 300);
    int ended = 0, with_chain = 0;
    // A signature's length may vary by a few bytes from one handshake to the next.
    for (std::size_t size = 0; size + 8 < flight; size += size < 16 ? 1 : 13) {
      CAPTURE(size);
      Wire wire({}, served);
      CHECK(wire.client.handshake() == Step::wants_input);
      wire.exchange();
      wire.client.received(wire.down.substr(0, size));
      CHECK(wire.client.handshake() == Step::wants_input);
      wire.client.input_ended();
      CHECK(wire.client.handshake() == Step::ended);
      CHECK(wire.client.alert() == -1);
      CHECK(queue_is_empty());
      ++ended;
      with_chain += !wire.client.chain_der().empty();
    }
    CHECK(ended > 30);
    CHECK(with_chain > 0);  // cut after the certificate, the chain is there
    CHECK(with_chain < ended);
  }
}

TEST_CASE("the end of input after the handshake is an end, with and without close_notify") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const bool orderly : {true, false}) {
      CAPTURE(version, orderly);
      Wire wire({}, {.chain = {server_leaf()}, .client_cas = {}, .version = version});
      REQUIRE(wire.handshake() == Step::done);
      std::string plain;
      CHECK(wire.client.read(plain) == Step::wants_input);
      if (orderly) {
        wire.server.close_notify();
        wire.client.received(wire.server.to_send());
      }
      wire.client.input_ended();
      CHECK(wire.client.read(plain) == Step::ended);
      CHECK(wire.client.alert() == -1);
      CHECK(plain.empty());
      CHECK(queue_is_empty());
    }
  }
}

TEST_CASE("a client that ends in the middle leaves nothing behind") {
  {
    TlsClient unused({});
  }
  CHECK(queue_is_empty());
  {
    Wire wire({}, {.chain = {server_leaf()}});
    CHECK(wire.client.handshake() == Step::wants_input);
    wire.client.close_notify();  // before there is a session
    CHECK(queue_is_empty());
    std::string plain;
    (void)wire.client.read(plain);
    (void)wire.client.write("too early");
  }
  CHECK(queue_is_empty());
}
