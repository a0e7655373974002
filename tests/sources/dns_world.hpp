// A DnsServer of ours and the scripted server that it asks.
#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "agent/sources/dns_server.hpp"
#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"

namespace dns_world {

namespace asio = boost::asio;
using model::DnsStatus;
using model::Family;
using model::RebuildReason;
using sources::DnsServer;
using support::DnsAnswer;
using support::DnsQuestion;
using support::FakeDns;
using namespace std::chrono_literals;

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

}  // namespace dns_world
