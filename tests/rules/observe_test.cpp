#include "agent/rules/observe.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace std::chrono_literals;
using model::DnsStatus;

namespace {

const common::WallTime now{1'800'000'000s};
const model::NamePolicy policy{};

model::Lookup answer(std::vector<std::string> addresses) {
  model::Lookup lookup;
  lookup.ipv4.status = addresses.empty() ? DnsStatus::nxdomain : DnsStatus::noerror;
  for (auto& text : addresses) lookup.ipv4.addresses.push_back({std::move(text), 30s});
  lookup.ipv6.status = addresses.empty() ? DnsStatus::nxdomain : DnsStatus::nodata;
  lookup.duration = 2ms;
  return lookup;
}

model::BundleRef bundle(std::string hash, model::KeyState key = model::KeyState::matches, bool loaded = true) {
  auto made = std::make_shared<model::Bundle>();
  made->content_hash = std::move(hash);
  made->key = key;
  if (loaded) made->chain = {std::make_shared<model::Certificate>()};
  return made;
}

}  // namespace

TEST_CASE("a name is up after one success and down after three failures in a row") {
  auto seen = rules::first_sight({"a.example.test", model::NameRole::node, "a", "a-1", true}, now);
  CHECK_FALSE(seen.last);
  CHECK_FALSE(seen.up);
  seen = rules::observe(seen, answer({"10.0.0.1"}), policy, now + 1s);
  CHECK(seen.up);
  CHECK(seen.last_success == now + 1s);
  for (int i = 1; i <= 2; ++i) {
    seen = rules::observe(seen, answer({}), policy, now + 30s * i);
    CHECK(seen.up);
  }
  seen = rules::observe(seen, answer({}), policy, now + 90s);
  CHECK_FALSE(seen.up);
  CHECK(seen.failures == 3);
  CHECK(seen.last_success == now + 1s);
  seen = rules::observe(seen, answer({"10.0.0.1"}), policy, now + 120s);
  CHECK(seen.up);
  CHECK(seen.failures == 0);
  CHECK(seen.address_changes == 0);  // the same address as before the outage
}

TEST_CASE("a family of which nothing was heard is lost, not changed; one that is empty is") {
  auto both = answer({"10.0.0.1"});
  both.ipv6.status = DnsStatus::noerror;
  both.ipv6.addresses.push_back({"fd00::1", 30s});
  const auto seen = rules::observe(rules::first_sight({"a.example.test", model::NameRole::node, "", "", false}, now),
                                   both, policy, now);
  for (const auto lost : {DnsStatus::timeout, DnsStatus::servfail, DnsStatus::refused, DnsStatus::unreachable}) {
    auto one = answer({"10.0.0.1"});
    one.ipv6.status = lost;
    const auto next = rules::observe(seen, one, policy, now);
    CHECK(next.address_changes == 0);
    CHECK(next.last_addresses == std::vector<std::string>{"10.0.0.1", "fd00::1"});
    CHECK(next.recent_changes.empty());
  }
  const auto next = rules::observe(seen, answer({"10.0.0.1"}), policy, now);
  CHECK(next.address_changes == 1);
  CHECK(next.last_addresses == std::vector<std::string>{"10.0.0.1"});
}

TEST_CASE("address changes are counted against the last success, whatever the order") {
  auto seen = rules::first_sight({"a.example.test", model::NameRole::node, "", "", false}, now);
  seen = rules::observe(seen, answer({"10.0.0.1", "10.0.0.2"}), policy, now);
  seen = rules::observe(seen, answer({"10.0.0.2", "10.0.0.1"}), policy, now);
  CHECK(seen.address_changes == 0);
  seen = rules::observe(seen, answer({"10.0.0.3"}), policy, now);
  CHECK(seen.address_changes == 1);
  CHECK(seen.last_addresses == std::vector<std::string>{"10.0.0.3"});
}

TEST_CASE("an impossible name is known as such before anything is asked") {
  CHECK_FALSE(rules::first_sight({"a..b", model::NameRole::node, "", "", false}, now).invalid.empty());
}

TEST_CASE("a rotation is a change between two generations that hold material") {
  model::SecretObservation seen;
  seen = rules::observe(seen, bundle("none", model::KeyState::unknown, false), model::DetectedBy::poll, now);
  seen = rules::observe(seen, bundle("one"), model::DetectedBy::inotify, now + 1s);
  CHECK(seen.rotations[0] + seen.rotations[1] == 0);
  CHECK_FALSE(seen.last_rotation);
  seen = rules::observe(seen, bundle("two"), model::DetectedBy::inotify, now + 2s);
  seen = rules::observe(seen, bundle("two"), model::DetectedBy::poll, now + 3s);
  seen = rules::observe(seen, bundle("three"), model::DetectedBy::poll, now + 4s);
  CHECK(seen.rotations[static_cast<std::size_t>(model::DetectedBy::inotify)] == 1);
  CHECK(seen.rotations[static_cast<std::size_t>(model::DetectedBy::poll)] == 1);
  CHECK(seen.last_rotation == now + 4s);
}

TEST_CASE("a key mismatch is dated from its generation and counted per read") {
  model::SecretObservation seen;
  seen = rules::observe(seen, bundle("a", model::KeyState::mismatch), model::DetectedBy::poll, now);
  CHECK(seen.mismatch_since == now);
  seen = rules::observe(seen, bundle("a", model::KeyState::mismatch), model::DetectedBy::poll, now + 5s);
  CHECK(seen.mismatch_since == now);
  CHECK(seen.mismatch_reads == 2);
  seen = rules::observe(seen, bundle("b", model::KeyState::mismatch), model::DetectedBy::poll, now + 6s);
  CHECK(seen.mismatch_since == now + 6s);
  CHECK(seen.mismatch_reads == 1);
  seen = rules::observe(seen, bundle("c"), model::DetectedBy::poll, now + 7s);
  CHECK_FALSE(seen.mismatch_since);
}

TEST_CASE("lookups are counted by role, family and status") {
  model::Counters counters;
  rules::count(counters, model::NameRole::group, answer({"10.0.0.1"}));
  const auto& row = counters.dns_lookups[static_cast<std::size_t>(model::NameRole::group)];
  CHECK(row[0][static_cast<std::size_t>(DnsStatus::noerror)] == 1);
  CHECK(row[1][static_cast<std::size_t>(DnsStatus::nodata)] == 1);
  const auto& duration = counters.dns_duration[static_cast<std::size_t>(model::NameRole::group)];
  const auto bound = std::lower_bound(model::dns_duration_bounds.begin(), model::dns_duration_bounds.end(), .002);
  CHECK(duration.counts.at(static_cast<std::size_t>(bound - model::dns_duration_bounds.begin())) == 1);
}

TEST_CASE("recent changes: other addresses, down, up again; the last ten minutes and at most 16 of them") {
  auto seen = rules::first_sight({"a.example.test", model::NameRole::node, "a", "a-1", true}, now);
  const model::NamePolicy quickly{.down_after = 2};
  const std::vector<std::pair<std::vector<std::string>, bool>> steps{
      {{}, false},           {{"10.0.0.1"}, false},  // the first success is no change
      {{"10.0.0.1"}, false}, {{"10.0.0.2"}, true},  {{}, false},          {{}, true},  {{}, false},  // down once
      {{"10.0.0.2"}, true},  {{}, false},           {{"10.0.0.3"}, true}, {{}, false}, {{}, true},
      {{"10.0.0.4"}, true},  // back, and elsewhere: one change
  };
  auto at = now;
  std::vector<common::WallTime> expected;
  for (const auto& [addresses, changed] : steps) {
    at += 10s;
    seen = rules::observe(seen, answer(addresses), quickly, at);
    if (changed) expected.push_back(at);
    INFO(at - now);
    CHECK(seen.recent_changes == expected);
  }
  seen = rules::observe(seen, answer({"10.0.0.4"}), quickly, expected.front() + model::flapping_window);
  expected.erase(expected.begin());
  CHECK(seen.recent_changes == expected);
  for (int i = 0; i < 40; ++i) {
    at += 1s;
    seen = rules::observe(seen, answer({"10.0.1." + std::to_string(i)}), quickly, at);
  }
  CHECK(seen.recent_changes.size() == 16);
  CHECK(seen.recent_changes.back() == at);
}
