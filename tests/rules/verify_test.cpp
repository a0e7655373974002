#include "agent/rules/verify.hpp"

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "tests/rules/pki_world.hpp"

using namespace pki_world;
using namespace std::chrono_literals;
using model::Code;
using model::Finding;
using model::Severity;
using model::TlsMode;

namespace {

std::string column(const std::string& before, const std::string& text) { return text == "=" ? before : text; }

struct Arranged {
  World world;
  Secrets secrets;
};
Arranged arrange(const Situation& situation) {
  World world;
  situation.arrange(world);
  Secrets secrets = decode(world);
  return {std::move(world), std::move(secrets)};
}

constexpr std::array codes_of_files{Code::missing_file,      Code::unreadable,
                                    Code::malformed_pem,     Code::no_certificate,
                                    Code::key_mismatch,      Code::key_encrypted,
                                    Code::key_permissions,   Code::expired,
                                    Code::not_yet_valid,     Code::expires_soon,
                                    Code::renewal_overdue,   Code::ca_expires_first,
                                    Code::untrusted,         Code::ca_key_changed,
                                    Code::incomplete_chain,  Code::partial_chain_only,
                                    Code::wrong_purpose,     Code::leaf_is_ca,
                                    Code::anchor_not_ca,     Code::weak_signature,
                                    Code::weak_key,          Code::no_san,
                                    Code::name_not_covered,  Code::foreign_name,
                                    Code::wrong_common_name, Code::connection_manager_refuses,
                                    Code::ca_copy_differs,   Code::not_rotatable};

}  // namespace

TEST_CASE("every situation has exactly its findings in every mode") {
  const auto situations = all_situations();
  CHECK(situations.size() >= 80);
  for (const auto& situation : situations) {
    const auto [world, secrets] = arrange(situation);
    INFO(situation.what);
    const std::string full = situation.verify_full;
    const std::string ca = column(full, situation.verify_ca);
    CHECK(summary(judge(world, secrets, TlsMode::verify_full, true, world.now)) == full);
    CHECK(summary(judge(world, secrets, TlsMode::verify_ca, true, world.now)) == ca);
    CHECK(summary(judge(world, secrets, TlsMode::require, false, world.now)) ==
          column(ca, situation.require_without_ca));
  }
}

TEST_CASE("every code that files can show occurs in the table") {
  std::set<Code> seen;
  for (const auto& situation : all_situations()) {
    const auto [world, secrets] = arrange(situation);
    for (const auto& finding : judge(world, secrets, TlsMode::verify_full, true, world.now)) seen.insert(finding.code);
  }
  for (const Code code : codes_of_files) {
    INFO(name(code));
    CHECK(seen.contains(code));
  }
}

TEST_CASE("require equals verify-ca once the CA file is there") {
  for (const auto& situation : all_situations()) {
    const auto [world, secrets] = arrange(situation);
    if (!secrets.ca.file_problems.empty()) continue;
    INFO(situation.what);
    CHECK(summary(judge(world, secrets, TlsMode::require, true, world.now)) ==
          summary(judge(world, secrets, TlsMode::verify_ca, true, world.now)));
  }
}

TEST_CASE("require without the CA file in its mount has nothing to say about the CA") {
  World world;
  world.ca_file = "-";
  CHECK(summary(judge(world, decode(world), TlsMode::require, true, world.now)).empty());
  // A file that is there but no good makes libpq refuse, even with require.
  world.ca_file = "none";
  CHECK(summary(judge(world, decode(world), TlsMode::require, true, world.now)) == "C:ca/no-certificate");
  // A client certificate is verified whatever the mode.
  world = World{};
  world.role = model::SecretRole::client;
  world.recipe = Recipe{"streaming_replica"}.client();
  world.issue(Recipe{"elsewhere"}.ca().self_signed());
  CHECK(summary(judge(world, decode(world), TlsMode::require, true, world.now)) == "C:untrusted");
}

TEST_CASE("findings are plain sentences with a subject and a remedy, and only what Postgres refuses holds the start") {
  for (const auto& situation : all_situations()) {
    const auto [world, secrets] = arrange(situation);
    INFO(situation.what);
    const auto findings = judge(world, secrets, TlsMode::verify_full, true, world.now);
    for (const Finding& finding : findings) {
      INFO(name(finding.code) << ": " << finding.message);
      for (const auto& text : {finding.subject, finding.message, finding.remedy}) {
        CHECK(text.size() >= 4);
        CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; }));
      }
      CHECK(finding.message.ends_with('.'));
      CHECK(finding.remedy.ends_with('.'));
      CHECK(finding.message.size() >= 30);
      CHECK(finding.message.find("PRIVATE") == std::string::npos);
      CHECK(finding.source == world.source);
      CHECK_FALSE(finding.since);
      const std::set<Code> holding{Code::missing_file,   Code::unreadable,   Code::malformed_pem,
                                   Code::no_certificate, Code::key_mismatch, Code::key_encrypted};
      const bool taken = finding.remedy.find("OpenSSL passes this block over") != std::string::npos ||
                         finding.remedy.find("OpenSSL takes the block") != std::string::npos;
      CHECK(finding.holds_startup ==
            (holding.contains(finding.code) && !taken && world.source == model::Source::mounted));
      CHECK(std::count_if(findings.begin(), findings.end(),
                          [&](const Finding& f) { return f.same_trouble(finding); }) == 1);
    }
  }
}

TEST_CASE("messages hold the facts") {
  const auto message = [](const World& world, Code code) {
    for (const auto& finding : judge(world, decode(world), TlsMode::verify_full, true, world.now)) {
      if (finding.code == code) return finding.subject + " | " + finding.message;
    }
    return std::string("not found");
  };
  World w;
  w.now = day(91);
  CHECK(message(w, Code::expired) == "tls.crt: CN=node | CN=node expired at 2026-04-01T00:00:00Z.");
  w.now = day(76);
  CHECK(message(w, Code::expires_soon) ==
        "tls.crt: CN=node | CN=node expires at 2026-04-01T00:00:00Z, with less than 15 days of its 90 days left.");
  CHECK(message(w, Code::renewal_overdue) ==
        "tls.crt: CN=node | CN=node was due for renewal at 2026-03-02T00:00:00Z, 30 days before it expires at "
        "2026-04-01T00:00:00Z.");
  w = World{};
  w.targets.required_sans = {"n1.example", "g.example", "p.example"};
  CHECK(message(w, Code::name_not_covered) ==
        "tls.crt: CN=node | CN=node does not cover g.example, p.example (2 of 3 required names).");
  w = World{};
  w.ca_file = w.root.pem() + Recipe{"old"}.ca().lives(24h).self_signed().pem();
  CHECK(message(w, Code::expired) == "ca.crt #2: CN=old | CN=old expired at 2026-01-02T00:00:00Z.");
  w = World{};
  w.cert = "-";
  CHECK(message(w, Code::missing_file) == "tls.crt | tls.crt in /secrets/test is not there.");
  w = World{};
  w.key_mode = 0644;
  CHECK(message(w, Code::key_permissions).find("mode 0644") != std::string::npos);
  w = World{};
  w.issue(Recipe{"elsewhere"}.ca().self_signed());
  CHECK(message(w, Code::untrusted).find("CN=elsewhere") != std::string::npos);
}

TEST_CASE("next_change is the very second at which the findings change, all along a certificate's life") {
  int changes = 0;
  for (const auto& situation : all_situations()) {
    const auto [world, secrets] = arrange(situation);
    INFO(situation.what);
    for (const bool ca_role : {false, true}) {
      auto policy = world.policy;
      policy.mode = TlsMode::verify_full;
      rules::SecretInput input{
          .bundle = ca_role ? &secrets.ca : &secrets.leaf, .ca = ca_role ? nullptr : &secrets.ca, .policy = policy};
      input.targets = &world.targets;
      const auto at = [&](common::WallTime now) {
        input.now = now;
        return rules::judge_secret(input);
      };
      const auto text = [](const rules::Judgement& judgement) {
        std::string all;
        for (const auto& f : judgement.findings)
          all += std::string(name(f.code)) + std::string(name(f.severity)) + f.subject + f.message;
        return all;
      };
      auto now = world.now + 123ms;
      for (int step = 0; step < 20; ++step) {
        const auto judgement = at(now);
        if (!judgement.next_change) break;
        const auto next = *judgement.next_change;
        REQUIRE(next > now);
        INFO(common::to_rfc3339(now) << " to " << common::to_rfc3339(next));
        CHECK(text(at(next - 1s)) == text(judgement));
        CHECK(text(at(next - 1ns)) == text(judgement));
        CHECK(text(at(now + (next - now) / 2)) == text(judgement));
        CHECK(text(at(next)) != text(judgement));
        now = next;
        ++changes;
      }
      CHECK_FALSE(at(now).next_change);
    }
  }
  CHECK(changes > 500);
}

TEST_CASE("the thresholds of a leaf of 90 days, to the second") {
  World world;
  const auto secrets = decode(world);
  const auto at = [&](common::WallTime now) { return summary(judge(world, secrets, TlsMode::verify_ca, true, now)); };
  CHECK(at(day(0) - 5min - 1s) == "C:ca/not-yet-valid C:not-yet-valid");
  CHECK(at(day(0) - 5min) == "W:ca/not-yet-valid W:not-yet-valid");
  CHECK(at(day(0) - 1s) == "W:ca/not-yet-valid W:not-yet-valid");
  CHECK(at(day(0)).empty());
  CHECK(at(day(63)).empty());
  CHECK(at(day(63) + 1s) == "W:renewal-overdue");
  CHECK(at(day(75)) == "W:renewal-overdue");
  CHECK(at(day(75) + 1s) == "W:expires-soon W:renewal-overdue");
  CHECK(at(day(84)) == "W:expires-soon W:renewal-overdue");
  CHECK(at(day(84) + 1s) == "C:expires-soon W:renewal-overdue");
  CHECK(at(day(90) - 1s) == "C:expires-soon W:renewal-overdue");
  CHECK(at(day(90)) == "C:expired");
}

TEST_CASE("when the certificate stops being usable and when it should be renewed") {
  World world;
  world.root = Recipe{"root"}.ca().lives(24h * 80).self_signed();
  auto secrets = decode(world);
  rules::SecretInput input{.bundle = &secrets.leaf, .ca = &secrets.ca, .policy = world.policy};
  input.now = world.now;
  auto judgement = rules::judge_secret(input);
  CHECK(judgement.effective_not_after == day(80));
  CHECK(judgement.renewal_due == day(60));

  input.ca = nullptr;
  CHECK(rules::judge_secret(input).effective_not_after == day(90));
  world.policy.renew_before = 24h * 10;
  CHECK(rules::judge_secret(input).renewal_due == day(80));

  // The best of several anchors counts: the CA was renewed with its key.
  world.ca_file = world.root.pem() + Recipe{"root"}.ca().key(world.root.key).self_signed().pem();
  secrets = decode(world);
  input.ca = &secrets.ca;
  CHECK(rules::judge_secret(input).effective_not_after == day(90));

  input.bundle = &secrets.ca;
  judgement = rules::judge_secret(input);
  CHECK_FALSE(judgement.effective_not_after);
  CHECK_FALSE(judgement.renewal_due);
}
