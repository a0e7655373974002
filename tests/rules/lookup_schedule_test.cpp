// When a name is looked up again.
#include <catch2/catch_test_macros.hpp>

#include "agent/rules/schedule.hpp"

using model::DnsStatus;
using namespace std::chrono_literals;

namespace {

const rules::LookupInterval interval{30s, 300s, 3};

model::NameObservation absent(int failures, std::optional<std::chrono::seconds> negative_ttl) {
  model::NameObservation seen;
  seen.last.emplace();
  seen.last->ipv4.status = seen.last->ipv6.status = DnsStatus::nxdomain;
  seen.last->negative_ttl = negative_ttl;
  seen.failures = failures;
  return seen;
}

model::NameObservation found(std::vector<std::chrono::seconds> four, std::vector<std::chrono::seconds> six) {
  model::NameObservation seen;
  seen.last.emplace();
  const auto fill = [](model::FamilyAnswer& answer, const auto& lives) {
    answer.status = lives.empty() ? DnsStatus::nodata : DnsStatus::noerror;
    for (const auto life : lives) answer.addresses.push_back({"192.0.2.1", life});
  };
  fill(seen.last->ipv4, four);
  fill(seen.last->ipv6, six);
  return seen;
}

std::chrono::milliseconds delay(const model::NameObservation& seen) { return rules::until_next_lookup(seen, interval); }

}  // namespace

TEST_CASE("names that do not exist, without an SOA: less and less often") {
  CHECK(delay({}) == 30s);
  const std::vector<std::pair<int, std::chrono::seconds>> steps{
      {1, 60s}, {2, 120s}, {3, 240s}, {4, 300s}, {1000, 300s}};
  for (const auto& [failures, expected] : steps) CHECK(delay(absent(failures, {})) == expected);
}

TEST_CASE(
    "names that do not exist, with an SOA: once the negative answer has left the caches, however often it failed") {
  for (const int failures : {1, 4, 1000}) {
    CHECK(delay(absent(failures, 90s)) == 91s);  // a cache says 90 s for anything below 91
    CHECK(delay(absent(failures, 5s)) == 30s);
    CHECK(delay(absent(failures, 0s)) == 30s);
    CHECK(delay(absent(failures, 3600s)) == 300s);
  }
}

TEST_CASE("a name that had resolved is asked at the usual pace until it counts as down") {
  auto seen = absent(2, 90s);
  seen.last_success = common::WallTime{};
  CHECK(delay(seen) == 30s);
  CHECK_FALSE(rules::is_absent(seen, 3));
  seen.failures = 3;
  CHECK(delay(seen) == 91s);
  CHECK(rules::is_absent(seen, 3));
  seen.last->negative_ttl.reset();
  CHECK(delay(seen) == 30s);
  seen.failures = 4;
  CHECK(delay(seen) == 60s);
}

TEST_CASE("absent is what both families deny; the hosts file does not make DNS ask it more often") {
  auto seen = absent(1, 90s);
  for (const auto status : model::all_dns_statuses) {
    seen.last->ipv6.status = status;
    INFO(name(status));
    CHECK(rules::is_absent(seen, 3) == (status == DnsStatus::nxdomain));
    if (status != DnsStatus::nxdomain) CHECK(delay(seen) == 30s);
  }
  seen = absent(0, 90s);
  seen.last_success = common::WallTime{};
  seen.last->hosts = {"192.0.2.1"};
  CHECK(delay(seen) == 91s);
}

TEST_CASE("the least life of the addresses stretches the interval, twice at most, where nothing is in doubt") {
  CHECK(delay(found({300s, 45s}, {50s})) == 45s);
  CHECK(delay(found({300s}, {300s})) == 60s);
  CHECK(delay(found({300s}, {})) == 60s);
  CHECK(delay(found({5s}, {300s})) == 30s);
  for (const auto status : model::all_dns_statuses) {
    if (status == DnsStatus::noerror || status == DnsStatus::nodata) continue;
    auto half = found({300s}, {});
    half.last->ipv6.status = status;
    INFO(name(status));
    CHECK(delay(half) == 30s);
  }
}
