// Who is asked in which round.
#include "agent/app/due_names.hpp"

#include <catch2/catch_test_macros.hpp>

using model::DnsStatus;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

namespace {

const common::WallTime wall{1'800'000'000s};
const common::SteadyTime steady{1'000s};

/// `life` of the addresses, or of the denial.
std::shared_ptr<const model::NameObservation> name(std::string fqdn, DnsStatus status, std::chrono::seconds life = 0s) {
  auto seen = std::make_shared<model::NameObservation>();
  seen->name.fqdn = std::move(fqdn);
  auto& lookup = seen->last.emplace();
  lookup.ipv4.status = lookup.ipv6.status = status;
  if (status == DnsStatus::noerror) lookup.ipv4.addresses = lookup.ipv6.addresses = {{"192.0.2.1", life}};
  if (status == DnsStatus::nxdomain) lookup.negative_ttl = life;
  seen->failures = status == DnsStatus::noerror ? 0 : 1;
  seen->last_lookup = wall;
  return seen;
}

model::Snapshot three() {
  model::Snapshot snapshot;
  snapshot.names = {name("absent", DnsStatus::nxdomain, 100s), name("long", DnsStatus::noerror, 3600s),
                    name("short", DnsStatus::noerror, 5s)};
  return snapshot;
}

}  // namespace

TEST_CASE("names wait as long as their answers say, and share wake-ups where they may") {
  const auto snapshot = three();
  app::DueNames due({30s, 300s, 3});
  CHECK(due.names(snapshot, steady) == Names{"absent", "long", "short"});  // nothing is known: everything is due
  due.plan(snapshot, {"absent", "long", "short"}, {"absent", "long", "short"}, steady, steady);
  CHECK(due.names(snapshot, steady + 17s).empty());
  CHECK(due.names(snapshot, steady + 18s) == Names{"short"});
  CHECK(due.names(snapshot, steady + 48s) == Names{"long", "short"});
  CHECK(due.names(snapshot, steady + 100s) == Names{"long", "short"});  // never early, not by a second
  CHECK(due.names(snapshot, steady + 101s) == Names{"absent", "long", "short"});
  due.forget();
  CHECK(due.names(snapshot, steady) == Names{"absent", "long", "short"});
}

TEST_CASE("a round begins for an absent name when it is due, not a round later") {
  const auto snapshot = three();
  app::DueNames due({30s, 300s, 3});
  due.plan(snapshot, {"absent", "long", "short"}, {"absent", "long", "short"}, steady, steady);
  CHECK(due.next(steady + 28s, steady) == steady + 28s);
  CHECK(due.next(steady + 94s, steady + 70s) == steady + 94s);    // then 101 s is a round of its own
  CHECK(due.next(steady + 98s, steady + 70s) == steady + 101s);   // little later: one round for both
  CHECK(due.next(steady + 110s, steady + 78s) == steady + 101s);  // sooner
  CHECK(due.next(steady + 110s, steady + 100s) == steady + 106s);
}

TEST_CASE("what a sweep left out comes first in the next, which is no sooner for it") {
  auto snapshot = three();
  app::DueNames due({30s, 300s, 3});
  auto newer = std::make_shared<model::NameObservation>(*snapshot.names[1]);
  newer->last_lookup = wall + 10s;
  snapshot.names[1] = newer;
  due.plan(snapshot, {"long"}, {"absent", "long", "short"}, steady, steady);
  CHECK(due.next(steady + 28s, steady) == steady + 28s);
  CHECK(due.names(snapshot, steady + 59s) == Names{"absent", "short", "long"});
}

TEST_CASE("a sweep that waits for silent servers does not put off the next") {
  const auto snapshot = three();
  app::DueNames due({30s, 300s, 3});
  due.plan(snapshot, {"absent", "long", "short"}, {"absent", "long", "short"}, steady, steady + 20s);
  CHECK(due.names(snapshot, steady + 30s) == Names{"short"});
  CHECK(due.names(snapshot, steady + 120s) == Names{"long", "short"});  // caches remember since the answer
  CHECK(due.names(snapshot, steady + 121s) == Names{"absent", "long", "short"});
  CHECK(due.next(steady + 28s, steady + 20s) == steady + 28s);
  CHECK(due.next(steady + 28s, steady + 25s) == steady + 31s);  // and never at once
}

TEST_CASE("a name that can't be asked is never due") {
  auto snapshot = three();
  auto invalid = std::make_shared<model::NameObservation>(*snapshot.names[0]);
  invalid->invalid = "empty label";
  snapshot.names[0] = invalid;
  CHECK(app::DueNames({30s, 300s, 3}).names(snapshot, steady) == Names{"long", "short"});
}
