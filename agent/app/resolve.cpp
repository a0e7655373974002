#include "agent/app/resolve.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <limits>
#include <utility>

namespace app {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using model::DnsStatus;
using std::chrono::steady_clock;

// A server silent for so many questions in a row is asked last, so that one dead server doesn't cost every name a
// timeout.
constexpr int silences_to_be_last = 3;
constexpr std::uint64_t wake_tag = 0;  // flights are numbered from 1

std::uint64_t tag_of(std::uint64_t serial, model::Family family) {
  return serial << 1 | static_cast<std::uint64_t>(family);
}

}  // namespace

Servers::Servers(asio::any_io_executor executor, const model::ResolverConfig& config, OnRebuild on_rebuild,
                 sources::DnsServer::Options options)
    : executor_(std::move(executor)), on_rebuild_(std::move(on_rebuild)), options_(options), config_(config) {
  options_.timeout = config.timeout;
  options_.tcp = config.use_tcp;
}

void Servers::update(const model::ResolverConfig& config) {
  if (config == config_) return;
  const bool same_options = config.timeout == config_.timeout && config.use_tcp == config_.use_tcp;
  config_ = config;
  options_.timeout = config.timeout;
  options_.tcp = config.use_tcp;
  for (auto at = servers_.begin(); at != servers_.end();) {
    const bool listed = std::find(config.servers.begin(), config.servers.end(), at->first) != config.servers.end();
    if (listed && same_options) {
      ++at;
      continue;
    }
    retired_.push_back(std::move(at->second));
    if (listed && on_rebuild_) on_rebuild_(at->first, model::RebuildReason::resolv_conf);
    at = servers_.erase(at);
  }
  for (auto& [address, server] : servers_) server->rebuild(model::RebuildReason::resolv_conf);
  drop_drained();
}

sources::DnsServer& Servers::of(const model::DnsServerAddress& address) {
  drop_drained();
  auto& server = servers_[address];
  if (!server) {
    auto told = [this, address](model::RebuildReason reason) {
      if (on_rebuild_) on_rebuild_(address, reason);
    };
    server = std::make_unique<sources::DnsServer>(executor_, address, options_, std::move(told));
  }
  return *server;
}

void Servers::drop_drained() {
  std::erase_if(retired_, [](const auto& server) { return server->pending() == 0; });
}

std::size_t Servers::pending() const {
  std::size_t count = 0;
  for (const auto& [address, server] : servers_) count += server->pending();
  for (const auto& server : retired_) count += server->pending();
  return count;
}

std::size_t Servers::open_sockets() const {
  std::size_t count = 0;
  for (const auto& [address, server] : servers_) count += server->open_sockets();
  for (const auto& server : retired_) count += server->open_sockets();
  return count;
}

asio::awaitable<model::Lookup> resolve(Servers& servers, const model::ResolverConfig& config, std::string name,
                                       common::SteadyTime deadline) {
  Lookups lookups(servers, config);
  lookups.start(0, std::move(name), deadline);
  co_return (co_await lookups.next())->lookup;
}

Lookups::Lookups(Servers& servers, const model::ResolverConfig& config)
    : servers_(servers),
      servers_alive_(servers.alive()),
      as_given_(std::make_shared<const model::ResolverConfig>(config)),
      in_order_(as_given_),
      // As much room as there are questions c-ares can hold: an answer that nobody waits for any more must not push one
      // out.
      mailbox_(std::make_shared<sources::DnsMailbox>(servers.executor(), std::numeric_limits<std::size_t>::max())),
      timer_(servers.executor()) {}

void Lookups::start(std::size_t index, std::string name, common::SteadyTime deadline) {
  const auto serial = ++serial_;
  auto& flight = flights_
                     .try_emplace(serial, Flight{index,
                                                 in_order_,
                                                 rules::LookupMachine(std::move(name), *in_order_, serial),
                                                 {},
                                                 steady_clock::now(),
                                                 deadline})
                     .first->second;
  put(serial, flight, flight.machine.start());
}

void Lookups::put(std::uint64_t serial, Flight& flight, std::vector<rules::Ask> asks) {
  if (servers_alive_.expired()) return;
  for (auto& ask : asks) {
    auto& server = servers_.of(flight.config->servers[ask.server]);
    server.ask(ask.name, ask.family, mailbox_, tag_of(serial, ask.family));
    flight.asked[static_cast<std::size_t>(ask.family)] = std::move(ask);
  }
}

asio::awaitable<std::optional<Lookups::Ended>> Lookups::next(common::SteadyTime until) {
  while (!flights_.empty()) {
    const auto first = flights_.begin();
    if (first->second.machine.done()) co_return end(first, first->second.machine.result());  // with nothing to ask
    const auto now = steady_clock::now();
    if (now >= until) break;
    if (now >= first->second.deadline) co_return end(first, first->second.machine.result_at_deadline());
    wake_at(std::min(until, first->second.deadline));
    auto [error, tag, reply] = co_await mailbox_->async_receive(asio::as_tuple(asio::use_awaitable));
    if (error) throw boost::system::system_error(asio::error::operation_aborted);
    if (tag == wake_tag) {
      wake_ = common::SteadyTime::max();
      continue;
    }
    if (auto ended = take(tag, std::move(reply))) co_return std::move(ended);
  }
  co_return std::nullopt;
}

std::optional<Lookups::Ended> Lookups::take(std::uint64_t tag, model::DnsReply reply) {
  const auto it = flights_.find(tag >> 1);
  if (it == flights_.end()) return std::nullopt;  // ended at its deadline before
  Flight& flight = it->second;
  const rules::Ask ask = flight.asked[tag & 1];
  remember(flight.config->servers[ask.server], reply);
  put(it->first, flight, flight.machine.resume(ask, std::move(reply)));
  if (!flight.machine.done()) return std::nullopt;
  return end(it, flight.machine.result());
}

Lookups::Ended Lookups::end(Flights::iterator it, model::Lookup lookup) {
  lookup.duration = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - it->second.started);
  Ended ended{it->second.index, std::move(lookup)};
  flights_.erase(it);
  return ended;
}

void Lookups::remember(const model::DnsServerAddress& server, const model::DnsReply& reply) {
  int& silences = silences_[server];
  const bool was_last = silences >= silences_to_be_last;
  silences = reply.status == DnsStatus::timeout ? silences + 1 : 0;
  if (was_last == (silences >= silences_to_be_last)) return;
  auto config = *as_given_;
  std::stable_partition(config.servers.begin(), config.servers.end(),
                        [&](const auto& listed) { return silences_[listed] < silences_to_be_last; });
  // Rotating would bring the silent one to the front again.
  const bool all_alike = config.servers == as_given_->servers;
  config.rotate = config.rotate && all_alike;
  in_order_ = all_alike ? as_given_ : std::make_shared<const model::ResolverConfig>(std::move(config));
}

void Lookups::wake_at(common::SteadyTime time) {
  if (wake_ <= time) return;  // comes early at most, and is set anew then
  wake_ = time;
  timer_.expires_at(time);
  timer_.async_wait([mailbox = std::weak_ptr(mailbox_)](error_code error) {
    const auto ours = mailbox.lock();
    if (!error && ours) ours->try_send(error_code{}, wake_tag, model::DnsReply{});
  });
}

}  // namespace app
