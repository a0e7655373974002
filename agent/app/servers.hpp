// The DNS servers in use: a channel each, what is remembered of how each answers, and how much they have been asked.
// Decides nothing about a name.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/rules/query_ceiling.hpp"
#include "agent/sources/dns_server.hpp"
#include "common/deadline.hpp"

namespace app {

/// One c-ares channel a server. Lookups under way when it is destroyed end at their deadline.
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

  /// One question to one server, which is made where it is not yet known (a lookup may still hold an older
  /// configuration). The reply goes into `to`, later; whoever takes it hands it to take_note().
  void ask(const model::DnsServerAddress& server, const std::string& name, model::Family family,
           std::shared_ptr<sources::DnsMailbox> to, std::uint64_t tag);
  /// A reply to a question for `name`, of a lookup begun at `begun`: a server heard since then is not silent, it merely
  /// does not answer this question. A server that has just been silent is asked the same once more beside everything
  /// else: one lost packet must not keep it last for long.
  void take_note(const model::DnsServerAddress& server, const std::string& name, const model::DnsReply& reply,
                 common::SteadyTime begun);
  /// One question to each server that is asked last while others are asked before it: so that its answer brings it
  /// back. For the beginning of a sweep.
  void look_after(const std::string& name);

  /// `config` with the silent servers last.
  [[nodiscard]] std::shared_ptr<const model::ResolverConfig> in_order(
      const std::shared_ptr<const model::ResolverConfig>& config) const;
  /// Another number when in_order() may say something else, or a server began or ended to fail.
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  /// Of the servers listed, in their order.
  [[nodiscard]] std::vector<model::DnsServerState> states() const;
  /// Called when revision() has changed; not from inside a constructor or ask().
  void on_revision(std::function<void()> told) { on_revision_ = std::move(told); }

  /// Nobody may begin a name where there is no room; others may fill it too. Without it there is no ceiling.
  void limit(std::shared_ptr<rules::QueryCeiling> ceiling) { ceiling_ = std::move(ceiling); }
  [[nodiscard]] bool room() { return !ceiling_ || ceiling_->room(std::chrono::steady_clock::now()); }
  /// Put to servers so far.
  [[nodiscard]] std::uint64_t questions() const { return questions_; }

  [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }
  [[nodiscard]] std::weak_ptr<const void> alive() const { return alive_; }
  /// Questions not yet answered, over all servers.
  [[nodiscard]] std::size_t pending() const;
  /// Sockets open, over all servers.
  [[nodiscard]] std::size_t open_sockets() const;

 private:
  struct Memory {
    model::DnsServerState state;
    std::optional<common::SteadyTime> heard{};  ///< when it last said anything
  };

  sources::DnsServer& of(const model::DnsServerAddress& address);
  void ask_beside(const model::DnsServerAddress& server, const std::string& name);
  [[nodiscard]] bool others_first(const model::DnsServerAddress& server) const;
  void drop_drained();

  boost::asio::any_io_executor executor_;
  OnRebuild on_rebuild_;
  sources::DnsServer::Options options_;
  model::ResolverConfig config_;
  std::map<model::DnsServerAddress, std::unique_ptr<sources::DnsServer>> servers_;
  std::vector<std::unique_ptr<sources::DnsServer>> retired_;
  std::map<model::DnsServerAddress, Memory> memory_;
  std::uint64_t revision_ = 0;
  std::function<void()> on_revision_;
  std::shared_ptr<rules::QueryCeiling> ceiling_;
  std::uint64_t questions_ = 0;
  std::shared_ptr<const void> alive_ = std::make_shared<int>(0);
};

}  // namespace app
