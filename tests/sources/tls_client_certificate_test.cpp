// The client's side of TLS over strings: what a server gets of our certificate, and how it rejects it.
#include "agent/sources/tls_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/sources/tls_wire.hpp"

using namespace tls_wire;
using namespace std::chrono_literals;

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
    IdentityRef identity;
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
