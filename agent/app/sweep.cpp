#include "agent/app/sweep.hpp"

#include <utility>

#include "agent/app/hosts.hpp"

namespace app {

boost::asio::awaitable<void> sweep(Servers& servers, const model::ResolverConfig& config,
                                   std::vector<std::string> names, SweepOptions options,
                                   std::function<void(std::size_t, model::Lookup)> found) {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + options.sweep_deadline;
  const auto hosts = read_hosts();
  Lookups lookups(servers, config);
  std::size_t begun = 0;
  const auto fill_window = [&] {
    for (; begun < names.size() && lookups.size() < std::max<std::size_t>(options.window, 1); ++begun) {
      lookups.start(begun, names[begun], steady_clock::now() + options.lookup_deadline);
    }
  };
  for (fill_window(); auto ended = co_await lookups.next(until); fill_window()) {
    ended->lookup.hosts = rules::addresses_in(hosts, names[ended->index]);
    found(ended->index, std::move(ended->lookup));
  }
}

}  // namespace app
