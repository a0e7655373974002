// What is remembered of a server, and whom that makes the first to be asked.
#include "agent/rules/server_state.hpp"

#include <catch2/catch_test_macros.hpp>

using model::DnsServerState;
using model::DnsStatus;
using namespace std::chrono_literals;

namespace {
const common::WallTime now{1'800'000'000s};
}  // namespace

TEST_CASE("one silence makes a server the last, anything it says ends that, an answer ends the failures") {
  for (const auto status : model::all_dns_statuses) {
    INFO(name(status));
    const bool answer = status == DnsStatus::noerror || status == DnsStatus::nodata || status == DnsStatus::nxdomain;
    const auto silent = rules::observe({}, DnsStatus::timeout, false, now);
    CHECK(silent.asked_last);
    CHECK(silent.failures == 1);
    const auto then = rules::observe(silent, status, false, now + 5s);
    CHECK(then.asked_last == (status == DnsStatus::timeout));
    CHECK(then.failures == (answer ? 0 : 2));
    CHECK(then.failing_since == (answer ? std::nullopt : std::optional(now)));
    CHECK(then.last_answer == (answer ? std::optional(now + 5s) : std::nullopt));
    if (!answer) CHECK(then.last_failure == status);
  }
}

TEST_CASE("a lost packet is no silence of the server's: it has said something since") {
  const DnsServerState fine{.server = "192.0.2.1:53", .last_answer = now};
  CHECK(rules::observe(fine, DnsStatus::timeout, true, now + 1s) == fine);
  CHECK(rules::observe(fine, DnsStatus::servfail, true, now + 1s).failures == 1);
}

TEST_CASE("silent servers come last, in their own order, and then there is no rotation") {
  model::ResolverConfig config;
  config.servers = {{"192.0.2.1"}, {"192.0.2.2"}, {"192.0.2.3"}};
  config.rotate = true;
  const auto state = [](const char* server, bool last) { return DnsServerState{.server = server, .asked_last = last}; };
  CHECK(rules::in_order(config, {}) == config);
  auto ordered = rules::in_order(config, {state("192.0.2.1:53", true), state("192.0.2.2:53", false)});
  CHECK(ordered.servers == std::vector<model::DnsServerAddress>{{"192.0.2.2"}, {"192.0.2.3"}, {"192.0.2.1"}});
  CHECK_FALSE(ordered.rotate);
  CHECK(rules::in_order(config, {state("192.0.2.3:53", true)}).servers == config.servers);
  const auto all =
      rules::in_order(config, {state("192.0.2.1:53", true), state("192.0.2.2:53", true), state("192.0.2.3:53", true)});
  CHECK(all == config);
}
