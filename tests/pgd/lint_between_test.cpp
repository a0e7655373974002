// What shows only between the documents of a file: groups, and the CAs beside them.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "agent/pgd/lint.hpp"
#include "lint_cases.hpp"
#include "tests/support/golden.hpp"

namespace {

using Found = std::vector<std::pair<std::string, std::string>>;  // code, path

std::vector<pgd::LintFinding> linted(const std::string& text) {
  auto documents = pgd::read_yaml(text);
  auto manifests = pgd::read_manifests(text);
  REQUIRE(documents.has_value());
  REQUIRE(manifests.has_value());
  return pgd::lint(*manifests, *documents);
}

Found codes(const std::string& text) {
  Found found;
  for (const auto& f : linted(text)) found.emplace_back(f.code, f.path);
  return found;
}

std::string group(const std::string& name, const std::string& ns, const std::string& dns,
                  const std::string& parent = "world", const std::string& mode = "verify-ca") {
  return "---\napiVersion: pgd.k8s.enterprisedb.io/v1beta1\nkind: PGDGroup\nmetadata:\n  name: " + name +
         (ns.empty() ? "" : "\n  namespace: " + ns) +
         "\nspec:\n  instances: 2\n  cnp: {storage: {size: 1Gi}}\n  pgd: {parentGroup: {name: " + parent +
         "}}\n  connectivity:\n" + (dns.empty() ? "" : "    dns: " + dns + "\n") + "    tls:\n      mode: " + mode +
         "\n      clientCert: {caCertSecret: client-ca, certManager: {spec: {issuerRef: {name: c}}}}\n"
         "      serverCert: {caCertSecret: server-ca, certManager: {spec: {issuerRef: {name: s}}}}\n";
}

std::string authority(const std::string& more, const std::string& secret = "server-ca") {
  return "---\napiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: the-ca}\nspec:\n  isCA: true\n  "
         "secretName: " +
         secret + "\n" + more;
}

const std::string never = "  privateKey: {rotationPolicy: Never}\n";
const std::string additional = "{additional: [{domain: my.domain}]}";

}  // namespace

TEST_CASE("groups that get along") {
  CHECK(codes(group("a", "", "") + group("b", "", "") + group("c", "", "")).empty());
  CHECK(codes(group("a", "x", "{domain: x.svc.cluster.local}") + group("a", "far", "{domain: far.svc.cluster.local}"))
            .empty());
  CHECK(codes(group("a", "x", "{domain: x.svc, additional: [{domain: my.domain, hostSuffix: -dc1}]}") +
              group("b", "far", "{domain: far.svc, additional: [{domain: my.domain, hostSuffix: -dc1}]}"))
            .empty());
  // Of another parent: production and its like in a namespace each.
  CHECK(codes(group("a", "x", "", "one") + group("a", "far", "", "two")).empty());
}

TEST_CASE("groups that don't") {
  CHECK(codes(group("a", "", "") + group("a", "", "")) == Found{{"lint-same-group", ".metadata.name"}});
  CHECK(codes(group("a", "x", additional, "one") + group("a", "far", additional, "two")) ==
        Found{{"lint-shared-name", ".spec.connectivity.dns.additional[0]"}});
  CHECK(codes(group("a", "x", "") + group("b", "far", "{domain: far.svc}")) ==
        Found{{"lint-no-domain", ".spec.connectivity.dns.domain"}});
  const auto both = codes(group("a", "x", "") + group("a", "far", ""));
  CHECK(both == Found{{"lint-no-domain", ".spec.connectivity.dns.domain"},
                      {"lint-no-domain", ".spec.connectivity.dns.domain"},
                      {"lint-shared-name", ".spec.connectivity.dns"}});
}

TEST_CASE("lines count through the whole file") {
  const std::string first = group("a", "", ""), second = group("b", "", "{domain: my..domain}");
  const auto findings = linted(first + second);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].line == lint_cases::line_of(first + second, "my..domain"));
}

TEST_CASE("CAs beside the groups that they sign for") {
  const std::string a = group("a", "", "");
  CHECK(codes(a + authority("  duration: 87600h\n" + never)).empty());
  CHECK(codes(a + authority("  duration: 24h\n", "another-ca")).empty());
  CHECK(codes(a + authority(never)) == Found{{"lint-ca-life", "Certificate/the-ca.spec.duration"}});
  CHECK(codes(a + authority("  duration: 2160h\n" + never)) ==
        Found{{"lint-ca-life", "Certificate/the-ca.spec.duration"}});
  CHECK(codes(a + authority("  duration: 87600h\n")) ==
        Found{{"lint-ca-key-rotation", "Certificate/the-ca.spec.privateKey.rotationPolicy"}});
  CHECK(codes(a + authority("  duration: 87600h\n  privateKey: {rotationPolicy: Always}\n", "client-ca")) ==
        Found{{"lint-ca-key-rotation", "Certificate/the-ca.spec.privateKey.rotationPolicy"}});
  CHECK(codes(a + authority("  isCA: false\n")).empty());  // the last of two keys counts: a leaf
}

TEST_CASE("every rule has been seen") {
  std::set<std::string_view> seen;
  for (const auto& mistake : lint_cases::all_mistakes()) {
    for (const auto& finding : mistake.findings) seen.insert(finding.code);
  }
  seen.insert({"lint-same-group", "lint-shared-name", "lint-ca-life", "lint-ca-key-rotation"});  // above
  std::set<std::string_view> codes;
  for (const auto& rule : pgd::lint_rules()) {
    INFO(rule.code);
    CHECK(rule.code.starts_with("lint-"));
    CHECK(codes.insert(rule.code).second);
    CHECK(seen.contains(rule.code));
    CHECK(rule.meaning.ends_with('.'));
    CHECK(rule.remedy.ends_with('.'));
  }
  CHECK(codes.size() == seen.size());
}

TEST_CASE("docs/lint.md is what the code says") { support::check_file("docs/lint.md", pgd::lint_markdown()); }
