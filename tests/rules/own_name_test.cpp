// Where a node's name leads, by the certificate that is served there; and our own name seen from inside.
#include <catch2/catch_test_macros.hpp>

#include "tests/rules/judged_world.hpp"

using namespace wire_world;
using model::Code;
using model::ProbePhase;
using model::Severity;
using model::WireEnd;

namespace {

model::ProbeTarget own_name() {
  return {"a-1-node.example", 5432, model::ProbeScope::self, model::NameRole::node, "region-a", "a-1", true};
}
model::ProbeTarget neighbour() {
  return {"a-2-node.example", 5432, model::ProbeScope::peer, model::NameRole::node, "region-a", "a-2"};
}

struct Group : World {
  std::vector<model::CertificateRef> a1 = chain({own});
  std::vector<model::CertificateRef> a2 = chain({Recipe{"a-2"}.dns({"a-2-node.example"}).serial(0xa2).issued_by(root)});
  std::vector<model::CertificateRef> shared =
      chain({Recipe{"all"}.dns({"a-1-node.example", "a-2-node.example"}).issued_by(root)});

  Group() {
    model::Targets targets;
    for (const auto* node : {"a-1", "a-2"}) {
      for (const auto* domain : {".example", ".other"})
        targets.names.push_back({std::string(node) + "-node" + domain, model::NameRole::node, "region-a", node,
                                 std::string_view(node) == "a-1"});
    }
    targets.names.push_back({"b-1-node.example", model::NameRole::node, "region-b", "b-1", false});
    snapshot.targets = std::make_shared<const model::Targets>(targets);
  }
  void unreachable(const model::ProbeTarget& target, WireEnd end = WireEnd::timeout) {
    for (int i = 0; i < 2; ++i) round(target, {broken(end, ProbePhase::connect, start, "10.0.0.1")});
  }
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("our own name leads to a server with another node's certificate") {
  for (const auto mode : {model::TlsMode::verify_full, model::TlsMode::verify_ca, model::TlsMode::require}) {
    INFO(name(mode));
    Group g;
    g.policy.certificates.mode = mode;
    if (mode == model::TlsMode::require) g.snapshot.secrets.pop_back();  // no CA file: nobody verifies
    g.round(own_name(), {fine(g.a2, start)});
    g.judge();
    const auto* finding = g.find(Code::points_elsewhere);
    REQUIRE(finding);
    CHECK(finding->severity == (mode == model::TlsMode::require ? Severity::warning : Severity::critical));
    CHECK(finding->area == model::Area::names);
    CHECK(finding->subject == "a-1-node.example");
    CHECK(contains(finding->message, "certificate of node a-2 (a-2-node.example, serial a2)"));
    CHECK(contains(finding->message, "10.0.0.7:5432"));
    CHECK_FALSE(g.find(Code::peer_unreachable));  // that the name does not match follows from it
    g.round(own_name(), {fine(g.a1, start)});
    g.judge();
    CHECK_FALSE(g.find(Code::points_elsewhere));
  }
}

TEST_CASE("no evidence: a shared certificate, one by another of the node's names, a foreign one") {
  Group g;
  const auto told = [&](const std::vector<model::CertificateRef>& served) {
    g.round(own_name(), {fine(served, start)});
    g.judge();
    return g.find(Code::points_elsewhere) != nullptr;
  };
  CHECK_FALSE(told(g.shared));
  CHECK_FALSE(told(chain({Recipe{"*"}.dns({"*.example"}).issued_by(g.root)})));
  CHECK_FALSE(told(chain({Recipe{"x"}.dns({"a-1-node.other", "a-2-node.example"}).issued_by(g.root)})));
  CHECK_FALSE(told(chain({Recipe{"x"}.dns({"unknown.example"}).issued_by(g.root)})));
  CHECK_FALSE(told(g.b1));  // a node of another group: not known to be this group's
  CHECK(told(chain({Recipe{"x"}.dns({"a-2-node.other"}).issued_by(g.root)})));
}

TEST_CASE("a peer's name that leads elsewhere is told as well, and its mismatch is not told again") {
  Group g;
  g.policy.certificates.mode = model::TlsMode::verify_full;
  g.round(neighbour(), {fine(g.a1, start)});
  g.judge();
  REQUIRE(g.find(Code::points_elsewhere));
  CHECK(contains(g.find(Code::points_elsewhere)->message, "Node a-2's name a-2-node.example leads to"));
  CHECK_FALSE(g.find(Code::peer_unreachable));
  // By address there is no name that could lead elsewhere.
  Group direct;
  direct.round(self(), {fine(direct.a2, start, "127.0.0.1")});
  direct.judge();
  CHECK_FALSE(direct.find(Code::points_elsewhere));
}

TEST_CASE("our own name fails from inside while own Postgres and a peer answer") {
  Group g;
  g.round(self(), {fine(g.a1, start, "127.0.0.1")});
  g.round(neighbour(), {fine(g.a2, start)});
  g.round(own_name(), {broken(WireEnd::timeout, ProbePhase::connect, start)});
  g.judge();
  CHECK_FALSE(g.find(Code::self_unreachable));  // once may pass
  for (const auto end : {WireEnd::timeout, WireEnd::refused, WireEnd::unreachable}) {
    g.unreachable(own_name(), end);
    g.judge();
    const auto* finding = g.find(Code::self_unreachable);
    REQUIRE(finding);
    CHECK(finding->severity == Severity::warning);
    CHECK(finding->area == model::Area::names);
    CHECK(finding->subject == "a-1-node.example");
    CHECK(contains(finding->message, "1 of 1 peer does"));
    CHECK_FALSE(g.find(Code::peer_unreachable));
    CHECK_FALSE(g.find(Code::own_postgres_unreachable));
  }
  g.round(own_name(), {fine(g.a1, start)});
  g.judge();
  CHECK_FALSE(g.find(Code::self_unreachable));
}

TEST_CASE("our own name fails as all do, or before own Postgres runs: nothing of its own") {
  Group network;  // no peer answers either
  network.round(self(), {fine(network.a1, start, "127.0.0.1")});
  network.unreachable(neighbour());
  network.unreachable(own_name());
  network.judge();
  CHECK_FALSE(network.find(Code::self_unreachable));
  CHECK(network.find(Code::peer_unreachable)->subject == "a-2-node.example:5432");

  Group starting;
  starting.uptime = 1min;
  starting.round(self(), {broken(WireEnd::refused, ProbePhase::connect, start, "127.0.0.1")});
  starting.round(neighbour(), {fine(starting.a2, start)});
  starting.unreachable(own_name(), WireEnd::refused);
  starting.judge();
  CHECK(starting.verdict.findings.empty());

  Group alone;  // nobody to compare with
  alone.round(self(), {fine(alone.a1, start, "127.0.0.1")});
  alone.unreachable(own_name());
  alone.judge();
  CHECK_FALSE(alone.find(Code::self_unreachable));
}

TEST_CASE("what own Postgres shows at its address is not said of its name again, what differs is") {
  Group g;
  const auto expired = chain({Recipe{"a-1"}.dns({"a-1-node.example"}).lives(24h).issued_by(g.root)});
  g.round(self(), {fine(expired, start, "127.0.0.1")});
  g.round(own_name(), {fine(expired, start)});
  g.judge();
  CHECK_FALSE(g.find(Code::peer_unreachable));
  g.round(self(), {fine(g.a1, start, "127.0.0.1")});
  g.judge();
  REQUIRE(g.find(Code::peer_unreachable));
  CHECK(g.find(Code::peer_unreachable)->subject == "a-1-node.example:5432 (own)");
  // An own name is no copy to compare with: the direct address is.
  CHECK(std::none_of(g.verdict.drifts.begin(), g.verdict.drifts.end(), [](const auto& d) { return d.since; }));
}
