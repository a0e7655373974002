// Asks one DNS server one question (c-ares on Asio) and says what came back. Knows no search list, no fail-over, no
// retries: who is asked next is rules/lookup. Never throws for what a server or the network does.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/snapshot.hpp"

namespace sources {

/// Where replies go, each under the tag its question was asked with.
using DnsMailbox = boost::asio::experimental::channel<void(boost::system::error_code, std::uint64_t, model::DnsReply)>;

class CaresChannel;

class DnsServer {
 public:
  struct Options {
    std::chrono::milliseconds timeout{1000};  ///< of one question
    bool tcp = false;                         ///< never UDP (resolv.conf's use-vc)
    std::chrono::minutes max_age{10};         ///< of a c-ares channel, looked at when a question is asked
    int rebuild_after_timeouts = 8;           ///< in a row
    std::chrono::milliseconds min_rebuild_interval{10'000};  ///< between rebuilds for timeouts
  };

  /// `on_rebuild` is told each time the c-ares channel is made anew, inside ask() or rebuild().
  DnsServer(boost::asio::any_io_executor executor, model::DnsServerAddress address, Options options,
            std::function<void(model::RebuildReason)> on_rebuild = {});
  /// Questions still open are answered `timeout`.
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  /// One question. `name` is asked as it is, a trailing dot allowed. Cancelling gives up waiting: throws
  /// operation_aborted.
  boost::asio::awaitable<model::DnsReply> ask(std::string name, model::Family family);
  /// The same for many at once: the reply is put into `to` (which must have room), later, never from inside this call.
  void ask(const std::string& name, model::Family family, std::shared_ptr<DnsMailbox> to, std::uint64_t tag);

  /// A new c-ares channel for the questions to come; those open finish on the old one.
  void rebuild(model::RebuildReason reason);

  [[nodiscard]] const model::DnsServerAddress& address() const { return address_; }
  /// Questions not yet answered.
  [[nodiscard]] std::size_t pending() const;
  /// Sockets c-ares holds open.
  [[nodiscard]] std::size_t open_sockets() const;

 private:
  [[nodiscard]] std::unique_ptr<CaresChannel> make_channel() const;
  [[nodiscard]] bool worn_out(model::RebuildReason& reason) const;

  boost::asio::any_io_executor executor_;
  model::DnsServerAddress address_;
  Options options_;
  std::function<void(model::RebuildReason)> on_rebuild_;
  std::unique_ptr<CaresChannel> channel_;                ///< null until first asked
  std::vector<std::unique_ptr<CaresChannel>> draining_;  ///< replaced, with questions open
  std::chrono::steady_clock::time_point last_rebuild_{};
};

/// "1.18.1"
std::string cares_version();

}  // namespace sources
