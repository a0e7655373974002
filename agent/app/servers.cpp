#include "agent/app/servers.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "agent/model/policy.hpp"
#include "agent/rules/server_state.hpp"

namespace app {

namespace asio = boost::asio;
using boost::system::error_code;
using model::DnsStatus;
using std::chrono::steady_clock;

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
  std::erase_if(memory_, [&](const auto& known) {
    return std::find(config.servers.begin(), config.servers.end(), known.first) == config.servers.end();
  });
  drop_drained();
  ++revision_;
  if (on_revision_) on_revision_();
}

void Servers::ask(const model::DnsServerAddress& server, const std::string& name, model::Family family,
                  std::shared_ptr<sources::DnsMailbox> to, std::uint64_t tag) {
  ++questions_;
  if (ceiling_) ceiling_->asked(steady_clock::now());
  of(server).ask(name, family, std::move(to), tag);
}

void Servers::take_note(const model::DnsServerAddress& server, const std::string& name, const model::DnsReply& reply,
                        common::SteadyTime begun) {
  Memory& memory = memory_[server];
  const bool heard_since = memory.heard && *memory.heard > begun;
  if (reply.status != DnsStatus::timeout && reply.status != DnsStatus::unreachable) memory.heard = steady_clock::now();
  const auto before = std::exchange(
      memory.state, rules::observe(memory.state, reply.status, heard_since, std::chrono::system_clock::now()));
  const auto& after = memory.state;
  const auto worth_telling = [](const model::DnsServerState& state) {
    return std::tuple(state.asked_last, state.failures == 0, state.failures >= model::server_failures_to_report);
  };
  if (worth_telling(before) == worth_telling(after)) return;
  ++revision_;
  if (after.asked_last && !before.asked_last && others_first(server)) ask_beside(server, name);
  if (on_revision_) on_revision_();
}

void Servers::look_after(const std::string& name) {
  for (const auto& server : config_.servers) {
    if (others_first(server)) ask_beside(server, name);
  }
}

bool Servers::others_first(const model::DnsServerAddress& server) const {
  const auto last = [&](const model::DnsServerAddress& address) {
    const auto known = memory_.find(address);
    return known != memory_.end() && known->second.state.asked_last;
  };
  return last(server) && !std::all_of(config_.servers.begin(), config_.servers.end(), last);
}

/// A question nobody waits for: its reply is only noted, however late it comes.
void Servers::ask_beside(const model::DnsServerAddress& server, const std::string& name) {
  const auto mailbox = std::make_shared<sources::DnsMailbox>(executor_, 1);
  mailbox->async_receive([this, alive = alive(), server, name, mailbox, begun = steady_clock::now()](
                             error_code error, std::uint64_t, const model::DnsReply& reply) {
    if (!error && !alive.expired()) take_note(server, name, reply, begun);
  });
  ask(server, name, model::Family::ipv4, mailbox, 0);
}

std::shared_ptr<const model::ResolverConfig> Servers::in_order(
    const std::shared_ptr<const model::ResolverConfig>& config) const {
  auto ordered = rules::in_order(*config, states());
  return ordered == *config ? config : std::make_shared<const model::ResolverConfig>(std::move(ordered));
}

std::vector<model::DnsServerState> Servers::states() const {
  std::vector<model::DnsServerState> all;
  for (const auto& server : config_.servers) {
    const auto known = memory_.find(server);
    all.push_back(known == memory_.end() ? model::DnsServerState{} : known->second.state);
    all.back().server = model::to_text(server);
  }
  return all;
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

}  // namespace app
