#include "agent/rules/host_match.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/rules/decode.hpp"
#include "tests/support/test_pki.hpp"

using rules::host_match;
using rules::HostMatch;
using support::Recipe;

namespace {

model::CertificateRef made(const Recipe& recipe) { return rules::decode_chain({recipe.self_signed().der()}).at(0); }

const std::string nul("db\0.evil.example", 16);

}  // namespace

TEST_CASE("names match exactly, without regard to case, or by one leading label") {
  struct Row {
    const char* pattern;
    const char* host;
    bool matches;
  };
  const Row rows[] = {
      {"db.example", "db.example", true},
      {"DB.Example", "db.eXAMPLE", true},
      {"db.example", "db.example.", false},
      {"db.example.", "db.example", false},
      {"db.example", "db", false},
      {"db", "db", true},
      {"*.example", "db.example", true},
      {"*.EXAMPLE", "db.example", true},
      {"*.example", "a.db.example", false},
      {"*.example", "example", false},
      {"*.example", ".example", false},
      {"*.example", "a..example", true},
      {"*.example", "..example", true},
      {"*.example", "a...example", false},
      {"*.example", "..a.example", false},
      {"*.example", "x.example", true},
      {"*.x", "a.x", true},
      {"*.", "a.", false},
      {"*", "a", false},
      {"a*.example", "ab.example", false},
      {"*b.example", "ab.example", false},
      {"db.*.example", "db.a.example", false},
      {"*.*.example", "a.b.example", false},
      {"*.example", "*.example", true},
      {"*.0.0.1", "10.0.0.1", true},
      {"\xc3\xa4.example", "\xc3\x84.example", false},
      {"", "a", false},
  };
  for (const auto& row : rows) {
    INFO(row.pattern << " against " << row.host);
    CHECK(rules::name_matches(row.pattern, row.host) == row.matches);
  }
}

TEST_CASE("an IP address is what inet_aton or inet_pton accepts") {
  for (const auto* address : {"10.0.0.1", "1", "10.1", "0x7f.1", "::1", "fe80::1"}) {
    INFO(address);
    CHECK(rules::is_ip_address(address));
  }
  for (const auto* name : {"db", "10.0.0.1.example", "10.0.0.256", "", "::g", "[::1]"}) {
    INFO(name);
    CHECK_FALSE(rules::is_ip_address(name));
  }
}

TEST_CASE("hosts against certificates, by libpq's rule") {
  struct Row {
    const char* what;
    Recipe recipe;
    std::string host;
    HostMatch expected;
  };
  const auto yes = HostMatch::match, no = HostMatch::no_match, bad = HostMatch::malformed;
  const Row rows[] = {
      {"a DNS name among others", Recipe{"x"}.dns({"a.example", "b.example"}), "b.example", yes},
      {"the common name does not count beside DNS names", Recipe{"cn.example"}.dns({"a.example"}), "cn.example", no},
      {"the common name counts without any", Recipe{"cn.example"}, "CN.example", yes},
      {"a wildcard common name", Recipe{"*.example"}, "a.example", yes},
      {"no name at all", Recipe{""}, "a.example", no},
      {"DNS host, only addresses: common name", Recipe{"cn.example"}.ip({"10.0.0.1"}), "cn.example", yes},
      {"DNS host, only a URI: common name", Recipe{"cn.example"}.uri("spiffe://x"), "cn.example", yes},
      {"IP host, only DNS names: common name", Recipe{"10.0.0.1"}.dns({"a.example"}), "10.0.0.1", yes},
      {"IP host by its address", Recipe{"x"}.ip({"10.0.0.1"}), "10.0.0.1", yes},
      {"IP host in another spelling", Recipe{"x"}.ip({"10.0.0.1"}), "10.1", yes},
      {"IP host, another address", Recipe{"10.0.0.2"}.ip({"10.0.0.1"}), "10.0.0.2", no},
      {"IPv6 in another spelling", Recipe{"x"}.ip({"fd00::1"}), "fd00:0:0:0:0:0:0:1", yes},
      {"IPv6, another address", Recipe{"x"}.ip({"fd00::1"}), "fd00::2", no},
      {"IP host as the text of a DNS name", Recipe{"x"}.dns({"10.0.0.1"}), "10.0.0.1", yes},
      {"short host, long name", Recipe{"x"}.dns({"db.ns.svc"}), "db", no},
      {"host with its own dot", Recipe{"x"}.dns({"db.ns.svc."}), "db.ns.svc.", yes},
      {"a NUL before the match", Recipe{"x"}.dns({nul, "a.example"}), "a.example", bad},
      {"a NUL after the match", Recipe{"x"}.dns({"a.example", nul}), "a.example", yes},
      {"a NUL stops the fall back", Recipe{"db"}.dns({nul}), "db", bad},
      {"a NUL in the common name", Recipe{nul}, "db", bad},
      {"the empty host", Recipe{""}.dns({""}), "", no},
      {"a host with a NUL", Recipe{"x"}.dns({"db"}), nul, no},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(host_match(*made(row.recipe), row.host) == row.expected);
  }
}
