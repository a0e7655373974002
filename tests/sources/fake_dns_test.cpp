// The scripted server itself, asked over a plain socket.
#include "tests/support/fake_dns.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <catch2/catch_test_macros.hpp>

#include "agent/sources/dns_reply.hpp"

namespace asio = boost::asio;
using asio::ip::udp;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;

namespace {

/// A question over UDP; the reply's bytes, or none within 100 ms.
std::vector<std::uint8_t> exchange(asio::io_context& io, const FakeDns& dns, std::uint16_t id) {
  udp::socket socket(io, udp::v4());
  auto question = support::dns_message(id, {"Pg.Example", 1}, {});
  question[2] = 1;
  question[3] = 0;
  socket.send_to(asio::buffer(question),
                 udp::endpoint(asio::ip::make_address(dns.address().address), dns.address().port));
  std::vector<std::uint8_t> reply(1500);
  std::size_t size = 0;
  bool done = false;
  socket.async_receive(asio::buffer(reply), [&](boost::system::error_code, std::size_t n) {
    size = n;
    done = true;
  });
  const auto give_up = std::chrono::steady_clock::now() + 100ms;
  io.restart();
  while (!done && std::chrono::steady_clock::now() < give_up) io.run_one_until(give_up);
  socket.cancel();
  io.poll();
  reply.resize(size);
  return reply;
}

}  // namespace

TEST_CASE("the scripted server answers, is silent, drops, sends garbage as told") {
  asio::io_context io;
  std::optional<DnsAnswer> answer = DnsAnswer{.addresses = {"192.0.2.1"}};
  FakeDns dns(io, [&](const DnsQuestion&) { return answer; });
  const auto reply = exchange(io, dns, 0x1234);
  REQUIRE(reply.size() > 12);
  CHECK((reply[0] == 0x12 && reply[1] == 0x34));
  CHECK(sources::parse_reply(reply, model::Family::ipv4).addresses.at(0).text == "192.0.2.1");
  CHECK(dns.seen().at(0).name == "pg.example");
  answer.reset();
  CHECK(exchange(io, dns, 1).empty());
  answer = DnsAnswer{.raw = {9, 9, 7}};
  CHECK(exchange(io, dns, 0x0102) == std::vector<std::uint8_t>{1, 2, 7});
  answer = DnsAnswer{.delay = 30ms};
  const auto before = std::chrono::steady_clock::now();
  CHECK_FALSE(exchange(io, dns, 1).empty());
  CHECK(std::chrono::steady_clock::now() - before >= 30ms);
  answer = DnsAnswer{};
  dns.drop_every(2);
  int answered = 0;
  for (int i = 0; i < 6; ++i) answered += !exchange(io, dns, 1).empty();
  CHECK(answered == 3);
  CHECK(dns.dropped() == 3);
}
