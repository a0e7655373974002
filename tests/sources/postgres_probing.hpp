// One probe against a scripted server on loopback, and what both sides saw of it.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "agent/sources/postgres_tls.hpp"
#include "tests/support/await.hpp"
#include "tests/support/fake_postgres.hpp"

namespace postgres_probing {

namespace asio = boost::asio;
using model::ClientCertificate;
using model::ProbePhase;
using model::WireEnd;
using sources::PostgresAnswer;
using sources::PostgresQuestion;
using std::chrono::steady_clock;
using support::FakePostgres;
using support::Minted;
using support::PostgresScript;
using support::Recipe;
using support::ScriptEnd;
using support::ScriptPoint;
using namespace std::chrono_literals;

inline const Minted ca = Recipe("CA").ca().self_signed();
inline const Minted leaf = Recipe("n1").dns({"n1.example"}).issued_by(ca);
inline const Minted client = Recipe("streaming_replica").client().issued_by(ca);

inline const support::TlsServerOptions plain_tls{.chain = {leaf, ca}};
inline const support::TlsServerOptions asking_tls{.chain = {leaf, ca}, .client_cas = {ca}};

inline sources::IdentityRef identity_of(const Minted& one) {
  auto loaded = sources::Identity::load(support::secret_files(one.pem(), one.key_pem(), ""));
  REQUIRE(loaded.has_value());
  return *loaded;
}

inline PostgresQuestion question_of(std::uint16_t port, ClientCertificate level = ClientCertificate::handshake) {
  PostgresQuestion question;
  question.address = "127.0.0.1";
  question.port = port;
  question.server_name = "n1.example";
  question.level = level;
  question.timeout = 5s;
  question.connect_timeout = 1s;
  return question;
}

struct Probed {
  PostgresAnswer answer;
  std::vector<support::PostgresConnection> seen;
  std::chrono::milliseconds took{0};

  [[nodiscard]] const model::Exchange& exchange() const { return answer.exchange; }
  [[nodiscard]] bool ended(WireEnd end, ProbePhase phase) const {
    CAPTURE(static_cast<int>(exchange().end), name(exchange().phase), exchange().detail, took.count());
    CHECK(exchange().end == end);
    CHECK(exchange().phase == phase);
    return exchange().end == end && exchange().phase == phase;
  }
  /// Of the phases, those begun have a duration: all up to the one it ended in.
  [[nodiscard]] std::string phases() const {
    std::string begun;
    for (const auto phase : model::all_probe_phases) {
      if (exchange().phases[static_cast<std::size_t>(phase)]) begun += std::string(name(phase)) + ' ';
    }
    return begun;
  }
};

inline Probed probe(asio::io_context& io, const PostgresQuestion& question, const FakePostgres* server = nullptr) {
  const auto start = steady_clock::now();
  Probed probed{support::await(io, sources::probe_postgres(question)), {}, {}};
  probed.took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
  io.restart();
  const auto give_up = steady_clock::now() + 2s;
  while (server && !server->seen().empty() && !server->seen().back().ended && steady_clock::now() < give_up) {
    io.run_one_for(10ms);
  }
  if (server) probed.seen = server->seen();
  return probed;
}

inline Probed probe(const PostgresScript& script, PostgresQuestion question = question_of(0)) {
  asio::io_context io;
  FakePostgres server(io, script);
  question.port = server.port();
  return probe(io, question, &server);
}

inline PostgresQuestion with(ClientCertificate level, sources::IdentityRef identity = nullptr) {
  auto question = question_of(0, level);
  question.identity = std::move(identity);
  return question;
}

}  // namespace postgres_probing
