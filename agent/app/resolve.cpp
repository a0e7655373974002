#include "agent/app/resolve.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <limits>
#include <utility>

namespace app {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::uint64_t wake_tag = 0;  // flights are numbered from 1

std::uint64_t tag_of(std::uint64_t serial, model::Family family) {
  return serial << 1 | static_cast<std::uint64_t>(family);
}

}  // namespace

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
      in_order_(servers.in_order(as_given_)),
      revision_(servers.revision()),
      // As much room as there are questions c-ares can hold: an answer that nobody waits for any more must not push one
      // out.
      mailbox_(std::make_shared<sources::DnsMailbox>(servers.executor(), std::numeric_limits<std::size_t>::max())),
      timer_(servers.executor()) {}

void Lookups::start(std::size_t index, std::string name, common::SteadyTime deadline) {
  if (revision_ != servers_.revision()) {
    in_order_ = servers_.in_order(as_given_);
    revision_ = servers_.revision();
  }
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
    servers_.ask(flight.config->servers[ask.server], ask.name, ask.family, mailbox_, tag_of(serial, ask.family));
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
  if (!servers_alive_.expired())
    servers_.take_note(flight.config->servers[ask.server], ask.name, reply, flight.started);
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
