// Each finding about names: there where the trouble is, and not where it only looks like it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "agent/rules/comparison.hpp"
#include "agent/rules/judge.hpp"

using common::WallTime;
using model::Code;
using model::DnsStatus;
using model::Family;
using model::Lookup;
using model::NameObservation;
using namespace std::chrono_literals;

namespace {

constexpr WallTime start{1'800'000'000s};

model::FamilyAnswer family(DnsStatus status) { return {status, {}, {}}; }
model::FamilyAnswer addresses(std::vector<std::string> texts) {
  model::FamilyAnswer answer{texts.empty() ? DnsStatus::nodata : DnsStatus::noerror, {}, {}};
  for (auto& text : texts) answer.addresses.push_back({std::move(text), 30s});
  return answer;
}
Lookup lookup(model::FamilyAnswer four, model::FamilyAnswer six = family(DnsStatus::nodata)) {
  Lookup answer;
  answer.ipv4 = std::move(four);
  answer.ipv6 = std::move(six);
  return answer;
}
Lookup fails(DnsStatus status) { return lookup(family(status), family(status)); }
Lookup at(std::vector<std::string> texts) { return lookup(addresses(std::move(texts))); }

model::DnsQuery query(std::string name, Family family, DnsStatus status) {
  return {std::move(name), family, "10.0.0.10:53", status, 1ms, false};
}

NameObservation seen(Lookup last, std::string fqdn = "a-1-node.example.test") {
  NameObservation seen;
  seen.name = {std::move(fqdn), model::NameRole::node, "a", "a-1", true};
  seen.first_seen = start - 1h;
  seen.last_lookup = start;
  seen.up = last.usable();
  if (seen.up) seen.last_success = start;
  seen.failures = seen.up ? 0 : 5;
  seen.last = std::move(last);
  return seen;
}

std::shared_ptr<const model::Truth> truth(std::vector<Lookup> rows, WallTime when = start) {
  model::Truth truth{when, {}};
  for (std::size_t i = 0; i < rows.size(); ++i)
    truth.servers.push_back({"10.0.0.1" + std::to_string(i) + ":53", std::move(rows[i])});
  return std::make_shared<const model::Truth>(std::move(truth));
}

rules::NamesJudgement judge(std::vector<NameObservation> names, WallTime now = start) {
  model::Snapshot snapshot;
  for (auto& name : names) snapshot.names.push_back(std::make_shared<const NameObservation>(std::move(name)));
  snapshot.resolver = std::make_shared<const model::ResolverConfig>(
      model::ResolverConfig{.servers = {{"10.0.0.10", 53}}, .search = {"x.test", "y.test"}, .ndots = 5});
  return rules::judge_names(snapshot, {}, now);
}

const model::Finding* find(const rules::NamesJudgement& judged, Code code) {
  const auto found =
      std::find_if(judged.findings.begin(), judged.findings.end(), [&](const auto& f) { return f.code == code; });
  return found == judged.findings.end() ? nullptr : &*found;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the hosts file answers: the name is up, and what DNS says is told beside it") {
  auto last = fails(DnsStatus::nxdomain);
  last.hosts = {"127.0.1.1"};
  const auto judged = judge({seen(last)});
  REQUIRE(judged.findings.size() == 1);
  CHECK(judged.findings[0].code == Code::hosts_file_answers);
  CHECK(judged.findings[0].severity == model::Severity::info);
  CHECK(contains(judged.findings[0].message, "127.0.1.1"));
  CHECK(contains(judged.findings[0].message, "nxdomain for IPv4 and IPv6"));
  // A family that errs in DNS is nothing to libpq then.
  auto other = lookup(addresses({"10.0.0.1"}), family(DnsStatus::servfail));
  other.hosts = {"10.0.0.2"};
  const auto both = judge({seen(other)});
  REQUIRE(both.findings.size() == 1);
  CHECK(contains(both.findings[0].message, "DNS answers 10.0.0.1"));
  CHECK(judge({seen(at({"10.0.0.1"}))}).findings.empty());
}

TEST_CASE("servers disagree where one denies what another answers, or answers wholly differ") {
  struct Case {
    const char* what;
    std::vector<Lookup> rows;
    bool disagree;
  };
  const std::vector<Case> cases{
      {"the same", {at({"10.0.0.1"}), at({"10.0.0.1"})}, false},
      {"parts of a round robin", {at({"10.0.0.1", "10.0.0.2"}), at({"10.0.0.2", "10.0.0.3"})}, false},
      {"wholly other addresses", {at({"10.0.0.1"}), at({"10.0.0.2"})}, true},
      {"one denies", {at({"10.0.0.1"}), fails(DnsStatus::nxdomain)}, true},
      {"one has no data", {fails(DnsStatus::nodata), at({"10.0.0.1"})}, true},
      {"one knows a family more", {at({"10.0.0.1"}), lookup(addresses({"10.0.0.1"}), addresses({"fd00::1"}))}, true},
      {"one is silent", {at({"10.0.0.1"}), fails(DnsStatus::timeout)}, false},
      {"one refuses", {at({"10.0.0.1"}), fails(DnsStatus::refused)}, false},
      {"both deny, in different words", {fails(DnsStatus::nodata), fails(DnsStatus::nxdomain)}, false},
      {"the third", {at({"10.0.0.1"}), fails(DnsStatus::timeout), fails(DnsStatus::nxdomain)}, true},
      {"one server", {at({"10.0.0.1"})}, false},
  };
  for (const auto& c : cases) {
    INFO(c.what);
    auto name = seen(at({"10.0.0.1"}));
    name.truth = truth(c.rows);
    const auto judged = judge({name});
    const auto* finding = find(judged, Code::servers_disagree);
    REQUIRE((finding != nullptr) == c.disagree);
    if (finding) {
      CHECK(finding->severity == model::Severity::warning);
      CHECK(contains(finding->message, "10.0.0.1"));
    }
  }
  auto name = seen(at({"10.0.0.1"}));
  name.truth = truth({at({"10.1.2.3"}), fails(DnsStatus::timeout), fails(DnsStatus::nxdomain)});
  CHECK(find(judge({name}), Code::servers_disagree)->message ==
        "The name servers disagree about a-1-node.example.test: 10.0.0.10:53 answers 10.1.2.3 (IPv6: nodata); "
        "10.0.0.12:53 says nxdomain for IPv4 and IPv6.");
  name.last->hosts = {"10.0.0.9"};  // nobody asks them
  CHECK_FALSE(find(judge({name}), Code::servers_disagree));
}

TEST_CASE("a name with a domain answered by the search list is another name's answer") {
  struct Case {
    const char* fqdn;
    const char* answered_as;
    bool told;
  };
  const std::vector<Case> cases{
      {"a-1-node.example.test", "a-1-node.example.test", false},
      {"a-1-node.example.test", "a-1-node.example.test.corp.example", true},
      {"a-1-node.example.test.", "a-1-node.example.test", false},
      {"a-1-node", "a-1-node.pgd.svc.cluster.local", false},
      {"a-1-node.pgd", "a-1-node.pgd.svc.cluster.local", false},
      {"a-1-node.pgd.svc", "a-1-node.pgd.svc.cluster.local", false},
      {"a-1-node.pgd", "a-1-node.pgd.corp.example", true},
      {"db.pgd.svc.cluster.local", "db.pgd.svc.cluster.local.pgd.svc.cluster.local", true},
      {"a-1-node.example.test", "", false},
  };
  for (const auto& c : cases) {
    INFO(c.fqdn << " as " << c.answered_as);
    auto last = at({"192.0.2.99"});
    last.answered_as = c.answered_as;
    const auto judged = judge({seen(last, c.fqdn)});
    const auto* finding = find(judged, Code::search_list_answer);
    REQUIRE((finding != nullptr) == c.told);
    if (finding) CHECK(contains(finding->message, "192.0.2.99"));
  }
}

TEST_CASE("what the search list costs is one finding for all names") {
  const auto searched = [](std::string fqdn) {
    auto last = at({"10.0.0.1"});
    for (const auto* domain : {".x.test", ".y.test", ""}) {
      const auto status = *domain ? DnsStatus::nxdomain : DnsStatus::noerror;
      last.queries.push_back(query(fqdn + domain, Family::ipv4, status));
      last.queries.push_back(query(fqdn + domain, Family::ipv6, status));
    }
    last.answered_as = fqdn;
    return seen(last, fqdn);
  };
  const auto judged = judge({searched("a.example.test"), searched("b.example.test")});
  REQUIRE(judged.findings.size() == 1);
  CHECK(judged.findings[0].code == Code::search_cost);
  CHECK(judged.findings[0].severity == model::Severity::info);
  CHECK(judged.findings[0].message ==
        "2 names cost 6 questions a lookup, as the search list is gone through first (ndots:5, 2 domains): "
        "a.example.test is asked as a.example.test.x.test before it is answered as a.example.test.");
  auto direct = at({"10.0.0.1"});
  direct.answered_as = "a.example.test";
  direct.queries = {query("a.example.test", Family::ipv4, DnsStatus::noerror),
                    query("a.example.test", Family::ipv6, DnsStatus::timeout),
                    query("a.example.test", Family::ipv6, DnsStatus::nodata)};
  CHECK(judge({seen(direct, "a.example.test")}).findings.empty());
}

TEST_CASE("a server is failing after three questions in a row, whoever else answers") {
  model::Snapshot snapshot;
  model::DnsServerState good{"10.0.0.10:53", 2, DnsStatus::timeout, false, start, start};
  model::DnsServerState bad{"10.0.0.11:53", 3, DnsStatus::refused, true, start - 60s, std::nullopt};
  snapshot.dns_servers = {good, bad};
  auto judged = rules::judge_names(snapshot, {}, start);
  REQUIRE(judged.findings.size() == 1);
  CHECK(judged.findings[0].code == Code::server_failing);
  CHECK(judged.findings[0].subject == "10.0.0.11:53");
  CHECK(contains(judged.findings[0].message, "3 questions in a row (last refused) since 2027-01-15T07:59:00Z"));
  CHECK(contains(judged.findings[0].message, "the others are asked instead (10.0.0.10:53)"));
  snapshot.dns_servers = {bad};
  CHECK(contains(rules::judge_names(snapshot, {}, start).findings.at(0).message, "there is no other one"));
  good.failures = 3;
  snapshot.dns_servers = {good, bad};
  judged = rules::judge_names(snapshot, {}, start);
  REQUIRE(judged.findings.size() == 2);
  CHECK(contains(judged.findings[0].message, "the others give none either"));
}

TEST_CASE("flapping is more than four changes in ten minutes, and passes by itself") {
  auto name = seen(at({"10.0.0.1"}));
  name.recent_changes = {start - 9min, start - 8min, start - 7min, start - 6min};
  CHECK(judge({name}).findings.empty());
  name.recent_changes.push_back(start - 5min);
  const auto judged = judge({name});
  REQUIRE(judged.findings.size() == 1);
  CHECK(judged.findings[0].code == Code::flapping);
  CHECK(judged.findings[0].severity == model::Severity::warning);
  CHECK(contains(judged.findings[0].message, "changed 5 times"));
  REQUIRE(judged.next_change);
  CHECK(*judged.next_change == start + 1min);
  CHECK(find(judge({name}, *judged.next_change - 1s), Code::flapping));
  CHECK_FALSE(find(judge({name}, *judged.next_change), Code::flapping));
}

TEST_CASE("a name in trouble is compared when its trouble is new, others at the interval") {
  constexpr auto interval = 10min;
  const auto wants = [&](const NameObservation& name, std::chrono::seconds later) {
    return rules::wants_comparison(name, start + later, interval);
  };
  auto good = seen(at({"10.0.0.1"}));
  CHECK(wants(good, 0s));  // never asked
  good.truth = truth({at({"10.0.0.1"}), at({"10.0.0.1"})});
  CHECK_FALSE(wants(good, 599s));
  CHECK(wants(good, 600s));
  CHECK(wants(good, -1s));  // the clock was set back
  CHECK_FALSE(rules::in_trouble(good));

  auto half = good;  // a family errs, as neither server had said
  half.last->ipv6.status = DnsStatus::servfail;
  CHECK(rules::in_trouble(half));
  CHECK_FALSE(wants(half, 59s));
  CHECK(wants(half, 60s));
  half.truth = truth({at({"10.0.0.1"}), *half.last});
  CHECK_FALSE(wants(half, 60s));  // now one has said it

  auto moved = good;
  moved.recent_changes = {start + 1s};
  CHECK(wants(moved, 60s));
  auto split = good;
  split.truth = truth({at({"10.0.0.1"}), fails(DnsStatus::nxdomain)});
  CHECK(wants(split, 60s));

  // Asking for what does not exist keeps it dead in caches.
  auto gone = seen(fails(DnsStatus::nxdomain));
  gone.last->negative_ttl = 900s;
  CHECK(wants(gone, 0s));
  gone.truth = truth({fails(DnsStatus::nxdomain), fails(DnsStatus::timeout)});
  CHECK_FALSE(wants(gone, 899s));
  CHECK(wants(gone, 900s));

  NameObservation unasked;
  CHECK_FALSE(wants(unasked, 0s));
  auto invalid = good;
  invalid.invalid = "no";
  CHECK_FALSE(wants(invalid, 600s));
}

TEST_CASE("comparisons are spread over the interval, trouble comes first and the longest ago before others") {
  std::vector<std::shared_ptr<const NameObservation>> names;
  const auto add = [&](const char* fqdn, Lookup last, std::optional<WallTime> compared) {
    auto name = seen(std::move(last), fqdn);
    if (compared) name.truth = truth({at({"10.0.0.1"}), at({"10.0.0.1"})}, *compared);
    names.push_back(std::make_shared<const NameObservation>(std::move(name)));
  };
  add("a.test", at({"10.0.0.1"}), start - 20min);
  add("b.test", at({"10.0.0.1"}), start - 30min);
  add("c.test", fails(DnsStatus::timeout), start - 5min);
  add("d.test", at({"10.0.0.1"}), start - 1min);
  add("e.test", at({"10.0.0.1"}), std::nullopt);
  using Texts = std::vector<std::string>;
  CHECK(rules::names_to_compare(names, start, {10min, 30s, 64}) == Texts{"c.test", "e.test"});
  CHECK(rules::names_to_compare(names, start, {60s, 30s, 64}) == Texts{"c.test", "e.test", "b.test", "a.test"});
  CHECK(rules::names_to_compare(names, start, {60s, 30s, 2}) == Texts{"c.test", "e.test"});
  CHECK(rules::names_to_compare({}, start, {60s, 30s, 2}).empty());
}
