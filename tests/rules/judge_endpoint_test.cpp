// Endpoints: several addresses, a kept login, what is known over time.
#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "agent/rules/judge_probe.hpp"
#include "agent/rules/observe.hpp"
#include "tests/rules/wire_world.hpp"

using namespace wire_world;
using namespace std::chrono_literals;
using model::ProbePhase;
using model::ProbeResult;
using model::ProbeStatus;
using model::WireEnd;

namespace {

struct World {
  Minted root = Recipe{"root"}.ca().self_signed();
  std::vector<model::CertificateRef> good = chain({Recipe{"b-1"}.dns({"b-1-node.example"}).issued_by(root)});
  std::shared_ptr<model::Bundle> ca = ca_bundle({root});
  model::CertificatePolicy policy{};
  model::ProbeObservation seen;

  World() { seen.target = peer(); }
  void round(std::vector<std::string> addresses, std::vector<ProbeResult> results, common::WallTime at = day(10)) {
    std::vector<model::ProbeResultRef> refs;
    for (auto& result : results) refs.push_back(ref(std::move(result)));
    seen = rules::observe(seen, std::move(addresses), std::move(refs), at);
  }
  [[nodiscard]] rules::ProbeJudgement judge(common::WallTime now = day(10)) const {
    return rules::judge_probe({.probe = seen, .ca = ca.get(), .policy = policy, .now = now});
  }
};

ProbeResult login(ProbeResult result, std::optional<model::ServerError> error) {
  result.exchange.level = model::ClientCertificate::login;
  if (error) {
    result.exchange.end = WireEnd::server_error;
    result.exchange.error = std::move(error);
  } else {
    result.exchange.authentication = 0;
  }
  return result;
}

ProbeResult alerted(ProbeResult result, int alert) {
  result.exchange.end = WireEnd::alert;
  result.exchange.alert = alert;
  return result;
}

const model::ServerError not_mapped{"28000", "auth_failed", "no"};
const model::ServerError starting{"57P03", "ProcessStartupPacket", "starting up"};

}  // namespace

TEST_CASE("an endpoint is as its gravest address; certificates are graver than the network") {
  World w;
  w.round({"10.0.0.2", "10.0.0.1", "10.0.0.3"},
          {fine(w.good, day(10), "10.0.0.1"), broken(WireEnd::refused, ProbePhase::connect, day(10), "10.0.0.2"),
           alerted(fine(w.good, day(10), "10.0.0.3"), 48)});
  const auto verdict = w.judge().verdict;
  CHECK(verdict.status == ProbeStatus::client_cert_untrusted);
  CHECK(verdict.address == "10.0.0.3");
  CHECK(verdict.detail == verdict.addresses.at(2).detail);
  CHECK(verdict.addresses.at(0).status == ProbeStatus::ok);
  CHECK(verdict.addresses.at(1).status == ProbeStatus::connect_refused);
  CHECK(verdict.accepted_at_handshake == false);
  CHECK(verdict.not_after == day(90));
  CHECK(verdict.target == w.seen.target);
}

TEST_CASE("an endpoint without addresses has failed in DNS") {
  World w;
  w.round({}, {});
  CHECK(w.seen.unresolved);
  const auto verdict = w.judge().verdict;
  CHECK(verdict.status == ProbeStatus::dns_failed);
  CHECK(verdict.address.empty());
  CHECK(verdict.detail.find("b-1-node.example") == 0);
}

TEST_CASE("accepted at the handshake: all that answered after it, else not known") {
  World w;
  w.round({"10.0.0.1", "10.0.0.2"}, {fine(w.good, day(10), "10.0.0.1"), fine(w.good, day(10), "10.0.0.2")});
  CHECK(w.judge().verdict.accepted_at_handshake == true);
  CHECK_FALSE(w.judge().verdict.accepted_at_login);
  w.round({"10.0.0.1", "10.0.0.2"}, {broken(WireEnd::timeout, ProbePhase::connect, day(10), "10.0.0.2")});
  CHECK_FALSE(w.judge().verdict.accepted_at_handshake);
  auto none = fine(w.good, day(10), "10.0.0.2");
  none.exchange.certificate_sent = false;
  w.round({"10.0.0.2"}, {none});
  CHECK_FALSE(w.judge().verdict.accepted_at_handshake);
  // An answer to the login comes after the certificate was looked at.
  w.round({"10.0.0.2"}, {login(fine(w.good, day(10), "10.0.0.2"), not_mapped)});
  CHECK(w.judge().verdict.accepted_at_handshake == true);
  CHECK(w.judge().verdict.accepted_at_login == false);
}

TEST_CASE("a kept login counts beside a newer handshake that is ok, as far as only a login can tell") {
  World w;
  const std::string at = "10.0.0.1";
  w.round({at}, {login(fine(w.good, day(9), at), not_mapped)}, day(9));
  w.round({at}, {fine(w.good, day(10), at)});
  CHECK(w.judge().verdict.status == ProbeStatus::role_rejected);
  CHECK(w.judge().verdict.accepted_at_login == false);
  CHECK(w.judge().verdict.accepted_at_handshake == true);

  SECTION("the newest wins where it is not ok") {
    w.round({at}, {broken(WireEnd::refused, ProbePhase::connect, day(11), at)}, day(11));
    CHECK(w.judge(day(11)).verdict.status == ProbeStatus::connect_refused);
    CHECK(w.judge(day(11)).verdict.accepted_at_login == false);
  }
  SECTION("a login of another client certificate says nothing of this one") {
    auto renewed = fine(w.good, day(11), at);
    renewed.client_fingerprint = "c2";
    w.round({at}, {renewed}, day(11));
    CHECK(w.judge(day(11)).verdict.status == ProbeStatus::ok);
    CHECK_FALSE(w.judge(day(11)).verdict.accepted_at_login);
  }
  SECTION("a login that went through replaces it") {
    w.round({at}, {login(fine(w.good, day(11), at), std::nullopt)}, day(11));
    w.round({at}, {fine(w.good, day(12), at)}, day(12));
    CHECK(w.judge(day(12)).verdict.status == ProbeStatus::ok);
    CHECK(w.judge(day(12)).verdict.accepted_at_login == true);
  }
  SECTION("that the server was starting then is past") {
    w.round({at}, {login(fine(w.good, day(11), at), starting)}, day(11));
    CHECK(w.judge(day(11)).verdict.status == ProbeStatus::server_unavailable);
    w.round({at}, {fine(w.good, day(12), at)}, day(12));
    CHECK(w.judge(day(12)).verdict.status == ProbeStatus::ok);
    CHECK_FALSE(w.judge(day(12)).verdict.accepted_at_login);
  }
}

TEST_CASE("next_change is the second at which a served chain turns") {
  World w;
  w.good = chain({Recipe{"b-1"}.dns({"b-1-node.example"}).valid(day(10) + 1h, day(90)).issued_by(w.root)});
  w.round({"10.0.0.1"}, {fine(w.good, day(10), "10.0.0.1")});
  auto judged = w.judge();
  CHECK(judged.verdict.status == ProbeStatus::not_yet_valid);
  while (judged.next_change && judged.verdict.status == ProbeStatus::not_yet_valid)
    judged = w.judge(*judged.next_change);
  CHECK(judged.verdict.status == ProbeStatus::ok);
  CHECK(w.judge(day(10) + 1h - 1s).verdict.status == ProbeStatus::not_yet_valid);
  CHECK(w.judge(day(10) + 1h).verdict.status == ProbeStatus::ok);
  REQUIRE(w.judge(day(90) - 1s).next_change);
  CHECK(*w.judge(day(90) - 1s).next_change == day(90));
  CHECK(w.judge(day(90)).verdict.status == ProbeStatus::expired);
}

TEST_CASE("next_change minds the anchors too") {
  World w;
  w.root = Recipe{"root"}.ca().valid(day(10) + 1h, day(900)).self_signed();
  w.ca = ca_bundle({w.root});
  w.round({"10.0.0.1"}, {fine(chain({Recipe{"b-1"}.issued_by(w.root)}), day(10), "10.0.0.1")});
  auto now = day(10);
  while (w.judge(now).verdict.status == ProbeStatus::not_yet_valid) {
    REQUIRE(w.judge(now).next_change);
    now = *w.judge(now).next_change;
  }
  CHECK(now == day(10) + 1h);
}

TEST_CASE("own names are looked for in what our Postgres serves, without altering the status") {
  World w;
  w.seen.target = self();
  w.policy.mode = model::TlsMode::verify_full;
  w.round({"127.0.0.1"}, {fine(w.good, day(10), "127.0.0.1")});
  model::Targets targets;
  targets.required_sans = {"a-1-node.example"};
  const auto judged =
      rules::judge_probe({.probe = w.seen, .ca = w.ca.get(), .policy = w.policy, .now = day(10), .targets = &targets});
  CHECK(judged.verdict.status == ProbeStatus::ok);
  REQUIRE(judged.verdict.addresses.at(0).findings.size() == 1);
  CHECK(judged.verdict.addresses[0].findings[0].code == model::Code::name_not_covered);
}

TEST_CASE("failures are counted in a row, and the newest chain is kept through them") {
  World w;
  const std::string at = "10.0.0.1";
  const auto failures = [&] { return w.seen.addresses.at(0).failures; };
  w.round({at}, {broken(WireEnd::refused, ProbePhase::connect, day(1), at)}, day(1));
  CHECK(failures() == 1);
  CHECK_FALSE(rules::newest_chain(w.seen.addresses.at(0)));
  w.round({at}, {broken(WireEnd::timeout, ProbePhase::handshake, day(2), at)}, day(2));
  CHECK(failures() == 2);
  w.round({at}, {fine(w.good, day(3), at)}, day(3));
  CHECK(failures() == 0);
  w.round({at}, {broken(WireEnd::closed, ProbePhase::sslrequest, day(4), at)}, day(4));
  CHECK(failures() == 1);
  REQUIRE(rules::newest_chain(w.seen.addresses.at(0)));
  CHECK(rules::newest_chain(w.seen.addresses[0])->at == day(3));
  w.round({at}, {broken(WireEnd::closed, ProbePhase::sslrequest, day(5), at)}, day(5));
  CHECK_FALSE(rules::newest_chain(w.seen.addresses.at(0)));  // away for too long to say what it serves now
  CHECK(w.seen.addresses[0].served->at == day(3));
  CHECK(w.seen.last_probe == day(5));
}

TEST_CASE("a refusal is an answer, silence and a server that is away are none") {
  const auto good = chain({Recipe{"x"}.self_signed()});
  CHECK_FALSE(rules::failed(fine(good, day(1)).exchange));
  CHECK_FALSE(rules::failed(alerted(fine(good, day(1)), 48).exchange));
  CHECK_FALSE(rules::failed(login(fine(good, day(1)), not_mapped).exchange));
  CHECK(rules::failed(login(fine(good, day(1)), starting).exchange));
  CHECK(rules::failed(broken(WireEnd::timeout, ProbePhase::authenticate, day(1)).exchange));
  CHECK(rules::failed(broken(WireEnd::declined, ProbePhase::sslrequest, day(1)).exchange));
  CHECK(rules::failed(broken(WireEnd::alert, ProbePhase::handshake, day(1)).exchange));
}

TEST_CASE(
    "addresses follow the name: gone ones are dropped, new ones appear once probed, several results fold in order") {
  World w;
  w.round({"10.0.0.2", "10.0.0.1", "10.0.0.1", "10.0.0.9"},
          {fine(w.good, day(2), "10.0.0.1"), login(fine(w.good, day(1), "10.0.0.1"), not_mapped),
           fine(w.good, day(1), "10.0.0.2"), fine(w.good, day(1), "10.0.0.3")});
  REQUIRE(w.seen.addresses.size() == 2);
  CHECK(w.seen.addresses[0].address == "10.0.0.1");
  CHECK(w.seen.addresses[0].last->at == day(2));
  REQUIRE(w.seen.addresses[0].login);
  CHECK(w.seen.addresses[0].login->at == day(1));
  CHECK(w.seen.addresses[1].address == "10.0.0.2");
  CHECK_FALSE(w.seen.addresses[1].login);
  w.round({"10.0.0.2"}, {});
  REQUIRE(w.seen.addresses.size() == 1);
  CHECK(w.seen.addresses[0].last->at == day(1));
}

TEST_CASE("exchanges are counted by scope and status, their phases by duration") {
  model::Counters counters;
  auto result = fine({}, day(1));
  result.exchange.phases[0] = 1ms;
  result.exchange.phases[2] = 20ms;
  rules::count(counters, model::ProbeScope::peer, ProbeStatus::untrusted, result.exchange);
  CHECK(counters.probes[1][static_cast<std::size_t>(ProbeStatus::untrusted)] == 1);
  CHECK(counters.probes[0][static_cast<std::size_t>(ProbeStatus::untrusted)] == 0);
  const auto observed = [&](std::size_t phase) {
    const auto& counts = counters.probe_duration[phase].counts;
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  };
  CHECK(observed(0) == 1);
  CHECK(observed(1) == 0);
  CHECK(observed(2) == 1);
  CHECK(counters.probe_duration[2].sum > .019);
  CHECK(counters.probe_duration[2].sum < .021);
}
