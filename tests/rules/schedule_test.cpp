// When an endpoint is probed again.
#include "agent/rules/schedule.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/rules/judge_probe.hpp"

using model::ProbeScope;
using model::ProbeStatus;
using rules::until_next_probe;
using namespace std::chrono_literals;

TEST_CASE("a peer that refuses us is asked four times as seldom, own Postgres is not spared") {
  for (const auto status : model::all_probe_statuses) {
    INFO(name(status));
    const int factor = rules::is_refusal(status) ? 4 : 1;
    CHECK(until_next_probe(ProbeScope::peer, status, 0, 5min) == factor * 5min);
    CHECK(until_next_probe(ProbeScope::self, status, 0, 60s) == 60s);
  }
}

TEST_CASE("a failure not reported yet is looked at again soon, one that is at the usual pace") {
  static_assert(model::probe_failures_to_report == 2);
  const auto failed = ProbeStatus::connect_refused;
  for (const auto scope : model::all_probe_scopes) {
    CHECK(until_next_probe(scope, failed, 1, 5min) == 30s);
    CHECK(until_next_probe(scope, failed, 2, 5min) == 5min);
    CHECK(until_next_probe(scope, failed, 100, 5min) == 5min);
    CHECK(until_next_probe(scope, failed, 1, 10s) == 10s);  // never later than usual
    CHECK(until_next_probe(scope, ProbeStatus::ok, 0, 5min) == 5min);
  }
  // A refusal at one address weighs more than silence at another: each probe costs a log line.
  CHECK(until_next_probe(ProbeScope::peer, ProbeStatus::client_cert_untrusted, 1, 5min) == 20min);
}

TEST_CASE("jitter is at most a fifth either way") {
  CHECK(rules::jittered(100s, 0.0) == 80s);
  CHECK(rules::jittered(100s, 0.5) == 100s);
  CHECK(rules::jittered(100s, 1.0) == 120s);
  CHECK(rules::jittered(100s, -5.0) == 80s);
  CHECK(rules::jittered(100s, 5.0) == 120s);
  CHECK(rules::jittered(0s, 1.0) == 0s);
}
