// One probe against a scripted server on loopback: what it says of every way a server can answer, end or be silent.
#include "agent/sources/postgres_tls.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/sources/postgres_probing.hpp"
#include "tests/support/fake_dns.hpp"

using namespace postgres_probing;
using namespace std::string_literals;

TEST_CASE("a healthy server: eight bytes, TLS, close_notify and an end in order") {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto tls = plain_tls;
    tls.version = version;
    const auto probed = probe({.tls = tls});
    CHECK(probed.ended(WireEnd::finished, ProbePhase::authenticate));
    CHECK(probed.exchange().alert == -1);
    CHECK(probed.exchange().detail.empty());
    CHECK(probed.exchange().address == "127.0.0.1");
    CHECK(probed.exchange().tls_version == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"));
    CHECK_FALSE(probed.exchange().cipher.empty());
    CHECK_FALSE(probed.exchange().certificate_requested);
    CHECK(probed.phases() == "connect sslrequest handshake authenticate ");
    CHECK(probed.exchange().duration > 0us);
    CHECK(probed.answer.chain_der == std::vector{leaf.der(), ca.der()});
    REQUIRE(probed.seen.size() == 1);
    CHECK(probed.seen[0].request == "\x00\x00\x00\x08\x04\xd2\x16\x2f"s);
    CHECK(probed.seen[0].startup.empty());
    CHECK(probed.seen[0].server_name == "n1.example");
    CHECK(probed.seen[0].close_notify);
  }
}

TEST_CASE("a server that sends in single bytes is understood") {
  const auto probed = probe({.tls = asking_tls, .bytewise = true});
  CHECK(probed.ended(WireEnd::finished, ProbePhase::authenticate));
  CHECK(probed.answer.chain_der.size() == 2);
  const auto login = probe({.tls = plain_tls, .bytewise = true, .login = support::postgres_error("28000", "no")},
                           with(ClientCertificate::login));
  CHECK(login.ended(WireEnd::server_error, ProbePhase::authenticate));
}

TEST_CASE("silence ends at the deadline, in the phase it fell into") {
  struct Row {
    ScriptPoint point;
    ClientCertificate level;
    ProbePhase phase;
    const char* phases;
    std::size_t chain;
  };
  for (const auto& row :
       {Row{ScriptPoint::sslrequest, ClientCertificate::handshake, ProbePhase::sslrequest, "connect sslrequest ", 0},
        Row{ScriptPoint::handshake, ClientCertificate::handshake, ProbePhase::handshake,
            "connect sslrequest handshake ", 0},
        Row{ScriptPoint::login, ClientCertificate::handshake, ProbePhase::authenticate,
            "connect sslrequest handshake authenticate ", 2},
        Row{ScriptPoint::login, ClientCertificate::login, ProbePhase::authenticate,
            "connect sslrequest handshake authenticate ", 2}}) {
    CAPTURE(row.phases);
    auto question = question_of(0, row.level);
    question.timeout = 300ms;
    const auto probed = probe({.tls = plain_tls, .stops_at = row.point, .how = ScriptEnd::silence}, question);
    CHECK(probed.ended(WireEnd::timeout, row.phase));
    CHECK(probed.phases() == row.phases);
    CHECK(probed.exchange().duration >= 290ms);
    CHECK(probed.took < 1s);
    // What was learned before is kept, and the silent phase lasted until the deadline.
    CHECK(probed.answer.chain_der.size() == row.chain);
    CHECK(*probed.exchange().phases[static_cast<std::size_t>(row.phase)] > 50ms);
    REQUIRE(probed.seen.size() == 1);
    CHECK(probed.seen[0].ended);  // the connection is closed
  }
}

TEST_CASE("a port that takes no connection is a timeout of connecting, after the connect timeout") {
  asio::io_context io;
  const support::FullPort full;
  auto question = question_of(full.port());
  question.connect_timeout = 100ms;
  const auto probed = probe(io, question);
  CHECK(probed.ended(WireEnd::timeout, ProbePhase::connect));
  CHECK(probed.phases() == "connect ");
  CHECK(probed.took >= 90ms);
  CHECK(probed.took < 1s);
  question.connect_timeout = 5s;
  question.timeout = 100ms;  // the shorter one counts
  const auto shorter = probe(io, question);
  CHECK(shorter.ended(WireEnd::timeout, ProbePhase::connect));
  CHECK(shorter.took < 1s);
}

TEST_CASE("a closed port refuses, what is no address is unreachable") {
  asio::io_context io;
  const auto refused = probe(io, question_of(support::closed_port()));
  CHECK(refused.ended(WireEnd::refused, ProbePhase::connect));
  CHECK_FALSE(refused.exchange().detail.empty());
  CHECK(refused.took < 1s);
  auto question = question_of(5432);
  question.address = "n1.example";
  const auto name = probe(io, question);
  CHECK(name.ended(WireEnd::unreachable, ProbePhase::connect));
  CHECK(name.exchange().detail == "not a numeric address");
  question.address = "255.255.255.255";
  CHECK(probe(io, question).ended(WireEnd::unreachable, ProbePhase::connect));
}

TEST_CASE("answers to SSLRequest other than S") {
  struct Row {
    std::string answer;
    WireEnd end;
  };
  for (const auto& [answer, end] :
       {Row{"N", WireEnd::declined}, Row{support::postgres_error("0A000", "unsupported"), WireEnd::server_error},
        Row{"HTTP/1.1 400 Bad Request\r\n\r\n", WireEnd::foreign}, Row{"\0"s, WireEnd::foreign},
        Row{"s", WireEnd::foreign}, Row{"SS", WireEnd::foreign},
        Row{"S" + support::postgres_authentication(0), WireEnd::foreign}}) {
    CAPTURE(answer);
    const auto probed = probe({.tls = plain_tls, .answer = answer});
    CHECK(probed.ended(end, ProbePhase::sslrequest));
    CHECK(probed.answer.chain_der.empty());
    CHECK(probed.seen.at(0).request.size() == 8);  // and nothing after it
    CHECK(probed.took < 1s);
  }
}

TEST_CASE("a server that closes or resets is closed, whatever the phase") {
  for (const auto how : {ScriptEnd::close, ScriptEnd::reset}) {
    for (const auto& [point, phase] : {std::pair{ScriptPoint::sslrequest, ProbePhase::sslrequest},
                                       std::pair{ScriptPoint::handshake, ProbePhase::handshake}}) {
      CAPTURE(static_cast<int>(how));
      const auto probed = probe({.tls = plain_tls, .stops_at = point, .how = how});
      CHECK(probed.ended(WireEnd::closed, phase));
      CHECK(probed.took < 1s);
    }
    const auto login =
        probe({.tls = plain_tls, .stops_at = ScriptPoint::login, .how = how}, with(ClientCertificate::login));
    CHECK(login.ended(WireEnd::closed, ProbePhase::authenticate));
    CHECK(login.answer.chain_der.size() == 2);
  }
  // After our close_notify an end without one is what a server may do; a reset is not.
  CHECK(probe({.tls = plain_tls, .stops_at = ScriptPoint::login, .how = ScriptEnd::close})
            .ended(WireEnd::finished, ProbePhase::authenticate));
}

TEST_CASE("garbage where TLS is due fails on our side") {
  // "S" alone, and after it something that is no TLS: the two come apart.
  asio::io_context io;
  support::PostgresScript script{.tls = plain_tls, .answer = "SHTTP/1.1 200 OK\r\n\r\n", .bytewise = true};
  FakePostgres server(io, script);
  const auto probed = probe(io, question_of(server.port()), &server);
  const bool foreign = probed.exchange().end == WireEnd::foreign && probed.exchange().phase == ProbePhase::sslrequest;
  const bool failed = probed.exchange().end == WireEnd::tls_failed && probed.exchange().phase == ProbePhase::handshake;
  CHECK((foreign || failed));
  CHECK(probed.exchange().alert == -1);
}

TEST_CASE("direct TLS begins at once and wants ALPN") {
  auto question = question_of(0);
  question.negotiation = model::Negotiation::direct;
  auto tls = plain_tls;
  tls.alpn = "postgresql";
  const auto probed = probe({.tls = tls, .direct = true}, question);
  CHECK(probed.ended(WireEnd::finished, ProbePhase::authenticate));
  CHECK(probed.exchange().alpn == "postgresql");
  CHECK(probed.phases() == "connect handshake authenticate ");
  CHECK(probed.seen.at(0).request.empty());

  const auto other = probe({.tls = plain_tls, .direct = true}, question);  // some other server that speaks TLS
  CHECK(other.ended(WireEnd::foreign, ProbePhase::handshake));
  CHECK(other.answer.chain_der.size() == 2);
}

TEST_CASE("a probe that is cancelled ends at once and closes its connection, whatever the phase") {
  for (const auto point : {ScriptPoint::sslrequest, ScriptPoint::handshake, ScriptPoint::login}) {
    asio::io_context io;
    FakePostgres server(io, {.tls = plain_tls, .stops_at = point, .how = ScriptEnd::silence});
    asio::cancellation_signal stop;
    bool ended = false, threw = false;
    asio::co_spawn(
        io, sources::probe_postgres(question_of(server.port())),
        asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& error, const PostgresAnswer&) {
          ended = true;
          threw = error != nullptr;
        }));
    io.run_for(60ms);
    CHECK_FALSE(ended);
    const auto before = steady_clock::now();
    stop.emit(asio::cancellation_type::terminal);
    while ((!ended || !server.seen().at(0).ended) && steady_clock::now() < before + 2s) io.run_one_for(5ms);
    CHECK(steady_clock::now() - before < 200ms);
    CHECK(ended);
    CHECK(threw);
    CHECK(server.seen().at(0).ended);
  }
  asio::io_context io;
  const support::FullPort full;
  asio::cancellation_signal stop;
  bool threw = false;
  asio::co_spawn(io, sources::probe_postgres(question_of(full.port())),
                 asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& error, const PostgresAnswer&) {
                   threw = error != nullptr;
                 }));
  io.run_for(30ms);
  stop.emit(asio::cancellation_type::terminal);
  io.run_for(100ms);
  CHECK(threw);
}
