// What two replies of a server add up to: as glibc 2.36 does, each row seen by tests/lab/dns_parity.
#include "tests/rules/lookup_world.hpp"

namespace {

using Pair = std::array<model::DnsReply, 2>;

model::DnsReply four_of(DnsStatus status) { return reply_of(status, status == noerror ? Texts{"192.0.2.1"} : Texts{}); }
model::DnsReply six_of(DnsStatus status) {
  return reply_of(status, status == noerror ? Texts{"2001:db8::1"} : Texts{});
}
Pair pair_of(DnsStatus four, DnsStatus six) { return {four_of(four), six_of(six)}; }
Pair by_tcp(Pair pair) {
  for (auto& reply : pair) reply.tcp = reply.status != timeout;
  return pair;
}

/// The first server plays `first`, the others know the name.
auto others_know(const Pair& first) {
  return [first](const Ask& ask) {
    const auto family = static_cast<std::size_t>(ask.family);
    return ask.server == 0 ? first.at(family) : pair_of(noerror, noerror).at(family);
  };
}

const Texts both_of_first{"4 a @0", "6 a @0"}, both_of_second{"4 a @0", "6 a @0", "4 a @1", "6 a @1"};

}  // namespace

TEST_CASE("servfail, refused and notimp are passed over beside any other answer; both so, the next server is asked") {
  const auto config = config_of(2);
  for (const auto error : {servfail, refused, notimp}) {
    for (const auto word : {noerror, nodata, nxdomain, formerr}) {
      INFO(model::name(error) << " " << model::name(word));
      CHECK(run("a", config, others_know(pair_of(error, word))).asked == both_of_first);
      CHECK(run("a", config, others_know(pair_of(word, error))).asked == both_of_first);
    }
    CHECK(run("a", config, others_know(pair_of(error, servfail))).asked == both_of_second);
    CHECK(run("a", config, others_know(pair_of(notimp, error))).asked == both_of_second);
  }
}

TEST_CASE("by TCP an error is the last word") {
  const auto config = config_of(2);
  CHECK(run("a", config, others_know(by_tcp(pair_of(servfail, servfail)))).asked == both_of_first);
  CHECK(run("a", config, others_know(by_tcp(pair_of(refused, notimp)))).asked == both_of_first);
  // Nor is a family that stays silent asked again.
  CHECK(run("a", config, others_know(by_tcp(pair_of(noerror, timeout)))).asked == both_of_second);
  CHECK(run("a", config, others_know(by_tcp(pair_of(timeout, noerror)))).asked == both_of_second);
}

TEST_CASE("A without AAAA is enough, AAAA without A is not") {
  const auto config = config_of(2);
  const auto six_silent = run("a", config, others_know(pair_of(noerror, timeout)));
  CHECK(six_silent.asked == Texts{"4 a @0", "6 a @0", "6 a @0"});
  CHECK(six_silent.lookup.ipv4.status == noerror);
  CHECK(six_silent.lookup.ipv6.status == timeout);
  CHECK(six_silent.lookup.resolved());

  const auto four_silent = run("a", config, others_know(pair_of(timeout, noerror)));
  CHECK(four_silent.asked == Texts{"4 a @0", "6 a @0", "4 a @0", "4 a @1", "6 a @1"});
  CHECK(four_silent.lookup.ipv4.status == noerror);
  CHECK(four_silent.lookup.ipv6.status == noerror);
  const auto alone = run("a", config_of(1), others_know(pair_of(timeout, noerror)));
  CHECK(alone.asked == Texts{"4 a @0", "6 a @0", "4 a @0"});
  CHECK(alone.lookup.ipv4.status == timeout);
  CHECK(alone.lookup.ipv6.status == timeout);
  CHECK_FALSE(alone.lookup.resolved());

  // No such patience beside an error, which is none of the zone's words.
  CHECK(run("a", config, others_know(pair_of(servfail, timeout))).asked == both_of_second);
  CHECK(run("a", config, others_know(pair_of(timeout, refused))).asked == both_of_second);
}

TEST_CASE("a family asked again may answer then") {
  int asked = 0;
  const auto lost_once = run("a", config_of(1), [&](const Ask& ask) {
    return ask.family == Family::ipv4 ? four_of(noerror) : six_of(asked++ == 0 ? timeout : noerror);
  });
  CHECK(lost_once.asked == Texts{"4 a @0", "6 a @0", "6 a @0"});
  CHECK(lost_once.lookup.ipv6.status == noerror);
}

TEST_CASE("a closed port loses what the other family said") {
  const auto config = config_of(2);
  CHECK(run("a", config, others_know(pair_of(noerror, unreachable))).asked == both_of_second);
  CHECK(run("a", config, others_know(pair_of(unreachable, nxdomain))).asked == both_of_second);
  CHECK(run("a", config_of(1), others_know(pair_of(noerror, unreachable))).lookup.ipv4.status == timeout);
}

TEST_CASE("use-vc asks every server once") {
  auto config = config_of(2, {}, 1, 3);
  config.use_tcp = true;
  CHECK(run("a", config, always(timeout)).asked == both_of_second);
}

TEST_CASE("single-request asks AAAA after A, and not where A was an error") {
  auto config = config_of(2);
  config.single_request = true;
  LookupMachine machine("a", config);
  const auto first = machine.start();
  REQUIRE(first == std::vector{Ask{"a", Family::ipv4, 0}});
  CHECK(machine.resume(first[0], four_of(noerror)) == std::vector{Ask{"a", Family::ipv6, 0}});
  CHECK(run("a", config, others_know(pair_of(nxdomain, noerror))).lookup.ipv6.status == noerror);
  CHECK(run("a", config, others_know(pair_of(servfail, noerror))).asked == Texts{"4 a @0", "4 a @1", "6 a @1"});
}

TEST_CASE("no-aaaa never asks for AAAA") {
  auto config = config_of(2);
  config.no_aaaa = true;
  const auto [asked, lookup] = run("a", config, others_know(pair_of(noerror, noerror)));
  CHECK(asked == Texts{"4 a @0"});
  CHECK(lookup.resolved());
  CHECK(lookup.ipv6.status == nodata);
  CHECK(run("a", config, others_know(pair_of(servfail, noerror))).asked == Texts{"4 a @0", "4 a @1"});
  CHECK(run("a", config, others_know(pair_of(timeout, noerror))).asked == Texts{"4 a @0", "4 a @1"});
}

TEST_CASE("records of any kind end the search, of either family") {
  const auto config = config_of(1, {"x", "y"}, 5);
  for (const auto& pair : {pair_of(nodata, nxdomain), pair_of(nxdomain, nodata), pair_of(formerr, servfail)}) {
    INFO(model::name(pair[0].status) << " " << model::name(pair[1].status));
    const auto world = [&pair](const Ask& ask) {
      auto reply = pair.at(static_cast<std::size_t>(ask.family));
      reply.ends_search = ask.name == "a.x" && (reply.status == nodata || reply.status == formerr);
      return reply;
    };
    const auto [asked, lookup] = run("a", config, world);
    CHECK(asked == Texts{"4 a.x @0", "6 a.x @0"});
    CHECK_FALSE(lookup.resolved());
    CHECK(lookup.ipv4.status == pair[0].status);
  }
}

TEST_CASE("of A records that can't be read nothing is taken, nor of AAAA beside them") {
  auto spoilt = reply_of(formerr);
  spoilt.ends_search = spoilt.unreadable = true;
  const auto config = config_of(2);
  const auto four = run("a", config, others_know({spoilt, six_of(noerror)}));
  CHECK(four.asked == both_of_first);
  CHECK_FALSE(four.lookup.resolved());
  CHECK(four.lookup.ipv6.status == formerr);
  const auto six = run("a", config, others_know({four_of(noerror), spoilt}));
  CHECK(six.lookup.resolved());
  CHECK(six.lookup.ipv6.status == formerr);
}
