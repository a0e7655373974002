#include "agent/sources/dns_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "agent/sources/cares_channel.hpp"

namespace sources {

namespace asio = boost::asio;
using std::chrono::steady_clock;

DnsServer::DnsServer(asio::any_io_executor executor, model::DnsServerAddress address, Options options,
                     std::function<void(model::RebuildReason)> on_rebuild)
    : executor_(std::move(executor)),
      address_(std::move(address)),
      options_(options),
      on_rebuild_(std::move(on_rebuild)) {}

DnsServer::~DnsServer() = default;

asio::awaitable<model::DnsReply> DnsServer::ask(std::string name, model::Family family) {
  auto mailbox = std::make_shared<DnsMailbox>(executor_, 1);
  ask(name, family, mailbox, 0);
  auto [error, tag, reply] = co_await mailbox->async_receive(asio::as_tuple(asio::use_awaitable));
  if (error) throw boost::system::system_error(asio::error::operation_aborted);
  co_return std::move(reply);
}

void DnsServer::ask(const std::string& name, model::Family family, std::shared_ptr<DnsMailbox> to, std::uint64_t tag) {
  std::erase_if(draining_, [](const auto& channel) { return channel->pending() == 0; });
  model::RebuildReason reason{};
  if (!channel_) {
    channel_ = make_channel();
  } else if (worn_out(reason)) {
    rebuild(reason);
  }
  channel_->ask(name, family, std::move(to), tag);
}

std::unique_ptr<CaresChannel> DnsServer::make_channel() const {
  return std::make_unique<CaresChannel>(executor_, address_, options_.timeout, options_.tcp);
}

bool DnsServer::worn_out(model::RebuildReason& reason) const {
  const auto now = steady_clock::now();
  if (channel_->timeouts_in_row() >= options_.rebuild_after_timeouts &&
      now - last_rebuild_ >= options_.min_rebuild_interval) {
    reason = model::RebuildReason::timeouts;
    return true;
  }
  reason = model::RebuildReason::max_age;
  return now - channel_->created_at() >= options_.max_age;
}

void DnsServer::rebuild(model::RebuildReason reason) {
  if (!channel_) return;
  if (channel_->pending() > 0) draining_.push_back(std::move(channel_));
  channel_ = make_channel();
  last_rebuild_ = steady_clock::now();
  if (on_rebuild_) on_rebuild_(reason);
}

std::size_t DnsServer::pending() const {
  std::size_t count = channel_ ? channel_->pending() : 0;
  for (const auto& channel : draining_) count += channel->pending();
  return count;
}

std::size_t DnsServer::open_sockets() const {
  std::size_t count = channel_ ? channel_->open_sockets() : 0;
  for (const auto& channel : draining_) count += channel->open_sockets();
  return count;
}

}  // namespace sources
