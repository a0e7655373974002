// Looks names up: rules' step machine driven over real servers. `resolve` is one name, `Lookups` many at once, as sweep
// does. Judges nothing and keeps nothing of what it learns but the servers.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "agent/rules/lookup.hpp"
#include "agent/sources/dns_server.hpp"
#include "common/deadline.hpp"

namespace app {

/// The DNS servers in use, one c-ares channel each. Lookups under way when it is destroyed end at their deadline.
class Servers {
 public:
  using OnRebuild = std::function<void(const model::DnsServerAddress&, model::RebuildReason)>;

  /// `options.timeout` and `options.tcp` are taken from the configuration.
  Servers(boost::asio::any_io_executor executor, const model::ResolverConfig& config, OnRebuild on_rebuild = {},
          sources::DnsServer::Options options = {});

  /// Drops servers no longer listed once their open questions are answered, keeps unchanged ones; where `timeout` or
  /// `use_tcp` changed, all are made anew. Each server kept is rebuilt with reason resolv_conf if anything changed at
  /// all.
  void update(const model::ResolverConfig& config);

  /// The server of that address, made where it is not yet known (a lookup may still hold an older configuration).
  sources::DnsServer& of(const model::DnsServerAddress& address);

  [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }
  [[nodiscard]] std::weak_ptr<const void> alive() const { return alive_; }
  /// Questions not yet answered, over all servers.
  [[nodiscard]] std::size_t pending() const;
  /// Sockets open, over all servers.
  [[nodiscard]] std::size_t open_sockets() const;

 private:
  void drop_drained();

  boost::asio::any_io_executor executor_;
  OnRebuild on_rebuild_;
  sources::DnsServer::Options options_;
  model::ResolverConfig config_;
  std::map<model::DnsServerAddress, std::unique_ptr<sources::DnsServer>> servers_;
  std::vector<std::unique_ptr<sources::DnsServer>> retired_;
  std::shared_ptr<const void> alive_ = std::make_shared<int>(0);
};

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
  void remember(const model::DnsServerAddress& server, const model::DnsReply& reply);
  void wake_at(common::SteadyTime time);

  Servers& servers_;
  std::weak_ptr<const void> servers_alive_;
  std::shared_ptr<const model::ResolverConfig> as_given_;
  std::shared_ptr<const model::ResolverConfig> in_order_;  ///< silent servers last
  std::map<model::DnsServerAddress, int> silences_;        ///< timeouts in a row, of each server
  std::shared_ptr<sources::DnsMailbox> mailbox_;
  boost::asio::steady_timer timer_;
  common::SteadyTime wake_ = common::SteadyTime::max();
  Flights flights_;
  std::uint64_t serial_ = 0;
};

}  // namespace app
