// Looks names up: rules' step machine driven over real servers. `resolve` is one name, `Lookups` many at once, as sweep
// does. Judges nothing and keeps nothing of what it learns but the servers.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/app/servers.hpp"
#include "agent/rules/lookup.hpp"
#include "agent/sources/dns_server.hpp"
#include "common/deadline.hpp"

namespace app {

/// Looks `name` up. At the deadline the answer holds what was learned, with `timeout` for what was not; cancelled, it
/// throws operation_aborted. `config` lists the servers to ask and how.
boost::asio::awaitable<model::Lookup> resolve(Servers& servers, const model::ResolverConfig& config, std::string name,
                                              common::SteadyTime deadline);

/// Lookups under way, driven by one coroutine: it starts names and waits for whichever ends next.
class Lookups {
 public:
  struct Ended {
    std::size_t index = 0;
    model::Lookup lookup;
  };

  Lookups(Servers& servers, const model::ResolverConfig& config);

  /// `index` comes back with the answer. Deadlines must not decrease from one start to the next.
  void start(std::size_t index, std::string name, common::SteadyTime deadline);
  /// The next lookup to end, or nothing once `until` has come or none is under way. Throws operation_aborted when
  /// cancelled.
  boost::asio::awaitable<std::optional<Ended>> next(common::SteadyTime until = common::SteadyTime::max());
  [[nodiscard]] std::size_t size() const { return flights_.size(); }

 private:
  struct Flight {
    std::size_t index;
    std::shared_ptr<const model::ResolverConfig> config;  ///< outlives the machine, which points to it
    rules::LookupMachine machine;
    std::array<rules::Ask, 2> asked;  ///< by family: the question now open
    common::SteadyTime started;
    common::SteadyTime deadline;
  };
  using Flights = std::map<std::uint64_t, Flight>;  ///< by serial number: the earliest deadline first

  void put(std::uint64_t serial, Flight& flight, std::vector<rules::Ask> asks);
  std::optional<Ended> take(std::uint64_t tag, model::DnsReply reply);
  Ended end(Flights::iterator flight, model::Lookup lookup);
  void wake_at(common::SteadyTime time);

  Servers& servers_;
  std::weak_ptr<const void> servers_alive_;
  std::shared_ptr<const model::ResolverConfig> as_given_;
  std::shared_ptr<const model::ResolverConfig> in_order_;  ///< silent servers last
  std::uint64_t revision_;                                 ///< of the servers, when they were put in order
  std::shared_ptr<sources::DnsMailbox> mailbox_;
  boost::asio::steady_timer timer_;
  common::SteadyTime wake_ = common::SteadyTime::max();
  Flights flights_;
  std::uint64_t serial_ = 0;
};

}  // namespace app
