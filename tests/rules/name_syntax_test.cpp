#include "agent/rules/name_syntax.hpp"

#include <catch2/catch_test_macros.hpp>

using rules::why_invalid;

TEST_CASE("names that can be asked") {
  const std::string label(63, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  REQUIRE(longest.size() == 253);
  for (const std::string& name : {std::string("a"), std::string("region-a-1-node"), std::string("Region-A.Example."),
                                  std::string("_dmarc.my_domain"), std::string("1a.2b"), std::string("10.0.0.1.nip.io"),
                                  label, longest, longest + "."}) {
    INFO(name);
    CHECK(why_invalid(name).empty());
  }
}

TEST_CASE("names that can't, and why") {
  const std::string label(63, 'a');
  struct Row {
    std::string name, why;
  };
  for (const auto& [name, why] : {
           Row{"", "it is empty"},
           Row{".", "it is empty"},
           Row{"a..b", "a label is empty"},
           Row{".a", "a label is empty"},
           Row{"a..", "a label is empty"},
           Row{label + "x.b", "label \"" + label + "x\" is longer than 63 characters"},
           Row{label + "." + label + "." + label + "." + std::string(62, 'b'), "it is longer than 253 characters"},
           Row{"-a.b", "label \"-a\" begins or ends with a hyphen"},
           Row{"a.b-", "label \"b-\" begins or ends with a hyphen"},
           Row{"a b", "character 0x20 is not allowed"},
           Row{"a/b", "character \"/\" is not allowed"},
           Row{"*.a", "character \"*\" is not allowed"},
           Row{"gr\xc3\xbc"
               "n",
               "character 0xc3 is not allowed"},
           Row{"::1", "character \":\" is not allowed"},
           Row{"10.0.0.1", "it is an IPv4 address, not a name"},
           Row{"10.1", "it is an IPv4 address, not a name"},
           Row{"0x7f.1.", "it is an IPv4 address, not a name"},
       }) {
    INFO(name);
    CHECK(why_invalid(name) == why);
  }
  CHECK(why_invalid(std::string("a\0b", 3)) == "character 0x00 is not allowed");
}

TEST_CASE("host names as glibc's res_hnok has them") {
  for (const auto* name : {"a", "a..b", ".a", "_x", "a-", "a.-b", "123", "A.B."}) {
    INFO(name);
    CHECK(rules::is_host_name(name));
  }
  for (const auto* name : {"-a", "a b", "a*", "a\\", "a/b", "::1", "gr\xc3\xbcn"}) {
    INFO(name);
    CHECK_FALSE(rules::is_host_name(name));
  }
}

TEST_CASE("addresses where a name is expected") {
  struct Row {
    const char *text, *address;
  };
  for (const auto& [text, address] :
       {Row{"127.0.0.1", "127.0.0.1"}, Row{"127.1", "127.0.0.1"}, Row{"0x7f.1", "127.0.0.1"},
        Row{"2130706433", "127.0.0.1"}, Row{"010.0.0.1", "8.0.0.1"}, Row{"::1", "::1"}, Row{"FD00:0::1", "fd00::1"},
        Row{"fe80::1%lo", "fe80::1%lo"}, Row{"192.0.2.256", ""}, Row{"1.2.3.4.5", ""}, Row{"127.0.0.1 ", ""},
        Row{"fe80::1%", ""}, Row{"[::1]", ""}, Row{"", ""}, Row{"a.b", ""}, Row{"10.0.0.1.", ""}}) {
    INFO(text);
    CHECK(rules::numeric_address(text) == address);
  }
}
