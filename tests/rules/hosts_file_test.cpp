#include "agent/rules/hosts_file.hpp"

#include <catch2/catch_test_macros.hpp>

using rules::addresses_in;
using rules::parse_hosts;
using Texts = std::vector<std::string>;

namespace {

/// What `text` has for `name`.
Texts read(std::string_view text, std::string_view name) { return addresses_in(parse_hosts(text), name); }

}  // namespace

TEST_CASE("a name of the hosts file has the addresses of all its lines, of both families") {
  const auto hosts = parse_hosts(
      "192.0.2.63 a.example other\n192.0.2.62\ta.example\n2001:db8:0::62 a.example\n192.0.2.62 a.example a.example\n");
  CHECK(addresses_in(hosts, "a.example") == Texts{"192.0.2.62", "192.0.2.63", "2001:db8::62"});
  CHECK(addresses_in(hosts, "other") == Texts{"192.0.2.63"});
  CHECK(addresses_in(hosts, "example").empty());
  CHECK(addresses_in(hosts, "192.0.2.63").empty());
}

TEST_CASE("names are compared without case, a trailing dot is part of one") {
  CHECK(read("192.0.2.1 Pg-1.Example", "pG-1.eXample") == Texts{"192.0.2.1"});
  CHECK(read("192.0.2.1 a.example", "a.example.").empty());
  CHECK(read("192.0.2.1 a.example.", "a.example.") == Texts{"192.0.2.1"});
  CHECK(read("192.0.2.1 a.example.", "a.example").empty());
}

TEST_CASE("lines as glibc reads them") {
  CHECK(read("  192.0.2.1 \t a\r\n", "a") == Texts{"192.0.2.1"});
  CHECK(read("192.0.2.1\va", "a") == Texts{"192.0.2.1"});
  CHECK(read("192.0.2.1 a # b\n#192.0.2.2 c\n192.0.2.3#d", "b").empty());
  CHECK(read("#192.0.2.2 c", "c").empty());
  CHECK(read("192.0.2.3 a#b", "a") == Texts{"192.0.2.3"});
  CHECK(read("192.0.2.1", "").empty());
  CHECK(read("\n\n192.0.2.1 a", "a") == Texts{"192.0.2.1"});  // no newline at the end
}

TEST_CASE("only four decimal parts or plain IPv6 are addresses") {
  for (const auto* line : {"192.0.2.256 a", "192.0.2 a", "127.1 a", "0x7f.0.0.1 a", "010.0.0.1 a", "fe80::1%lo a",
                           "[::1] a", "192.0.2.1/24 a", "a a"}) {
    INFO(line);
    CHECK(read(line, "a").empty());
  }
  CHECK(read("FE80::2 a", "a") == Texts{"fe80::2"});
  CHECK(read("::ffff:192.0.2.1 a", "a") == Texts{"::ffff:192.0.2.1"});
  CHECK(read("0.0.0.0 a", "a") == Texts{"0.0.0.0"});
}

TEST_CASE("a huge hosts file is kept in part") {
  std::string text = "192.0.2.1";
  for (int i = 0; i < 20'000; ++i) text += " n" + std::to_string(i);
  const auto hosts = parse_hosts(text);
  CHECK(hosts.size() == 10'000);
  CHECK(addresses_in(hosts, "n9999") == Texts{"192.0.2.1"});
}
