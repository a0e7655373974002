// One probe against a scripted server on loopback: our certificate, and the login as far as it goes.
#include <catch2/catch_test_macros.hpp>

#include "tests/sources/postgres_probing.hpp"

using namespace postgres_probing;
using namespace std::string_literals;

TEST_CASE("our certificate is offered where it is asked for, unless it shall not be") {
  const auto identity = identity_of(client);
  const auto offered = probe({.tls = asking_tls}, with(ClientCertificate::handshake, identity));
  CHECK(offered.ended(WireEnd::finished, ProbePhase::authenticate));
  CHECK(offered.exchange().certificate_requested);
  CHECK(offered.exchange().certificate_sent);
  CHECK(offered.seen.at(0).client_chain == std::vector{client.der()});

  const auto off = probe({.tls = asking_tls}, with(ClientCertificate::off, identity));
  CHECK(off.ended(WireEnd::finished, ProbePhase::authenticate));
  CHECK(off.exchange().certificate_requested);
  CHECK_FALSE(off.exchange().certificate_sent);
  CHECK(off.seen.at(0).client_chain.empty());
}

TEST_CASE("a rejected certificate is an alert, in TLS 1.3 told after the handshake") {
  const auto foreign = identity_of(Recipe("streaming_replica").client().self_signed());
  for (const auto level : {ClientCertificate::handshake, ClientCertificate::login}) {
    const auto newer = probe({.tls = asking_tls}, with(level, foreign));
    CHECK(newer.ended(WireEnd::alert, ProbePhase::authenticate));
    CHECK(newer.exchange().alert == 48);
    CHECK(newer.exchange().certificate_sent);
    CHECK_FALSE(newer.exchange().detail.empty());
    CHECK(newer.answer.chain_der.size() == 2);
  }
  auto tls = asking_tls;
  tls.version = TLS1_2_VERSION;
  const auto older = probe({.tls = tls}, with(ClientCertificate::handshake, foreign));
  CHECK(older.ended(WireEnd::alert, ProbePhase::handshake));
  CHECK(older.exchange().alert == 48);
}

TEST_CASE("a login that succeeds is ended with Terminate") {
  const auto script = PostgresScript{
      .tls = plain_tls,
      .login = support::postgres_authentication(0) + support::postgres_message('S', "server_version\00015\0"s) +
               support::postgres_message('K', "12345678") + support::postgres_message('Z', "I")};
  auto question = with(ClientCertificate::login);
  question.user = "somebody";
  const auto probed = probe(script, question);
  CHECK(probed.ended(WireEnd::finished, ProbePhase::authenticate));
  CHECK(probed.exchange().authentication == 0);
  CHECK_FALSE(probed.exchange().error.has_value());
  const auto& said = probed.seen.at(0).startup;
  CHECK(said.find("user\0somebody\0replication\0true\0"s) != std::string::npos);
  CHECK(said.ends_with("X\x00\x00\x00\x04"s));
  CHECK(probed.seen.at(0).close_notify);
}

TEST_CASE("a server that asks for a password is left without a word") {
  for (const int code : {3, 5, 10}) {
    CAPTURE(code);
    const auto probed = probe(
        {.tls = plain_tls, .login = support::postgres_authentication(code, code == 10 ? "SCRAM-SHA-256\0\0"s : "")},
        with(ClientCertificate::login));
    CHECK(probed.ended(WireEnd::finished, ProbePhase::authenticate));
    CHECK(probed.exchange().authentication == code);
    const auto& said = probed.seen.at(0).startup;
    CHECK(said.ends_with("pgd-agent\0\0"s));  // the StartupMessage and nothing after it
    CHECK(probed.seen.at(0).close_notify);
  }
}

TEST_CASE("a login that is refused brings the server's error") {
  const auto probed =
      probe({.tls = plain_tls, .login = support::postgres_error("28000", "no entry", "ClientAuthentication")},
            with(ClientCertificate::login));
  CHECK(probed.ended(WireEnd::server_error, ProbePhase::authenticate));
  CHECK(probed.exchange().error == model::ServerError{"28000", "ClientAuthentication", "no entry"});
  CHECK_FALSE(probed.exchange().authentication.has_value());
}

TEST_CASE("an error after the certificate was accepted is an error all the same") {
  const auto probed = probe(
      {.tls = plain_tls, .login = support::postgres_authentication(0) + support::postgres_error("57P03", "later")},
      with(ClientCertificate::login));
  CHECK(probed.ended(WireEnd::server_error, ProbePhase::authenticate));
  CHECK(probed.exchange().authentication == 0);
  CHECK(probed.exchange().error->sqlstate == "57P03");
}

TEST_CASE("what is no message of Postgres is foreign, within TLS too, and so is too much of anything") {
  const auto http = probe({.tls = plain_tls, .login = "HTTP/1.1 200 OK\r\n"}, with(ClientCertificate::login));
  CHECK(http.ended(WireEnd::foreign, ProbePhase::authenticate));
  std::string notices;
  while (notices.size() < std::size_t{400} << 10) notices += support::postgres_message('N', std::string(20'000, 'x'));
  const auto flood = probe({.tls = plain_tls, .login = notices}, with(ClientCertificate::login));
  CHECK(flood.ended(WireEnd::foreign, ProbePhase::authenticate));
  CHECK(flood.exchange().detail == "more than 256 KiB");
}
