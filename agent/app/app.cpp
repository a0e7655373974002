#include "agent/app/app.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "agent/app/agent.hpp"
#include "agent/app/harden.hpp"

namespace app {
namespace {

namespace asio = boost::asio;

/// Ends when the agent has drained after SIGTERM or SIGINT.
asio::awaitable<void> stop_on_signal(asio::io_context& io, Agent& agent) {
  asio::signal_set signals(io, SIGTERM, SIGINT);
  co_await signals.async_wait(asio::use_awaitable);
  co_await agent.drain();
}

asio::awaitable<void> obey_signals(asio::io_context& io, Agent& agent) {
  asio::signal_set signals(io, SIGHUP, SIGUSR1, SIGUSR2);
  for (;;) {
    const int number = co_await signals.async_wait(asio::use_awaitable);
    if (number == SIGHUP) agent.reload();
    if (number == SIGUSR1) agent.log().more();
    if (number == SIGUSR2) agent.log().less();
  }
}

void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

}  // namespace

int run(const RunOptions& options) {
  forbid_core_dumps();
  std::signal(SIGPIPE, SIG_IGN);
  asio::io_context io{1};
  Agent agent(io, options);
  // Whatever goes wrong while draining, the process ends.
  asio::co_spawn(io, stop_on_signal(io, agent), [&io](const std::exception_ptr&) { io.stop(); });
  asio::co_spawn(io, obey_signals(io, agent), rethrow);
  agent.start();
  for (;;) {
    try {
      io.run();
      return 0;
    } catch (const std::exception& bug) {
      // A bug in one handler must not end the sidecar: a crash loop makes the node unrecoverable.
      agent.log().write({std::chrono::system_clock::now(),
                         model::EventKind::agent,
                         model::Level::error,
                         "pgd-agent",
                         std::string("unexpected error, going on: ") + bug.what(),
                         {}});
    }
  }
}

}  // namespace app
