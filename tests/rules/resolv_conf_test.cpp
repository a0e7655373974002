#include "agent/rules/resolv_conf.hpp"

#include <catch2/catch_test_macros.hpp>

using model::DnsServerAddress;
using rules::parse_resolv_conf;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> servers(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& server : parse_resolv_conf(text).servers) out.push_back(model::to_text(server));
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a pod's resolv.conf") {
  const auto config = parse_resolv_conf(
      "search region-a.svc.cluster.local svc.cluster.local cluster.local\n"
      "nameserver 10.96.0.10\n"
      "options ndots:5\n");
  CHECK(config.servers == std::vector<DnsServerAddress>{{"10.96.0.10", 53}});
  CHECK(config.search == Texts{"region-a.svc.cluster.local", "svc.cluster.local", "cluster.local"});
  CHECK(config.ndots == 5);
  CHECK(config.timeout == 5s);
  CHECK(config.attempts == 2);
  CHECK_FALSE(config.rotate);
  CHECK_FALSE(config.use_tcp);
}

TEST_CASE("nameservers: three, numeric, whatever else skipped, loopback where there is none") {
  CHECK(servers("") == Texts{"127.0.0.1:53"});
  CHECK(servers("nameserver example.com\n") == Texts{"127.0.0.1:53"});
  CHECK(servers("nameserver 1.1.1.1\nnameserver 2.2.2.2\nnameserver 3.3.3.3\nnameserver 4.4.4.4") ==
        Texts{"1.1.1.1:53", "2.2.2.2:53", "3.3.3.3:53"});
  CHECK(servers("nameserver nonsense\nnameserver\t ::1  trailing words\nnameserver fe80::1%eth0\n") ==
        Texts{"[::1]:53", "[fe80::1%eth0]:53"});
  CHECK(servers("nameserver 10.1\n") == Texts{"10.0.0.1:53"});  // inet_aton
  CHECK(servers("nameserver 1.1.1.1:53\nnameserver [::1]\nnameserver [::1]:53\n") == Texts{"127.0.0.1:53"});
  CHECK(servers(
            "#nameserver 1.1.1.1\n;nameserver 2.2.2.2\n nameserver 3.3.3.3\nnameserver4.4.4.4\nNAMESERVER 5.5.5.5\n") ==
        Texts{"127.0.0.1:53"});
  CHECK(servers("nameserver 1.1.1.1\r\n") == Texts{"127.0.0.1:53"});  // as glibc: no address with \r
}

TEST_CASE("search and domain: the last wins, an empty one changes nothing, any length") {
  CHECK(parse_resolv_conf("domain a.example\nsearch b.example c.example\n").search == Texts{"b.example", "c.example"});
  CHECK(parse_resolv_conf("search b.example c.example\ndomain a.example x.example\n").search == Texts{"a.example"});
  CHECK(parse_resolv_conf("search b.example\nsearch\nsearch  \ndomain \n").search == Texts{"b.example"});
  CHECK(parse_resolv_conf("search a \t b . -c d..e\n").search == Texts{"a", "b", "."});
  std::string seven = "search", all;
  for (int i = 0; i < 7; ++i) seven += " " + std::string(60, static_cast<char>('a' + i)) + ".example";
  CHECK(parse_resolv_conf(seven).search.size() == 7);  // since glibc 2.26 neither six nor 256 characters
  for (int i = 0; i < 100; ++i) all += " d" + std::to_string(i);
  CHECK(parse_resolv_conf("search" + all).search.size() == 32);
}

TEST_CASE("without a search list the host's own domain is searched") {
  CHECK(parse_resolv_conf("", "pod-1").search.empty());
  CHECK(parse_resolv_conf("", "pod-1.region-a.svc.cluster.local").search == Texts{"region-a.svc.cluster.local"});
  CHECK(parse_resolv_conf("search x\n", "pod-1.y").search == Texts{"x"});
  CHECK(parse_resolv_conf("", "pod-1.").search.empty());
}

TEST_CASE("options and their limits") {
  const auto read = [](const char* text) { return parse_resolv_conf(std::string("options ") + text); };
  CHECK(read("ndots:99").ndots == 15);
  CHECK(read("ndots:0").ndots == 0);
  CHECK(read("ndots:-3").ndots == 0);
  CHECK(read("ndots:").ndots == 0);
  CHECK(read("ndots:99999999999999999999").ndots == 15);
  CHECK(read("timeout:99").timeout == 30s);
  CHECK(read("timeout:0").timeout == 1s);
  CHECK(read("timeout:3").timeout == 3s);
  CHECK(read("attempts:9").attempts == 5);
  CHECK(read("attempts:0").attempts == 1);
  CHECK(read("rotate use-vc").rotate);
  CHECK(read("rotate use-vc").use_tcp);
  CHECK(read("single-request edns0 trust-ad ndots:2 debug").ndots == 2);
  CHECK(read("single-request").single_request);
  CHECK(read("single-request-reopen").single_request);
  CHECK_FALSE(read("edns0 trust-ad").single_request);
  CHECK(read("no-aaaa").no_aaaa);
  CHECK(read("no-tld-query").no_tld_query);
  CHECK_FALSE(read("no_aaaa Rotate USE-VC").no_aaaa);
  CHECK(parse_resolv_conf("options ndots:2\noptions attempts:3\n").attempts == 3);
  CHECK(parse_resolv_conf("options ndots:2\noptions attempts:3\n").ndots == 2);
}

TEST_CASE("time-out and attempts are the caller's where the file has none") {
  const rules::Patience ours{1s, 3};
  CHECK(parse_resolv_conf("options ndots:5\n", "", ours).timeout == 1s);
  CHECK(parse_resolv_conf("options ndots:5\n", "", ours).attempts == 3);
  const auto said = parse_resolv_conf("options timeout:4 attempts:1\n", "", ours);
  CHECK(said.timeout == 4s);
  CHECK(said.attempts == 1);
}

TEST_CASE("configured servers: address, port, scope") {
  const auto text = [](std::string_view server) { return model::to_text(*model::parse_server(server)); };
  CHECK(text("10.0.0.10") == "10.0.0.10:53");
  CHECK(text("10.0.0.10:5353") == "10.0.0.10:5353");
  CHECK(text("::1") == "[::1]:53");
  CHECK(text("[::1]") == "[::1]:53");
  CHECK(text("[::1]:5353") == "[::1]:5353");
  CHECK(text("FD00:0:0::10") == "[fd00::10]:53");
  CHECK(text("fe80::1%eth0") == "[fe80::1%eth0]:53");
  CHECK(text("[fe80::1%2]:53") == "[fe80::1%2]:53");
  for (const auto* bad : {"",
                          "dns.example",
                          "10.0.0.10:",
                          "10.0.0.10:0",
                          "10.0.0.10:65536",
                          "10.0.0.10:5x",
                          "10.0.0.10:-5",
                          "10.0.0",
                          "[10.0.0.10]:53",
                          "[::1",
                          "[::1]53",
                          "[::1]:",
                          "::1%",
                          "10.0.0.1%eth0",
                          "fe80::1%a,b",
                          "fe80::1%0123456789abcdef",
                          " 10.0.0.10",
                          "10.0.0.10 ",
                          "[]:53",
                          ":53"}) {
    INFO(bad);
    CHECK_FALSE(model::parse_server(bad).has_value());
  }
}
