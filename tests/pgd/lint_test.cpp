#include "agent/pgd/lint.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "lint_cases.hpp"

namespace {

using lint_cases::Mistake;
using pgd::LintFinding;

std::vector<LintFinding> linted(const std::string& text) {
  auto manifests = pgd::read_manifests(text);
  REQUIRE(manifests.has_value());
  REQUIRE_FALSE(manifests->empty());
  return pgd::lint(*manifests);
}

std::string shown(const std::vector<LintFinding>& findings) {
  std::string text;
  for (const auto& f : findings) {
    text += std::to_string(f.line) + " " + std::string(f.code) + " " + std::string(name(f.severity)) + " " + f.path +
            ": " + f.message + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a correct manifest has no findings") { CHECK(shown(linted(lint_cases::good)).empty()); }

TEST_CASE("each mistake has exactly its findings, at its line") {
  for (const Mistake& mistake : lint_cases::all_mistakes()) {
    INFO(mistake.what);
    const std::string text = changed(mistake);
    const auto findings = linted(text);
    INFO(shown(findings));
    CHECK(findings.size() == mistake.findings.size());
    for (const auto& expected : mistake.findings) {
      INFO(expected.code << " at line " << lint_cases::line_of(text, expected.on));
      const auto found = std::find_if(findings.begin(), findings.end(), [&](const LintFinding& f) {
        return f.code == expected.code && f.line == lint_cases::line_of(text, expected.on);
      });
      if (found == findings.end()) {
        CHECK(found != findings.end());
        continue;
      }
      CHECK(found->severity == expected.severity);
      // Long values are cut in messages.
      CHECK(found->message.find(expected.names.substr(0, 60)) != std::string::npos);
    }
  }
}

TEST_CASE("every finding reads as one sentence and has a remedy and a rule") {
  for (const Mistake& mistake : lint_cases::all_mistakes()) {
    for (const auto& finding : linted(changed(mistake))) {
      INFO(mistake.what << ": " << finding.message);
      CHECK(finding.message.ends_with('.'));
      CHECK(finding.remedy.ends_with('.'));
      for (const auto& text : {finding.message, finding.remedy, finding.path}) {
        CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; }));
      }
      CHECK(finding.message.find(". ") == std::string::npos);
      CHECK(finding.path.starts_with('.'));
      CHECK(finding.line > 0);
      const auto& rules = pgd::lint_rules();
      const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return r.code == finding.code; });
      REQUIRE(rule != rules.end());
      CHECK(rule->severity <= finding.severity);  // critical comes first
    }
  }
}

TEST_CASE("hostile texts stay out of messages") {
  const Mistake mistake{"", {{"mode: verify-full", "mode: \"a\\nb\\u00e9\\e[31m\\0\""}}, {}};
  const auto findings = linted(changed(mistake));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].message ==
        "\"a\\x0ab\\xc3\\xa9\\x1b[31m\\x00\" is no value of \"mode\", which takes verify-ca, verify-full, require.");
  const Mistake long_one{"", {{"mode: verify-full", "mode: " + std::string(5000, 'x')}}, {}};
  CHECK(linted(changed(long_one)).at(0).message.size() < 200);
}

TEST_CASE("the finding's path leads to the value") {
  const auto path_of = [](const std::string& from, const std::string& to) {
    return linted(lint_cases::changed({"", {{from, to}}, {}})).at(0).path;
  };
  CHECK(path_of("proxy: '{proxy_fqdn}", "proxy.example.com/x: '{no}") ==
        ".spec.connectivity.proxyServiceTemplate.metadata.annotations[\"proxy.example.com/x\"]");
  CHECK(path_of("- db.example.com", "- a b") == ".spec.connectivity.tls.serverCert.certManager.spec.dnsNames[0]");
  CHECK(path_of("        caCertSecret: server-ca\n", "") == ".spec.connectivity.tls.serverCert.caCertSecret");
  CHECK(path_of("team: data", "a/b/c: data") == ".spec.inheritedMetadata.labels[\"a/b/c\"]");
}

TEST_CASE("suggestions") {
  const auto remedy_of = [](const std::string& from, const std::string& to) {
    for (const auto& f : linted(lint_cases::changed({"", {{from, to}}, {}}))) {
      if (f.code == "lint-unknown-field" || f.code == "lint-duration") return f.remedy;
    }
    return std::string();
  };
  CHECK(remedy_of("hostSuffix: -dc1", "hostSufix: -dc1") == "Write hostSuffix, if that is what is meant.");
  CHECK(remedy_of("        certManager:\n          metadata:",
                  "        certManager:\n          commonName: a\n          metadata:") ==
        "Write spec.commonName, if that is what is meant.");
  CHECK(remedy_of("            isCA: false", "            secretTemplate: {}") ==
        "Spell the field as the CRD does, or take it out.");
  CHECK(remedy_of("duration: 2160h", "duration: 90d") == "Write \"2160h\".");
}

TEST_CASE("findings come by line") {
  const auto findings = linted(lint_cases::changed({"",
                                                    {{"team: data", "team: 7"},
                                                     {"caCertSecret: server-ca", "caCertSecret: ''"},
                                                     {"mode: verify-full", "mode: full"}},
                                                    {}}));
  REQUIRE(findings.size() == 3);
  CHECK(std::is_sorted(findings.begin(), findings.end(), [](const auto& a, const auto& b) { return a.line < b.line; }));
}
