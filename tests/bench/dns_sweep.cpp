// Names per second and CPU per name (A and AAAA) of a sweep against knotd on loopback, beside the floor: the same
// questions by bare c-ares with poll(2), in the same run. Usage: bench_dns_sweep [names] [rounds]. Build in release:
//   cmake --build <dir> --target bench_dns_sweep
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "agent/app/sweep.hpp"
#include "tests/support/await.hpp"
#include "tests/support/knot.hpp"

namespace {

using std::chrono::steady_clock;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Cost {
  double wall = 0, cpu = 0;
  std::size_t answered = 0;
};

template <class Work>
Cost measure(Work work) {
  const auto start = steady_clock::now();
  const double cpu = cpu_seconds();
  Cost cost;
  cost.answered = work();
  cost.wall = std::chrono::duration<double>(steady_clock::now() - start).count();
  cost.cpu = cpu_seconds() - cpu;
  return cost;
}

std::size_t by_sweep(const model::DnsServerAddress& address, const std::vector<std::string>& names) {
  boost::asio::io_context io;
  model::ResolverConfig config;
  config.servers = {address};
  app::Servers servers(io.get_executor(), config);
  std::size_t answered = 0;
  support::await(io, app::sweep(servers, config, names, {}, [&](std::size_t, const model::Lookup& lookup) {
                   answered += lookup.ipv4.addresses.size() + lookup.ipv6.addresses.size();
                 }));
  return answered;
}

struct Floor {
  ares_channel channel = nullptr;
  std::map<ares_socket_t, short> sockets;
  std::size_t open = 0, answered = 0;
};

std::size_t by_cares(const model::DnsServerAddress& address, const std::vector<std::string>& names) {
  Floor floor;
  ares_options options{};
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
  options.timeout = 1000;
  options.tries = 1;
  options.sock_state_cb_data = &floor;
  options.sock_state_cb = [](void* data, ares_socket_t fd, int readable, int writable) {
    auto& sockets = static_cast<Floor*>(data)->sockets;
    if (!readable && !writable) {
      sockets.erase(fd);
    } else {
      sockets[fd] = static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
    }
  };
  int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
#ifdef ARES_OPT_QUERY_CACHE
  mask |= ARES_OPT_QUERY_CACHE;
#endif
  if (ares_init_options(&floor.channel, &options, mask) != ARES_SUCCESS) std::abort();
  ares_set_servers_ports_csv(floor.channel, model::to_text(address).c_str());
  const auto on_answer = [](void* data, int code, int, unsigned char*, int) {
    auto& ours = *static_cast<Floor*>(data);
    --ours.open;
    ours.answered += code == ARES_SUCCESS;
  };
  for (std::size_t next = 0; next < names.size() || floor.open > 0;) {
    for (; next < names.size() && floor.open < 128; ++next) {
      for (const int type : {1, 28}) {
        ++floor.open;
        ares_query(floor.channel, names[next].c_str(), 1, type, on_answer, &floor);
      }
    }
    for (const auto& [fd, events] : std::map(floor.sockets)) {
      pollfd one{fd, events, 0};
      if (::poll(&one, 1, 1000) > 0) {
        ares_process_fd(floor.channel, one.revents & POLLIN ? fd : ARES_SOCKET_BAD,
                        one.revents & POLLOUT ? fd : ARES_SOCKET_BAD);
      }
    }
  }
  ares_destroy(floor.channel);
  return floor.answered;
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 5000);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  std::string zone;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string label = "n" + std::to_string(i);
    zone += label + " A 10.0.0.1\n" + label + " AAAA 2001:db8::1\n";
    names.push_back(label + ".example");
  }
  ares_library_init(ARES_LIB_INIT_ALL);
  const support::Knot knot({{"example", zone}});
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    const Cost floor = measure([&] { return by_cares(knot.address(), names); });
    const Cost sweep = measure([&] { return by_sweep(knot.address(), names); });
    const double n = static_cast<double>(count);
    ratios.push_back(sweep.cpu / floor.cpu);
    std::printf(
        "%zu names: sweep %.0f names/s, %.1f us CPU per name, %zu answers; c-ares %.0f names/s, %.1f us, %zu; CPU "
        "ratio %.2f\n",
        count, n / sweep.wall, sweep.cpu / n * 1e6, sweep.answered, n / floor.wall, floor.cpu / n * 1e6, floor.answered,
        ratios.back());
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("CPU ratio, median of %d: %.2f\n", rounds, ratios[ratios.size() / 2]);
}
