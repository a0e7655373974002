#include "agent/sources/dns_reply.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fake_dns.hpp"

using model::DnsStatus;
using model::Family;
using sources::parse_reply;
using support::DnsAnswer;
using support::DnsQuestion;
using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;
using Texts = std::vector<std::string>;

namespace {

const DnsQuestion asks_a{"pg.example", 1}, asks_aaaa{"pg.example", 28};

model::DnsReply read(const DnsAnswer& answer, const DnsQuestion& question = asks_a) {
  return parse_reply(support::dns_message(7, question, answer), question.ipv6() ? Family::ipv6 : Family::ipv4);
}

Texts texts(const model::DnsReply& reply) {
  Texts out;
  for (const auto& address : reply.addresses) out.push_back(address.text);
  return out;
}

/// Header with one question for "a" A, then what is given.
Bytes message(std::uint16_t answers, std::uint16_t authorities, const Bytes& rest, std::uint16_t flags = 0x8180) {
  Bytes out{0,
            7,
            static_cast<std::uint8_t>(flags >> 8),
            static_cast<std::uint8_t>(flags),
            0,
            1,
            0,
            static_cast<std::uint8_t>(answers),
            0,
            static_cast<std::uint8_t>(authorities),
            0,
            0,
            1,
            'a',
            0,
            0,
            1,
            0,
            1};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

}  // namespace

TEST_CASE("addresses of the asked type, sorted, unique, with their TTL") {
  const auto four = read({.addresses = {"192.0.2.9", "192.0.2.1", "192.0.2.9"}, .ttl = 7});
  CHECK(four.status == DnsStatus::noerror);
  CHECK(texts(four) == Texts{"192.0.2.1", "192.0.2.9"});
  CHECK(four.addresses[0].ttl == 7s);
  CHECK_FALSE(four.negative_ttl);
  CHECK(texts(read({.addresses = {"2001:db8:0::1"}}, asks_aaaa)) == Texts{"2001:db8::1"});
  CHECK(read({.addresses = {"192.0.2.1"}, .ttl = 0x80000000U}).addresses[0].ttl == 0s);
  // An A record does not answer a question for AAAA.
  CHECK(parse_reply(support::dns_message(7, asks_a, {.addresses = {"192.0.2.1"}}), Family::ipv6).status ==
        DnsStatus::nodata);
}

TEST_CASE("at most 256 addresses, the same ones however the server shuffles") {
  DnsAnswer answer;
  for (int i = 0; i < 300; ++i)
    answer.addresses.push_back("10.0." + std::to_string(i / 100) + "." + std::to_string(i % 100));
  const auto forwards = read(answer);
  std::reverse(answer.addresses.begin(), answer.addresses.end());
  CHECK(forwards.addresses.size() == 256);
  CHECK(texts(forwards) == texts(read(answer)));
}

TEST_CASE("every response code has its status") {
  struct Row {
    int rcode;
    DnsStatus status;
  };
  for (const auto& [rcode, status] :
       {Row{0, DnsStatus::nodata}, Row{1, DnsStatus::formerr}, Row{2, DnsStatus::servfail}, Row{3, DnsStatus::nxdomain},
        Row{4, DnsStatus::notimp}, Row{5, DnsStatus::refused}, Row{6, DnsStatus::servfail}, Row{9, DnsStatus::servfail},
        Row{15, DnsStatus::servfail}}) {
    INFO(rcode);
    CHECK(read({.rcode = rcode}).status == status);
  }
  // Records beside an error don't make it an answer.
  CHECK(read({.rcode = 2, .addresses = {"192.0.2.1"}}).addresses.empty());
  CHECK(read({.rcode = 3, .addresses = {"192.0.2.1"}}).addresses.empty());
}

TEST_CASE("negative answers carry the lesser of SOA TTL and minimum") {
  CHECK(read({.rcode = 3, .soa_minimum = 30}).negative_ttl == 30s);
  CHECK(read({.soa_minimum = 9999}).negative_ttl == 3600s);
  CHECK(read({.soa_minimum = 9999}).status == DnsStatus::nodata);
  CHECK_FALSE(read({.rcode = 3}).negative_ttl);
  CHECK_FALSE(read({.addresses = {"192.0.2.1"}, .soa_minimum = 30}).negative_ttl);
}

TEST_CASE("aliases are followed to their end") {
  const auto reply = read({.addresses = {"192.0.2.1"}, .ttl = 11, .cnames = {"LB.example", "real.example"}});
  CHECK(reply.status == DnsStatus::noerror);
  CHECK(reply.cnames == Texts{"lb.example", "real.example"});
  CHECK(texts(reply) == Texts{"192.0.2.1"});
  const auto dangling = read({.cnames = {"gone.example"}});
  CHECK(dangling.status == DnsStatus::nodata);
  CHECK(dangling.cnames == Texts{"gone.example"});
  CHECK(read({.rcode = 3, .cnames = {"gone.example"}}).cnames == Texts{"gone.example"});
  Texts sixteen;
  for (int i = 0; i < 16; ++i) sixteen.push_back("c" + std::to_string(i) + ".example");
  CHECK(read({.addresses = {"192.0.2.1"}, .cnames = sixteen}).cnames.size() == 16);
  sixteen.push_back("c16.example");
  const auto longer = read({.addresses = {"192.0.2.1"}, .cnames = sixteen});  // glibc follows it; 16 are kept
  CHECK(texts(longer) == Texts{"192.0.2.1"});
  CHECK(longer.cnames.size() == 16);
  CHECK(read({.cnames = {"b.example", "pg.example"}}).status == DnsStatus::nodata);  // a loop
}

TEST_CASE("an alias' TTL bounds its addresses'; addresses of other owners don't count") {
  // a CNAME b (TTL 5), b A 192.0.2.1 (TTL 60), c A 192.0.2.2 (TTL 60)
  const Bytes records{0xc0, 12, 0, 5,   0, 1, 0, 0, 0,   5, 0, 3, 1, 'b', 0, 1, 'b', 0,  0, 1, 0,   1, 0, 0, 0,
                      60,   0,  4, 192, 0, 2, 1, 1, 'c', 0, 0, 1, 0, 1,   0, 0, 0,   60, 0, 4, 192, 0, 2, 2};
  const auto reply = parse_reply(message(3, 0, records), Family::ipv4);
  CHECK(reply.status == DnsStatus::noerror);
  CHECK(texts(reply) == Texts{"192.0.2.1"});
  CHECK(reply.addresses.at(0).ttl == 5s);
}

TEST_CASE("an alias behind its addresses does not lead to them") {
  // b A 192.0.2.1, a CNAME b
  const Bytes records{1, 'b',  0,  0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0,   2,
                      1, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 5,  0, 3, 1,   'b', 0};
  const auto reply = parse_reply(message(2, 0, records), Family::ipv4);
  CHECK(reply.status == DnsStatus::nodata);
  CHECK(reply.cnames == Texts{"b"});
}

TEST_CASE("what glibc makes of spoilt records: an address of another length is skipped, what is cut off spoils all") {
  const Bytes wrong{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 3, 1, 2, 3},
      good{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4};
  Bytes both = wrong;
  both.insert(both.end(), good.begin(), good.end());
  const auto skipped = parse_reply(message(2, 0, both), Family::ipv4);
  CHECK(skipped.status == DnsStatus::noerror);
  CHECK(texts(skipped) == Texts{"1.2.3.4"});
  const auto none = parse_reply(message(1, 0, wrong), Family::ipv4);
  CHECK(none.status == DnsStatus::formerr);
  CHECK(none.ends_search);
  CHECK_FALSE(none.unreadable);
  const auto cut = parse_reply(message(2, 0, good), Family::ipv4);
  CHECK(cut.status == DnsStatus::formerr);
  CHECK(cut.addresses.empty());
  CHECK(cut.ends_search);
  CHECK(cut.unreadable);
  // The authority section is not for addresses: without it there is no negative TTL.
  const auto half_soa = parse_reply(message(0, 1, {0, 0, 6, 0, 1, 0, 0, 0, 5, 0, 4, 0, 0, 1, 2}), Family::ipv4);
  CHECK(half_soa.status == DnsStatus::nodata);
  CHECK_FALSE(half_soa.negative_ttl);
}

TEST_CASE("records of any kind under NOERROR end the search") {
  const Bytes txt{0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 5, 0, 2, 1, 'x'};
  CHECK(parse_reply(message(1, 0, txt), Family::ipv4).ends_search);
  CHECK(read({.cnames = {"gone.example"}}).ends_search);
  CHECK(read({.addresses = {"192.0.2.1"}}).ends_search);
  CHECK_FALSE(read({.rcode = 3, .cnames = {"gone.example"}}).ends_search);
  CHECK_FALSE(read({}).ends_search);
}

TEST_CASE("a lame server has refused, a recursive or authoritative one has no data") {
  CHECK(read({.recursive = false}).status == DnsStatus::refused);
  CHECK(read({.recursive = true}).status == DnsStatus::nodata);
  CHECK(parse_reply(message(0, 0, {}, 0x8400), Family::ipv4).status == DnsStatus::nodata);
}

TEST_CASE("what is no reply, or does not parse, is formerr") {
  const auto status = [](const Bytes& bytes) { return parse_reply(bytes, Family::ipv4).status; };
  CHECK(status({}) == DnsStatus::formerr);
  CHECK(status(Bytes(11)) == DnsStatus::formerr);
  CHECK(status(message(0, 0, {}, 0x0180)) == DnsStatus::formerr);  // a question
  CHECK(status(message(0, 0, {}, 0x8980)) == DnsStatus::formerr);  // another opcode
  CHECK(status(message(0, 0, {}, 0x8380)) == DnsStatus::formerr);  // still truncated
  CHECK(status(message(1, 0, {})) == DnsStatus::formerr);          // fewer records than said
  CHECK(status(message(1, 0, {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 5, 1, 2, 3, 4, 5})) ==
        DnsStatus::formerr);  // A of 5 bytes
  CHECK(status(message(1, 0, {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 9, 1, 2, 3, 4})) ==
        DnsStatus::formerr);  // beyond the end
  CHECK(status(message(1, 0, {0xc0, 19, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4})) ==
        DnsStatus::formerr);  // pointer to itself
  CHECK(status(message(1, 0, {0xc0, 40, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4})) ==
        DnsStatus::formerr);  // pointer forwards
  CHECK(status(message(1, 0, {0x41, 'a', 0, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4})) ==
        DnsStatus::formerr);  // label type 01
  CHECK(status(message(1, 0, {0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 5, 0, 2, 1, 'b', 0})) ==
        DnsStatus::formerr);  // CNAME longer than said
  Bytes many_labels;
  for (int i = 0; i < 130; ++i) many_labels.insert(many_labels.end(), {1, 'x'});
  many_labels.insert(many_labels.end(), {0, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4});
  CHECK(status(message(1, 0, many_labels)) == DnsStatus::formerr);  // a name of more than 255 bytes
  CHECK(status(message(1, 0, {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 1, 2, 3, 4})) == DnsStatus::noerror);
}

TEST_CASE("a prefix of a good reply is never taken for a good one") {
  const Bytes whole = support::dns_message(7, asks_a, {.addresses = {"192.0.2.1"}, .cnames = {"b.example"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(parse_reply(std::span(whole).first(size), Family::ipv4).status == DnsStatus::formerr);
  }
  CHECK(parse_reply(whole, Family::ipv4).status == DnsStatus::noerror);
}

TEST_CASE("records of other types and classes are passed over; labels are escaped") {
  // TXT of a; a A in class CH; a CNAME with a dot, a blank and a backslash inside its label
  const Bytes records{0xc0, 12, 0, 16, 0, 1, 0,    0,  0, 5, 0, 2, 1, 'x', 0xc0, 12, 0, 1, 0, 3,   0,   0,    0,   5,
                      0,    4,  1, 2,  3, 4, 0xc0, 12, 0, 5, 0, 1, 0, 0,   0,    5,  0, 6, 4, '.', ' ', '\\', 'B', 0};
  const auto reply = parse_reply(message(3, 0, records), Family::ipv4);
  CHECK(reply.status == DnsStatus::nodata);
  CHECK(reply.cnames == Texts{"\\.\\032\\\\b"});
}
