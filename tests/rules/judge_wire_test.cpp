#include "agent/rules/judge_wire.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "tests/rules/judged_world.hpp"

using namespace wire_world;
using namespace std::chrono_literals;
using model::Code;
using model::ProbePhase;
using model::ProbeResult;
using model::Severity;
using model::WireEnd;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a peer is reported after two failures of the network in a row, at once where TLS or certificates fail") {
  struct Case {
    const char* what;
    ProbeResult (*met)(World&);
    int rounds;
  };
  const std::vector<Case> cases{
      {"refused", [](World&) { return broken(WireEnd::refused, ProbePhase::connect, start); }, 2},
      {"silent after the handshake",
       [](World& w) {
         auto result = fine(w.b1, start);
         result.exchange.end = WireEnd::timeout;
         return result;
       },
       2},
      {"no TLS", [](World&) { return broken(WireEnd::declined, ProbePhase::sslrequest, start); }, 1},
      {"another service", [](World&) { return broken(WireEnd::foreign, ProbePhase::sslrequest, start); }, 1},
      {"no common version", [](World&) { return broken(WireEnd::tls_failed, ProbePhase::handshake, start); }, 1},
      {"expired", [](World& w) { return fine(w.expired, start); }, 1},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    World w;
    for (int i = 1; i <= c.rounds; ++i) {
      CHECK_FALSE(w.find(Code::peer_unreachable));
      w.round(peer(), {c.met(w)});
      w.judge();
    }
    const auto* finding = w.find(Code::peer_unreachable);
    REQUIRE(finding);
    CHECK(finding->severity == Severity::critical);
    CHECK(finding->area == model::Area::peers);
    CHECK_FALSE(finding->source);
    CHECK(finding->subject == "b-1-node.example:5432");
    CHECK(contains(finding->message, "10.0.0.7:5432"));
    CHECK(contains(finding->message, "(" + std::string(name(w.verdict.probes.at(0).verdict->status)) + ")"));
    CHECK(finding->message.ends_with('.'));
    CHECK_FALSE(finding->remedy.empty());
    w.round(peer(), {fine(w.b1, start)});
    w.judge();
    CHECK_FALSE(w.find(Code::peer_unreachable));
  }
}

TEST_CASE("of several addresses the gravest is told, and a name without any is left to DNS") {
  World w;
  w.round(peer(), {fine(w.b1, start, "10.0.0.1"), fine(w.expired, start, "10.0.0.2"),
                   broken(WireEnd::declined, ProbePhase::sslrequest, start, "10.0.0.3")});
  w.judge();
  REQUIRE(w.find(Code::peer_unreachable));
  CHECK(contains(w.find(Code::peer_unreachable)->message, "at 2 of 3 addresses (expired): What 10.0.0.2:5432"));
  w.round(peer(), {});
  w.judge();
  CHECK_FALSE(w.find(Code::peer_unreachable));
  CHECK(w.verdict.probes.at(0).verdict->status == model::ProbeStatus::dns_failed);
}

TEST_CASE("a rejected role is said of the peer that rejects it") {
  World w;
  auto result = fine(w.b1, start);
  result.exchange.level = model::ClientCertificate::login;
  result.exchange.end = WireEnd::server_error;
  result.exchange.error = model::ServerError{"28000", "auth_failed", "x"};
  w.round(peer(), {result});
  w.judge();
  REQUIRE(w.find(Code::client_certificate_refused));
  CHECK(w.find(Code::client_certificate_refused)->subject == "b-1-node.example:5432");
  CHECK(contains(w.find(Code::client_certificate_refused)->message, "pg_ident.conf"));
  CHECK_FALSE(w.find(Code::peer_unreachable));
}

TEST_CASE("backends of a node that serve different leaves are told, the older first") {
  World w;
  w.round(peer(), {fine(w.b1_renewed, start, "10.0.0.1"), fine(w.b1, start, "10.0.0.2")});
  w.judge();
  const auto* finding = w.find(Code::backends_differ);
  REQUIRE(finding);
  CHECK(finding->severity == Severity::warning);
  CHECK(contains(
      finding->message,
      "10.0.0.2 serial b1 (expires 2026-04-01T00:00:00Z), 10.0.0.1 serial b2 (expires 2026-04-06T00:00:00Z)."));
  w.policy.certificates.mode = model::TlsMode::require;
  w.snapshot.secrets.pop_back();
  w.judge();
  CHECK(w.find(Code::backends_differ)->severity == Severity::info);
  // An address that does not answer is no backend that differs.
  w.round(peer(), {fine(w.b1, start, "10.0.0.2"), broken(WireEnd::refused, ProbePhase::connect, start, "10.0.0.3")});
  w.judge();
  CHECK_FALSE(w.find(Code::backends_differ));
  auto silent = fine(w.b1_renewed, start, "10.0.0.3");
  silent.exchange.end = WireEnd::timeout;
  w.round(peer(), {fine(w.b1, start, "10.0.0.2"), silent});
  w.judge();
  CHECK_FALSE(w.find(Code::backends_differ));
}

TEST_CASE("behind a group's name each node has its own leaf, so only statuses are compared") {
  World w;
  const auto group = peer("b-group.example", model::NameRole::group);
  w.round(group, {fine(w.b1_renewed, start, "10.0.0.1"), fine(w.b1, start, "10.0.0.2")});
  w.judge();
  CHECK_FALSE(w.find(Code::backends_differ));
  w.round(group, {fine(w.b1_renewed, start, "10.0.0.1"), fine(w.expired, start, "10.0.0.2")});
  w.judge();
  REQUIRE(w.find(Code::backends_differ));
  CHECK(contains(w.find(Code::backends_differ)->message, ", ok)"));
  CHECK(contains(w.find(Code::backends_differ)->message, ", expired)"));
  w.round(group, {fine(w.b1, start, "10.0.0.1"), broken(WireEnd::refused, ProbePhase::connect, start, "10.0.0.2")});
  w.judge();
  CHECK_FALSE(w.find(Code::backends_differ));
}

TEST_CASE("what was judged is kept while observation, CA and policy are the same and its time has not come") {
  World w;
  w.round(peer(), {fine(w.b1, start)});
  w.round(self(), {fine(chain({w.own}), start, "127.0.0.1")});
  const auto first = w.judge().probes;
  REQUIRE(first.size() == 2);
  CHECK(w.judge(start + 1h).probes.at(0).verdict == first[0].verdict);
  w.round(peer(), {fine(w.b1, start)});
  const auto second = w.judge(start + 2h).probes;
  CHECK(second.at(0).verdict != first[0].verdict);
  CHECK(second.at(1).verdict == first[1].verdict);  // the other endpoint is as it was

  REQUIRE(second[0].next_change);
  CHECK(w.judge(*second[0].next_change - 1s).probes.at(0).verdict == second[0].verdict);
  const auto later = w.judge(*second[0].next_change).probes.at(0).verdict;
  CHECK(later != second[0].verdict);

  const auto kept = w.judge(start + 3h).probes.at(0).verdict;  // the clock stepped back: judged anew
  CHECK(kept != later);
  CHECK(w.judge(start + 3h).probes.at(0).verdict == kept);
  w.snapshot.secrets[1] = secret(ca_bundle({w.root}));
  const auto other_ca = w.judge(start + 3h).probes.at(0).verdict;
  CHECK(other_ca != kept);
  w.policy.certificates.mode = model::TlsMode::verify_full;
  const auto other_mode = w.judge(start + 3h).probes.at(0).verdict;
  CHECK(other_mode != other_ca);
  model::Targets targets;
  targets.required_sans = {"a-1-node.example"};
  w.snapshot.targets = std::make_shared<const model::Targets>(targets);
  CHECK(w.judge(start + 3h).probes.at(0).verdict != other_mode);
}

TEST_CASE("endpoints never tried are not judged, and expiry of a served leaf wakes the judge") {
  World w;
  model::ProbeObservation untried;
  untried.target = peer();
  w.snapshot.probes = {std::make_shared<const model::ProbeObservation>(untried)};
  CHECK(w.judge().probes.empty());
  const auto short_lived = chain({Recipe{"b-1"}.valid(day(9), start + 1min).issued_by(w.root)});
  w.round(peer(), {fine(short_lived, start)});
  auto now = start;
  while (!w.find(Code::peer_unreachable) && now < start + 1h) {
    REQUIRE(w.judge(now).next_change);
    now = std::max(now + 1ns, *w.verdict.next_change);
  }
  CHECK(w.verdict.at == start + 1min);
}

TEST_CASE("our own Postgres away: after two failures, before it was ever reached only after the grace") {
  World w;
  w.uptime = 3min;
  const auto away = [&](WireEnd end, ProbePhase phase) {
    w.round(self(), {broken(end, phase, start, "127.0.0.1")});
    return w.judge();
  };
  away(WireEnd::refused, ProbePhase::connect);
  away(WireEnd::refused, ProbePhase::connect);
  CHECK_FALSE(w.find(Code::own_postgres_unreachable));
  CHECK(w.verdict.next_change <= start + 7min);  // the grace is of 10 minutes
  w.uptime = 10min;
  w.judge(start + 7min);
  const auto* finding = w.find(Code::own_postgres_unreachable);
  REQUIRE(finding);
  CHECK(finding->severity == Severity::warning);
  CHECK(finding->area == model::Area::server);
  CHECK(finding->source == model::Source::served);
  CHECK(finding->subject == "127.0.0.1:5432");
  CHECK(contains(finding->message, "connect_refused"));
  CHECK_FALSE(w.find(Code::peer_unreachable));

  w.uptime = 3min;
  w.round(self(), {fine(chain({w.own}), start, "127.0.0.1")});
  w.judge(start + 8min);
  CHECK_FALSE(w.find(Code::own_postgres_unreachable));
  away(WireEnd::timeout, ProbePhase::connect);
  CHECK_FALSE(w.find(Code::own_postgres_unreachable));
  away(WireEnd::timeout, ProbePhase::connect);
  CHECK(w.find(Code::own_postgres_unreachable));  // it was there before

  World without_tls;
  without_tls.uptime = 3min;
  for (int i = 0; i < 2; ++i)
    without_tls.round(self(), {broken(WireEnd::declined, ProbePhase::sslrequest, start, "127.0.0.1")});
  without_tls.judge();
  CHECK(without_tls.find(Code::own_postgres_unreachable));  // it answers, so it is up
}

TEST_CASE("findings of a served leaf are added where it is not the mounted one, once") {
  World w;
  const auto now = day(76);
  w.round(self(), {fine(chain({w.own}), now, "127.0.0.1")}, now);
  const auto served = [&] {
    w.judge(now);
    return std::count_if(w.verdict.findings.begin(), w.verdict.findings.end(), [](const model::Finding& f) {
      return f.source == model::Source::served && f.code == Code::expires_soon;
    });
  };
  CHECK(served() == 0);
  CHECK(w.find(Code::expires_soon));  // said of the mounted one
  w.snapshot.secrets[0] = secret(leaf_bundle(Recipe{"a-1"}.valid(day(70), day(160)).issued_by(w.root)));
  CHECK(served() == 1);
  CHECK(w.find(Code::expires_soon)->area == model::Area::server);
  w.round(self(6432), {fine(chain({w.own}), now, "127.0.0.1")}, now);
  CHECK(served() == 1);
  w.snapshot.secrets.erase(w.snapshot.secrets.begin());
  CHECK(served() == 1);  // nothing mounted to compare with
}
