#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "agent/app/harden.hpp"
#include "agent/app/webhook.hpp"

namespace app {
namespace {

namespace asio = boost::asio;

/// After SIGTERM: as long as it takes until no API server is sent here any more. A review that fails is a pod that is
/// not injected.
constexpr std::chrono::milliseconds notice{3000};

/// Ends when the webhook has drained; a second signal ends it at once.
asio::awaitable<void> stop_on_signal(asio::io_context& io, Webhook& webhook) {
  asio::signal_set signals(io, SIGTERM, SIGINT);
  const int number = co_await signals.async_wait(asio::use_awaitable);
  using namespace asio::experimental::awaitable_operators;
  (void)co_await (webhook.drain(number == SIGTERM ? notice : std::chrono::milliseconds{0}) ||
                  signals.async_wait(asio::use_awaitable));
}

asio::awaitable<void> obey_signals(asio::io_context& io, Webhook& webhook) {
  asio::signal_set signals(io, SIGHUP, SIGUSR1, SIGUSR2);
  for (;;) {
    const int number = co_await signals.async_wait(asio::use_awaitable);
    if (number == SIGHUP) webhook.reload();
    if (number == SIGUSR1) webhook.log().more();
    if (number == SIGUSR2) webhook.log().less();
  }
}

}  // namespace

int run_webhook(const WebhookOptions& options) {
  forbid_core_dumps();
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context io{1};
  Webhook webhook(io, options);
  // Whatever goes wrong while draining, the process ends.
  asio::co_spawn(io, stop_on_signal(io, webhook), [&io](const std::exception_ptr&) { io.stop(); });
  asio::co_spawn(io, obey_signals(io, webhook), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  webhook.start();
  for (;;) {
    try {
      io.run();
      return 0;
    } catch (const std::exception& bug) {  // in one handler: not the end of all
      webhook.log().write({std::chrono::system_clock::now(),
                           model::EventKind::agent,
                           model::Level::error,
                           "pgd-agent",
                           std::string("unexpected error, going on: ") + bug.what(),
                           {}});
    }
  }
}

}  // namespace app
