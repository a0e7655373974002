// A CA rotation over three regions, in the safe order and in wrong ones.
#include <catch2/catch_test_macros.hpp>

#include "tests/rules/rotation_world.hpp"

using namespace rotation_world;
using Troubles = std::vector<std::string>;

namespace {

const model::Finding* find(const model::Verdict& verdict, model::Code code, std::string_view subject) {
  for (const auto& finding : verdict.findings) {
    if (finding.code == code && finding.subject == subject) return &finding;
  }
  return nullptr;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the safe order has no finding at any step, however far the regions are apart within one") {
  Regions w;
  CHECK(w.troubles() == Troubles{});
  for (auto& region : w.all) {  // 1, 2
    region.trust_server({w.old_ca, w.new_ca});
    region.trust_client({w.old_client_ca, w.new_client_ca});
    INFO("both CAs in " << region.name);
    CHECK(w.troubles() == Troubles{});
  }
  for (auto& region : w.all) {  // 3, 4
    region.issue_server(w.new_ca, 50);
    INFO("new server certificate in " << region.name);
    CHECK(w.troubles() == Troubles{});
    region.issue_client(w.new_client_ca, 50);
    INFO("new client certificate in " << region.name);
    CHECK(w.troubles() == Troubles{});
  }
  for (auto& region : w.all) {  // 5
    region.trust_server({w.new_ca});
    region.trust_client({w.new_client_ca});
    INFO("the old CA dropped in " << region.name);
    CHECK(w.troubles() == Troubles{});
  }
}

TEST_CASE("a new certificate before its CA is everywhere: steps 1 and 2") {
  Regions w;
  w.all[1].trust_server({w.old_ca, w.new_ca});
  w.all[1].issue_server(w.new_ca, 50);
  CHECK(w.troubles() ==
        Troubles{"a-1 ca-rotation-order b-1-node.example:5432", "a-1 peer-unreachable b-1-node.example:5432",
                 "c-1 ca-rotation-order b-1-node.example:5432", "c-1 peer-unreachable b-1-node.example:5432"});
  const auto verdict = w.verdict_of(w.all[0]);
  const auto* finding = find(verdict, model::Code::ca_rotation_order, "b-1-node.example:5432");
  REQUIRE(finding);
  CHECK(finding->severity == model::Severity::warning);
  CHECK(finding->area == model::Area::peers);
  CHECK(contains(finding->message, "b-1-node.example:5432 at 10.0.0.2 serves CN=b-1"));
  CHECK(contains(finding->message, "steps 1 and 2"));
  CHECK(finding->remedy.starts_with("Go back to step 1"));
  w.all[0].trust_server({w.old_ca, w.new_ca});
  w.all[2].trust_server({w.old_ca, w.new_ca});
  CHECK(w.troubles() == Troubles{});
}

TEST_CASE("the old CA dropped while it is still in use: steps 3 to 5") {
  Regions w;
  for (auto& region : w.all) region.trust_server({w.old_ca, w.new_ca});
  w.all[0].issue_server(w.new_ca, 50);
  w.all[0].trust_server({w.new_ca});
  CHECK(w.troubles() ==
        Troubles{"a-1 ca-rotation-order b-1-node.example:5432", "a-1 ca-rotation-order c-1-node.example:5432",
                 "a-1 peer-unreachable b-1-node.example:5432", "a-1 peer-unreachable c-1-node.example:5432"});
  const auto verdict = w.verdict_of(w.all[0]);
  const auto* finding = find(verdict, model::Code::ca_rotation_order, "b-1-node.example:5432");
  REQUIRE(finding);
  CHECK(contains(finding->message, "step 5 of a CA rotation, dropping the old CA, came before steps 3 and 4"));
  CHECK(finding->remedy.starts_with("Go back to step 3"));
}

TEST_CASE("our own ca.crt and certificate out of step") {
  Regions w;
  SECTION("the CA was replaced alone: what we serve ourselves no longer verifies here") {
    w.all[0].trust_server({w.new_ca});
    const auto verdict = w.verdict_of(w.all[0]);
    const auto* finding = find(verdict, model::Code::ca_rotation_order, "tls.crt");
    REQUIRE(finding);
    CHECK(finding->area == model::Area::server);
    CHECK(finding->source == model::Source::mounted);
    CHECK(contains(finding->message, "The mounted server Secret holds CN=a-1"));
    CHECK(finding->remedy.starts_with("Go back to step 3"));
    // The same leaf, served: said once.
    CHECK_FALSE(find(verdict, model::Code::ca_rotation_order, "127.0.0.1:5432"));
  }
  SECTION("the certificate was replaced alone") {
    w.all[0].issue_server(w.new_ca, 50);
    const auto verdict = w.verdict_of(w.all[0]);
    const auto* finding = find(verdict, model::Code::ca_rotation_order, "tls.crt");
    REQUIRE(finding);
    CHECK(finding->remedy.starts_with("Go back to step 1"));
  }
  SECTION("nothing was seen to rotate: only what is served speaks") {
    w.all[0].server_ca = {w.new_ca};
    const auto verdict = w.verdict_of(w.all[0]);
    CHECK_FALSE(find(verdict, model::Code::ca_rotation_order, "tls.crt"));
    const auto* finding = find(verdict, model::Code::ca_rotation_order, "127.0.0.1:5432");
    REQUIRE(finding);
    CHECK(finding->source == model::Source::served);
    CHECK(contains(finding->message, "This node's Postgres at 127.0.0.1:5432 serves CN=a-1"));
  }
}

TEST_CASE("a refused client certificate names the step that a rotation of the client CA has skipped") {
  Regions w;
  SECTION("new certificate too early") {
    w.all[0].trust_client({w.old_client_ca, w.new_client_ca});
    w.all[0].issue_client(w.new_client_ca, 50);
    CHECK(w.troubles() == Troubles{"a-1 client-certificate-refused b-1-node.example:5432",
                                   "a-1 client-certificate-refused c-1-node.example:5432"});
    const auto verdict = w.verdict_of(w.all[0]);
    const auto* finding = find(verdict, model::Code::client_certificate_refused, "b-1-node.example:5432");
    REQUIRE(finding);
    CHECK(finding->severity == model::Severity::critical);
    CHECK(contains(finding->message, "unknown_ca"));
    CHECK(contains(finding->message, "steps 1 and 2 of a CA rotation"));
  }
  SECTION("old CA dropped too early, at the peer") {
    w.all[0].trust_client({w.old_client_ca, w.new_client_ca});
    w.all[1].trust_client({w.new_client_ca});
    const auto verdict = w.verdict_of(w.all[0]);
    const auto* finding = find(verdict, model::Code::client_certificate_refused, "b-1-node.example:5432");
    REQUIRE(finding);
    CHECK(contains(finding->message, "steps 3 and 4 of a CA rotation"));
  }
  SECTION("no rotation: no step") {
    w.all[1].trust_client({ca_from("elsewhere", 0)});
    const auto verdict = w.verdict_of(w.all[0]);
    const auto* finding = find(verdict, model::Code::client_certificate_refused, "b-1-node.example:5432");
    REQUIRE(finding);
    CHECK_FALSE(contains(finding->message, "rotation"));
  }
  SECTION("our own Postgres refuses it: it says so") {
    w.all[0].trust_client({w.new_client_ca});
    const auto verdict = w.verdict_of(w.all[0]);
    CHECK(find(verdict, model::Code::client_certificate_refused, "127.0.0.1:5432 (own)"));
  }
}
