// The c-ares source against a scripted server: every way a question can end.
#include "agent/sources/dns_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"

namespace asio = boost::asio;
using model::DnsStatus;
using model::Family;
using model::RebuildReason;
using sources::DnsServer;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;

namespace {

using Options = DnsServer::Options;

struct World {
  asio::io_context io;
  std::optional<DnsAnswer> answer = DnsAnswer{};
  FakeDns dns{io, [this](const DnsQuestion&) { return answer; }};
  std::vector<RebuildReason> rebuilds;

  DnsServer server(Options options = {}) {
    return DnsServer(io.get_executor(), dns.address(), options,
                     [this](RebuildReason reason) { rebuilds.push_back(reason); });
  }
  model::DnsReply ask(DnsServer& asked, Family family = Family::ipv4, const char* name = "pg.example") {
    return support::await(io, asked.ask(name, family));
  }
  /// Until nothing is pending any more.
  void drain(const DnsServer& asked) {
    const auto give_up = std::chrono::steady_clock::now() + 5s;
    while (asked.pending() > 0 && std::chrono::steady_clock::now() < give_up) io.run_one_for(20ms);
    io.poll();
  }
};

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

TEST_CASE("many at once all get their own answer") {
  asio::io_context io;
  FakeDns dns(io, [](const DnsQuestion& question) {
    return DnsAnswer{.addresses = {"10.0." + std::to_string(std::stoi(question.name.substr(1)) / 200) + "." +
                                   std::to_string(std::stoi(question.name.substr(1)) % 200)}};
  });
  DnsServer server(io.get_executor(), dns.address(), {});
  auto mailbox = std::make_shared<sources::DnsMailbox>(io, 500);
  for (int i = 0; i < 128; ++i)
    server.ask("n" + std::to_string(i), Family::ipv4, mailbox, static_cast<std::uint64_t>(i));
  CHECK(server.pending() == 128);
  int right = 0;
  for (int got = 0; got < 128;) {
    io.run_one_for(2s);
    io.poll();
    const auto count = [&](boost::system::error_code, std::uint64_t tag, const model::DnsReply& reply) {
      ++got;
      const auto expected = "10.0." + std::to_string(tag / 200) + "." + std::to_string(tag % 200);
      right += reply.status == DnsStatus::noerror && reply.addresses.at(0).text == expected;
    };
    while (mailbox->try_receive(count)) {
    }
  }
  CHECK(right == 128);
  CHECK(server.pending() == 0);
  CHECK(server.open_sockets() == 0);
}

TEST_CASE("an answer is never delivered from inside the call") {
  asio::io_context io;
  DnsServer server(io.get_executor(), {"127.0.0.1", 1}, {});
  auto mailbox = std::make_shared<sources::DnsMailbox>(io, 10);
  bool delivered = false;
  mailbox->async_receive([&](boost::system::error_code, std::uint64_t, const model::DnsReply& reply) {
    delivered = true;
    CHECK(reply.status == DnsStatus::formerr);
  });
  server.ask(std::string(300, 'a'), Family::ipv4, mailbox, 1);  // refused by c-ares itself
  CHECK_FALSE(delivered);
  io.run_for(100ms);
  CHECK(delivered);
}

TEST_CASE("giving up one question leaves the others alone") {
  asio::io_context io;
  FakeDns dns(io, [](const DnsQuestion& question) -> std::optional<DnsAnswer> {
    if (question.name == "slow.example") return std::nullopt;
    return DnsAnswer{.addresses = {"192.0.2.1"}};
  });
  DnsServer server(io.get_executor(), dns.address(), {.timeout = 300ms});
  asio::cancellation_signal stop;
  bool aborted = false;
  asio::co_spawn(io, server.ask("slow.example", Family::ipv4),
                 asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr error, const model::DnsReply&) {
                   try {
                     if (error) std::rethrow_exception(error);
                   } catch (const boost::system::system_error& e) {
                     aborted = e.code() == asio::error::operation_aborted;
                   }
                 }));
  io.run_for(20ms);
  stop.emit(asio::cancellation_type::terminal);
  CHECK(support::await(io, server.ask("fast.example", Family::ipv4)).status == DnsStatus::noerror);
  CHECK(aborted);
  CHECK(server.pending() == 1);  // c-ares goes on with it until it times out
  io.restart();
  io.run_for(500ms);
  CHECK(server.pending() == 0);
}

TEST_CASE("destroying the server ends open questions as timeout") {
  World world;
  world.answer.reset();
  auto server = std::make_unique<DnsServer>(world.io.get_executor(), world.dns.address(), Options{});
  std::optional<DnsStatus> status;
  asio::co_spawn(world.io, server->ask("pg.example", Family::ipv4),
                 [&](std::exception_ptr, const model::DnsReply& reply) { status = reply.status; });
  world.io.run_for(20ms);
  server.reset();
  world.io.run_for(20ms);
  CHECK(status == DnsStatus::timeout);
}

TEST_CASE("an expiry already queued does not touch a destroyed server") {
  World world;
  world.answer.reset();
  auto server = std::make_unique<DnsServer>(world.io.get_executor(), world.dns.address(), Options{.timeout = 20ms});
  auto mailbox = std::make_shared<sources::DnsMailbox>(world.io, 10);
  asio::steady_timer kill(world.io, 19ms);
  kill.async_wait([&](boost::system::error_code) { server.reset(); });
  server->ask("pg.example", Family::ipv4, mailbox, 1);
  std::this_thread::sleep_for(
      45ms);  // both are due when the loop comes round: the first destroys what the second belongs to
  world.io.run_for(50ms);
  CHECK_FALSE(server);
}

TEST_CASE("repeated timeouts make a new channel, once in a while") {
  World world;
  world.answer.reset();
  auto server = world.server({.timeout = 30ms, .rebuild_after_timeouts = 3, .min_rebuild_interval = 60s});
  for (int i = 0; i < 3; ++i) world.ask(server);
  CHECK(world.rebuilds.empty());
  for (int i = 0; i < 6; ++i) world.ask(server);
  CHECK(world.rebuilds == std::vector{RebuildReason::timeouts});
  world.answer = DnsAnswer{};
  CHECK(world.ask(server).status == DnsStatus::nodata);
}

TEST_CASE("an answer in between resets the count") {
  World world;
  auto server = world.server({.timeout = 30ms, .rebuild_after_timeouts = 3});
  for (int i = 0; i < 8; ++i) {
    world.answer = i % 3 == 2 ? std::optional(DnsAnswer{}) : std::nullopt;
    world.ask(server);
  }
  CHECK(world.rebuilds.empty());
}

TEST_CASE("a channel past its age is replaced at the next question, not before") {
  World world;
  auto server = world.server({.max_age = std::chrono::minutes{0}});
  world.ask(server);
  world.io.run_for(30ms);
  CHECK(world.rebuilds.empty());
  world.ask(server);
  CHECK(world.rebuilds == std::vector{RebuildReason::max_age});
}

TEST_CASE("questions open at a rebuild end on the old channel") {
  World world;
  world.answer = DnsAnswer{.addresses = {"192.0.2.1"}, .delay = 50ms};
  auto server = world.server();
  auto mailbox = std::make_shared<sources::DnsMailbox>(world.io, 10);
  server.ask("a.example", Family::ipv4, mailbox, 1);
  server.rebuild(RebuildReason::resolv_conf);
  server.ask("b.example", Family::ipv4, mailbox, 2);
  CHECK(server.pending() == 2);
  world.drain(server);
  int answers = 0;
  const auto count = [&](boost::system::error_code, std::uint64_t, const model::DnsReply& reply) {
    answers += reply.status == DnsStatus::noerror;
  };
  while (mailbox->try_receive(count)) {
  }
  CHECK(answers == 2);
  CHECK(world.rebuilds == std::vector{RebuildReason::resolv_conf});
  CHECK(server.open_sockets() == 0);
}

TEST_CASE("idle means idle: nothing pending, no socket, no timer") {
  World world;
  auto server = world.server();
  world.ask(server);
  world.dns.stop();
  world.io.restart();
  CHECK(world.io.run_for(100ms) < 10);
  world.io.restart();
  CHECK(world.io.run_for(100ms) == 0);  // ran out of work: a timer left behind would keep it waiting
}

TEST_CASE("the library says its version") { CHECK(sources::cares_version().starts_with("1.")); }
