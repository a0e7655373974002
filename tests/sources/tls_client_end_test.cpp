// The client's side of TLS over strings: garbage, alerts and ends at any point, with nothing left in OpenSSL's error
// queue.
#include "agent/sources/tls_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/sources/tls_wire.hpp"

using namespace tls_wire;

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
