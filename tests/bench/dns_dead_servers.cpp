// What dead servers cost a sweep: wall time with knotd alone, with a black hole before it (twice: the second sweep
// remembers), and with two black holes. Usage: bench_dns_dead_servers [names] [rounds].
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>

#include "agent/app/sweep.hpp"
#include "tests/support/await.hpp"
#include "tests/support/fake_dns.hpp"
#include "tests/support/knot.hpp"

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

struct Outcome {
  double wall = 0;  ///< ms
  std::size_t up = 0, reported = 0;
};

Outcome sweep_once(boost::asio::io_context& io, app::Servers& servers, const model::ResolverConfig& config,
                   const std::vector<std::string>& names) {
  Outcome outcome;
  const auto start = steady_clock::now();
  support::await(io, app::sweep(servers, config, names, {}, [&](std::size_t, const model::Lookup& lookup) {
                   ++outcome.reported;
                   outcome.up += lookup.resolved();
                 }));
  outcome.wall = std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 1000);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  std::string zone;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string label = "n" + std::to_string(i);
    zone += label + " A 10.0.0.1\n" + label + " AAAA 2001:db8::1\n";
    names.push_back(label + ".example");
  }
  const support::Knot knot({{"example", zone}});
  boost::asio::io_context io;
  const auto silent = [](const support::DnsQuestion&) { return std::optional<support::DnsAnswer>{}; };
  support::FakeDns dead(io, silent), dead_too(io, silent);
  model::ResolverConfig healthy;
  healthy.servers = {knot.address()};
  auto first_dead = healthy, both_dead = healthy;
  first_dead.servers = {dead.address(), knot.address()};
  both_dead.servers = {dead.address(), dead_too.address()};
  for (int round = 0; round < rounds; ++round) {
    app::Servers one(io.get_executor(), healthy), two(io.get_executor(), first_dead);
    const auto well = sweep_once(io, one, healthy, names), first = sweep_once(io, two, first_dead, names),
               again = sweep_once(io, two, first_dead, names);
    std::printf(
        "%zu names: healthy %.0f ms, %zu up; first dead %.0f ms, %zu up, (it - timeout)/healthy %.2f; next sweep %.0f "
        "ms, /healthy %.2f\n",
        count, well.wall, well.up, first.wall, first.up,
        (first.wall - static_cast<double>(healthy.timeout.count())) / well.wall, again.wall, again.wall / well.wall);
  }
  app::Servers none(io.get_executor(), both_dead);
  const auto lost = sweep_once(io, none, both_dead, names);
  std::printf("both dead: %.0f ms of a deadline of 25000 ms, %zu reported, %zu up\n", lost.wall, lost.reported,
              lost.up);
}
