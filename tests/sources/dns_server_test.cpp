// The c-ares source against a scripted server: every way a question can end.
#include "agent/sources/dns_server.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/sources/dns_world.hpp"

using namespace dns_world;

namespace {

std::vector<std::string> many_addresses(int count) {
  std::vector<std::string> out;
  for (int i = 0; i < count; ++i) out.push_back("10.0.1." + std::to_string(i));
  return out;
}

}  // namespace

TEST_CASE("an answer carries addresses, TTL and how long it took") {
  World world;
  world.answer = DnsAnswer{.addresses = {"192.0.2.2", "192.0.2.1"}, .ttl = 7};
  auto server = world.server();
  const auto reply = world.ask(server);
  CHECK(reply.status == DnsStatus::noerror);
  CHECK(reply.addresses == std::vector<model::Address>{{"192.0.2.1", 7s}, {"192.0.2.2", 7s}});
  CHECK_FALSE(reply.tcp);
  CHECK(reply.duration > 0us);
  CHECK(world.dns.seen().at(0).name == "pg.example");
  CHECK(world.dns.seen().at(0).type == 1);
  world.answer->addresses = {"2001:db8::1"};
  CHECK(world.ask(server, Family::ipv6).addresses.at(0).text == "2001:db8::1");
  CHECK(world.dns.seen().at(1).type == 28);
  CHECK(world.ask(server, Family::ipv6, "Absolute.Example.").status == DnsStatus::noerror);
  CHECK(world.dns.seen().at(2).name == "absolute.example");
  CHECK(server.pending() == 0);
}

TEST_CASE("every status is its own") {
  World world;
  auto server = world.server();
  struct Row {
    int rcode;
    DnsStatus status;
  };
  for (const auto& [rcode, status] :
       {Row{0, DnsStatus::nodata}, Row{1, DnsStatus::formerr}, Row{2, DnsStatus::servfail}, Row{3, DnsStatus::nxdomain},
        Row{4, DnsStatus::notimp}, Row{5, DnsStatus::refused}}) {
    INFO(rcode);
    world.answer = DnsAnswer{.rcode = rcode};
    const auto before = world.dns.seen().size();
    CHECK(world.ask(server).status == status);
    CHECK(world.dns.seen().size() == before + 1);  // no retries: they are the step machine's
  }
  CHECK(world.rebuilds.empty());
}

TEST_CASE("NODATA and NXDOMAIN bring the negative TTL, aliases come along") {
  World world;
  auto server = world.server();
  world.answer = DnsAnswer{.rcode = 3, .soa_minimum = 25};
  CHECK(world.ask(server).negative_ttl == 25s);
  world.answer = DnsAnswer{.soa_minimum = 26};
  CHECK(world.ask(server).negative_ttl == 26s);
  world.answer = DnsAnswer{.addresses = {"192.0.2.1"}, .cnames = {"lb.example"}};
  CHECK(world.ask(server).cnames == std::vector<std::string>{"lb.example"});
}

TEST_CASE("silence is a timeout, after the time given and not before") {
  World world;
  world.answer.reset();
  auto server = world.server({.timeout = 400ms});
  const auto reply = world.ask(server);
  CHECK(reply.status == DnsStatus::timeout);
  CHECK(reply.duration >= 390ms);
  CHECK(reply.duration < 800ms);
  CHECK(server.open_sockets() == 0);
}

TEST_CASE("a server that was quick may be slow: its timeout is not shortened") {
  World world;
  world.answer = DnsAnswer{.addresses = {"192.0.2.1"}};
  auto server = world.server({.timeout = 1000ms});
  for (int i = 0; i < 10; ++i) CHECK(world.ask(server).status == DnsStatus::noerror);
  world.answer.reset();
  const auto reply = world.ask(server);
  CHECK(reply.status == DnsStatus::timeout);
  CHECK(reply.duration >= 900ms);
  CHECK(reply.duration < 1500ms);
}

TEST_CASE("a closed port is unreachable") {
  asio::io_context io;
  DnsServer server(io.get_executor(), {"127.0.0.1", support::closed_port()}, {});
  const auto reply = support::await(io, server.ask("pg.example", Family::ipv4));
  CHECK(reply.status == DnsStatus::unreachable);
  CHECK(reply.duration < 500ms);
}

TEST_CASE("a closed port is unreachable for all that were asked at once") {
  asio::io_context io;
  DnsServer server(io.get_executor(), {"127.0.0.1", support::closed_port()}, {});
  auto mailbox = std::make_shared<sources::DnsMailbox>(io, 10);
  for (std::uint64_t tag = 0; tag < 10; ++tag) server.ask("pg.example", Family::ipv4, mailbox, tag);
  io.run_for(200ms);  // a question's time is 1 s
  int unreachable = 0;
  while (mailbox->try_receive([&](boost::system::error_code, std::uint64_t, const model::DnsReply& reply) {
    unreachable += reply.status == DnsStatus::unreachable;
  })) {
  }
  CHECK(unreachable == 10);
}

TEST_CASE("garbage under the right id is timeout or formerr, whatever its shape") {
  World world;
  auto server = world.server({.timeout = 100ms});
  const std::vector<std::uint8_t> header{0, 0, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0};
  std::vector<std::vector<std::uint8_t>> shapes{
      {0, 0, 0xff}, std::vector<std::uint8_t>(12, 0xff), std::vector<std::uint8_t>(500, 0xaa)};
  shapes.push_back(header);
  // The right question, then an answer that is none.
  auto question = support::dns_message(0, {"pg.example", 1}, {});
  question[7] = 1;
  question.insert(question.end(), {0xc0, 0xff, 1, 2, 3});
  shapes.push_back(question);
  for (const auto& shape : shapes) {
    world.answer = DnsAnswer{.raw = shape};
    const auto status = world.ask(server).status;
    INFO(model::name(status));
    CHECK((status == DnsStatus::timeout || status == DnsStatus::formerr));
  }
  world.answer = DnsAnswer{.addresses = {"192.0.2.1"}};
  CHECK(world.ask(server).status == DnsStatus::noerror);
}

TEST_CASE("a truncated answer is asked for again over TCP") {
  World world;
  world.answer = DnsAnswer{.addresses = many_addresses(120), .truncated = true};
  auto server = world.server();
  const auto reply = world.ask(server);
  CHECK(reply.status == DnsStatus::noerror);
  CHECK(reply.addresses.size() == 120);
  CHECK(reply.tcp);
  REQUIRE(world.dns.seen().size() == 2);
  CHECK_FALSE(world.dns.seen()[0].tcp);
  CHECK(world.dns.seen()[1].tcp);
}

TEST_CASE("use-vc asks over TCP at once") {
  World world;
  world.answer = DnsAnswer{.addresses = {"192.0.2.1"}};
  auto server = world.server({.tcp = true});
  CHECK(world.ask(server).tcp);
  REQUIRE(world.dns.seen().size() == 1);
  CHECK(world.dns.seen()[0].tcp);
}

TEST_CASE("IPv6 servers, with a scope as well") {
  asio::io_context io;
  FakeDns dns(io, [](const DnsQuestion&) { return DnsAnswer{.addresses = {"192.0.2.1"}}; }, "::1");
  for (const auto* address : {"::1", "::1%lo", "::1%1"}) {
    INFO(address);
    DnsServer server(io.get_executor(), {address, dns.address().port}, {});
    CHECK(support::await(io, server.ask("pg.example", Family::ipv4)).status == DnsStatus::noerror);
  }
  DnsServer nowhere(io.get_executor(), {"fe80::1%no-such-dev", 53}, {.timeout = 200ms});
  CHECK(support::await(io, nowhere.ask("pg.example", Family::ipv4)).status == DnsStatus::unreachable);
}

TEST_CASE("the library says its version") { CHECK(sources::cares_version().starts_with("1.")); }
