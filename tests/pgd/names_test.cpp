#include "agent/pgd/names.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace {

using model::DnsEntry;
using model::Group;
using model::Name;
using model::NameRole;
using Strings = std::vector<std::string>;

Group group_named(std::string name, int nodes) {
  Group group;
  group.name = std::move(name);
  for (int i = 1; i <= nodes; ++i) group.nodes.push_back(group.name + "-" + std::to_string(i));
  group.node = group.nodes.empty() ? "" : group.nodes.front();
  return group;
}

Strings fqdns(const model::Targets& targets) {
  Strings all;
  for (const auto& name : targets.names) all.push_back(name.fqdn);
  return all;
}

const Name& named(const model::Targets& targets, const std::string& fqdn) {
  const auto at =
      std::find_if(targets.names.begin(), targets.names.end(), [&](const Name& n) { return n.fqdn == fqdn; });
  REQUIRE(at != targets.names.end());
  return *at;
}

struct Example {
  std::string what;
  Group group;
  Strings names;
  Strings required;
  Strings read;
  Strings foreign;
};

std::vector<Example> examples() {
  std::vector<Example> all;

  Group bare = group_named("north", 2);
  all.push_back({"no domain: bare service names",
                 bare,
                 {"north-1-node", "north-2-node", "north-group", "north-proxy"},
                 {"north-1-node", "north-group", "north-proxy"},
                 {},
                 {"north-2-node"}});

  Group additional = group_named("north", 2);
  additional.additional = {{"other.example", ""}, {"third.example", "-x1"}};
  all.push_back(
      {"no domain, two additional entries",
       additional,
       {"north-1-node", "north-1-node-x1.third.example", "north-1-node.other.example", "north-2-node",
        "north-2-node-x1.third.example", "north-2-node.other.example", "north-group", "north-group-x1.third.example",
        "north-group.other.example", "north-proxy", "north-proxy-x1.third.example", "north-proxy.other.example"},
       {"north-1-node", "north-group", "north-proxy", "north-1-node.other.example", "north-group.other.example",
        "north-proxy.other.example", "north-1-node-x1.third.example", "north-group-x1.third.example",
        "north-proxy-x1.third.example"},
       {},
       {"north-2-node", "north-2-node.other.example", "north-2-node-x1.third.example"}});

  Group cluster_local = group_named("west", 1);
  cluster_local.primary = {"west.svc.cluster.local", ""};
  cluster_local.additional = {{"net.example", "-b"}};
  cluster_local.discovery = {"west-group.west.svc.cluster.local", "east-group.east.svc.cluster.local"};
  all.push_back(
      {"namespace as domain, discovery names the own group too",
       cluster_local,
       {"east-group.east.svc.cluster.local", "west-1-node-b.net.example", "west-1-node.west.svc.cluster.local",
        "west-group-b.net.example", "west-group.west.svc.cluster.local", "west-proxy-b.net.example",
        "west-proxy.west.svc.cluster.local"},
       {"west-1-node.west.svc.cluster.local", "west-group.west.svc.cluster.local", "west-proxy.west.svc.cluster.local",
        "west-1-node-b.net.example", "west-group-b.net.example", "west-proxy-b.net.example"},
       {},
       {}});

  Group reading = group_named("r", 1);
  reading.proxy_read = true;
  reading.primary = {"d.example", "-s"};
  reading.additional = {{"", "-t"}};
  all.push_back(
      {"a proxy for reads, suffix with and without domain",
       reading,
       {"r-1-node-s.d.example", "r-1-node-t", "r-group-s.d.example", "r-group-t", "r-proxy-r-s.d.example",
        "r-proxy-r-t", "r-proxy-s.d.example", "r-proxy-t"},
       {"r-1-node-s.d.example", "r-group-s.d.example", "r-proxy-s.d.example", "r-1-node-t", "r-group-t", "r-proxy-t"},
       {"r-proxy-r-s.d.example", "r-proxy-r-t"},
       {}});

  Group witness = group_named("w", 1);
  witness.proxy = false;
  all.push_back({"witness group without a proxy", witness, {"w-1-node", "w-group"}, {"w-1-node", "w-group"}, {}, {}});

  Group far = group_named("far", 1);
  far.discovery = {"near-1-node", "near-2-node"};
  far.extra_names = {"db.example.", "near-1-node", "far-group"};
  all.push_back({"physical join: discovery names remote nodes; extra names add nothing known",
                 far,
                 {"db.example.", "far-1-node", "far-group", "far-proxy", "near-1-node", "near-2-node"},
                 {"far-1-node", "far-group", "far-proxy"},
                 {},
                 {}});

  Group added = group_named("north", 2);
  added.node = "north-7";
  all.push_back({"the own node is newer than the list",
                 added,
                 {"north-1-node", "north-2-node", "north-7-node", "north-group", "north-proxy"},
                 {"north-7-node", "north-group", "north-proxy"},
                 {},
                 {"north-1-node", "north-2-node"}});

  Group unplaced = group_named("north", 2);
  unplaced.node.clear();
  all.push_back({"own node unknown",
                 unplaced,
                 {"north-1-node", "north-2-node", "north-group", "north-proxy"},
                 {"north-group", "north-proxy"},
                 {},
                 {"north-1-node", "north-2-node"}});

  Group unknown;
  unknown.node = "north-1";
  unknown.nodes = {"north-1"};
  unknown.discovery = {"a.example"};
  unknown.extra_names = {"b.example"};
  all.push_back({"no group known", unknown, {"a.example", "b.example"}, {}, {}, {}});

  Group shouting = group_named("north", 0);
  shouting.node = "North-1";
  shouting.nodes = {"north-1", "NORTH-2"};
  shouting.primary = {"Example.COM", "-DC1"};
  shouting.extra_names = {"NORTH-GROUP-dc1.example.com", "B.example", "b.EXAMPLE"};
  all.push_back({"one object however it is spelled",
                 shouting,
                 {"b.example", "north-1-node-dc1.example.com", "north-2-node-dc1.example.com",
                  "north-group-dc1.example.com", "north-proxy-dc1.example.com"},
                 {"north-1-node-dc1.example.com", "north-group-dc1.example.com", "north-proxy-dc1.example.com"},
                 {},
                 {"north-2-node-dc1.example.com"}});

  Group twice = group_named("t", 2);
  twice.additional = {{"", ""}, {"e.example", ""}, {"E.example", ""}};
  all.push_back({"additional entries that repeat others",
                 twice,
                 {"t-1-node", "t-1-node.e.example", "t-2-node", "t-2-node.e.example", "t-group", "t-group.e.example",
                  "t-proxy", "t-proxy.e.example"},
                 {"t-1-node", "t-group", "t-proxy", "t-1-node.e.example", "t-group.e.example", "t-proxy.e.example"},
                 {},
                 {"t-2-node", "t-2-node.e.example"}});

  Group asking = group_named("a", 2);
  asking.additional = {{"e.example", ""}};
  asking.certificate_names = {"LB.example", "a-group.E.example", "lb.example", "*.apps.example", "a-2-node"};
  all.push_back({"the user's certificate names come last, each once, and are not watched",
                 asking,
                 {"a-1-node", "a-1-node.e.example", "a-2-node", "a-2-node.e.example", "a-group", "a-group.e.example",
                  "a-proxy", "a-proxy.e.example"},
                 {"a-1-node", "a-group", "a-proxy", "a-1-node.e.example", "a-group.e.example", "a-proxy.e.example",
                  "lb.example", "*.apps.example", "a-2-node"},
                 {},
                 {"a-2-node.e.example"}});

  all.push_back({"nothing configured", Group{}, {}, {}, {}, {}});
  return all;
}

}  // namespace

TEST_CASE("names and certificate names of a group") {
  for (const auto& example : examples()) {
    INFO(example.what);
    const model::Targets targets = pgd::targets(example.group);
    CHECK(fqdns(targets) == example.names);
    CHECK(targets.required_sans == example.required);
    CHECK(targets.required_read_sans == example.read);
    CHECK(targets.foreign_sans == example.foreign);
  }
}

TEST_CASE("a name knows what it leads to and whether it is ours") {
  Group group = group_named("north", 2);
  group.primary = {"example.com", ""};
  group.proxy_read = true;
  group.discovery = {"south-group.example.com", "north-group.example.com"};
  group.extra_names = {"south-group.example.com", "lb.example.com"};
  const model::Targets targets = pgd::targets(group);
  const std::vector<Name> expected{
      {"north-1-node.example.com", NameRole::node, "north", "north-1", true},
      {"north-2-node.example.com", NameRole::node, "north", "north-2", false},
      {"north-group.example.com", NameRole::group, "north", "", true},
      {"north-proxy.example.com", NameRole::proxy, "north", "", true},
      {"north-proxy-r.example.com", NameRole::proxy_read, "north", "", true},
      {"south-group.example.com", NameRole::discovery, "", "", false},
      {"lb.example.com", NameRole::extra, "", "", false},
  };
  CHECK(targets.names.size() == expected.size());
  for (const auto& name : expected) CHECK(named(targets, name.fqdn) == name);
}

TEST_CASE("names are sorted and unique, a thousand nodes or not") {
  Group group = group_named("big", 1000);
  group.additional = {{"a.example", ""}, {"b.example", "-b"}};
  const Strings all = fqdns(pgd::targets(group));
  CHECK(all.size() == 1002 * 3);
  CHECK(std::is_sorted(all.begin(), all.end()));
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
}

TEST_CASE("services are named as the operator names them") {
  CHECK(pgd::service_name(NameRole::node, "g-1") == "g-1-node");
  CHECK(pgd::service_name(NameRole::group, "g") == "g-group");
  CHECK(pgd::service_name(NameRole::proxy, "g") == "g-proxy");
  CHECK(pgd::service_name(NameRole::proxy_read, "g") == "g-proxy-r");
  CHECK(pgd::service_name(NameRole::discovery, "g").empty());
  CHECK(pgd::service_name(NameRole::extra, "g").empty());
  CHECK(pgd::fqdn("g-group", {"", ""}) == "g-group");
  CHECK(pgd::fqdn("g-group", {"", "-dc1"}) == "g-group-dc1");
  CHECK(pgd::fqdn("G-group", {"My.Domain.", "-dc1"}) == "g-group-dc1.my.domain.");
}

TEST_CASE("names of peer groups are watched, none of them own or required") {
  model::Group group, peer;
  group.name = "a";
  group.node = "a-1";
  group.nodes = {"a-1"};
  group.primary.domain = "x.test";
  peer.name = "b";
  peer.nodes = {"b-1"};
  peer.primary.domain = "y.test";
  const auto alone = pgd::targets(group);
  group.peers = {peer};
  group.discovery = {"b-group.y.test"};
  const auto targets = pgd::targets(group);
  CHECK(targets.required_sans == alone.required_sans);
  CHECK(targets.foreign_sans == alone.foreign_sans);
  REQUIRE(targets.names.size() == alone.names.size() + 3);
  for (const auto& name : targets.names) CHECK(name.own == (name.target_group == "a"));
  const auto found = std::find_if(targets.names.begin(), targets.names.end(),
                                  [](const auto& name) { return name.fqdn == "b-group.y.test"; });
  REQUIRE(found != targets.names.end());
  CHECK(found->role == model::NameRole::group);
  CHECK(found->target_group == "b");
}
