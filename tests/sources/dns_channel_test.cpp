// The channel behind the c-ares source: many questions at once, those given up, its replacement and its end.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/sources/dns_world.hpp"

using namespace dns_world;

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
