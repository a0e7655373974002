// wait: a gate between what came before and what may come after it.
#include <sys/prctl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <memory>

#include "agent/app/asked_gate.hpp"
#include "agent/app/own_gate.hpp"
#include "agent/cli/commands.hpp"
#include "agent/cli/exec.hpp"
#include "agent/cli/wait_screen.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;

constexpr int time_is_up = 124;  // as timeout(1)

struct Ended {
  app::WaitOutcome outcome;
  int signal = 0;
  std::exception_ptr bug;
};

void run_until_stopped(asio::io_context& io) {
  io.restart();
  io.run();
}

/// The signal that ended it, or how the wait ended.
Ended wait_with(asio::io_context& io, app::GateSource source, app::WaitBounds bounds, WaitScreen& screen,
                const Inherited& inherited) {
  // The coroutine may outlive this call, until what it asks is stopped.
  const auto ended = std::make_shared<Ended>();
  asio::signal_set signals(io);
  for (const int number : {SIGTERM, SIGINT}) {
    if (!inherited.ignored(number)) signals.add(number);
  }
  signals.async_wait([&io, ended](const boost::system::error_code& aborted, int number) {
    if (aborted) return;
    ended->signal = number;
    io.stop();
  });
  const app::WaitListener listener = [&screen](const app::GateSaid& said, std::chrono::nanoseconds waited) {
    screen.told(said, waited);
  };
  asio::co_spawn(io, app::wait_for_gate(std::move(source), bounds, listener),
                 [&io, ended](const std::exception_ptr& bug, app::WaitOutcome outcome) {
                   ended->bug = bug;
                   ended->outcome = std::move(outcome);
                   io.stop();
                 });
  run_until_stopped(io);
  return *ended;
}

/// By an agent's answers, or judged here.
Ended wait_for(const Wait& options, app::Log& log, WaitScreen& screen, const Inherited& inherited) {
  asio::io_context io{1};
  app::WaitBounds bounds{options.timeout, options.silence};
  if (!options.url.empty()) {
    app::AskedGate gate(*http::parse_origin(options.url), options.gate);
    const app::GateSource source = [&gate](common::SteadyTime until) { return gate.next(until); };
    return wait_with(io, source, bounds, screen, inherited);
  }
  // A configuration that can't be read may appear as long as there is time.
  if (bounds.timeout.count() > 0) bounds.silence = {};
#if !defined(__SANITIZE_ADDRESS__)
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // key bytes pass through this process; exec ends this
#endif
  app::OwnGate gate(io, options.config, environment(), options.gate, log);
  const app::GateSource source = [&gate](common::SteadyTime until) { return gate.next(until); };
  gate.start();
  auto ended = wait_with(io, source, bounds, screen, inherited);
  asio::co_spawn(io, gate.stop(), [&io](const std::exception_ptr&) { io.stop(); });
  run_until_stopped(io);
  return ended;
}

std::string bound_of(const Wait& options) {
  return options.timeout.count() > 0 ? "at most " + common::human(options.timeout) : "";
}

/// Says how it ended; what to exit with where nothing goes on.
int conclude(const Wait& options, const app::WaitOutcome& outcome, WaitScreen& screen) {
  const bool goes_on = options.on_timeout == OnTimeout::go_on;
  const std::string after = elapsed(outcome.waited) + (goes_on ? ", going on: " : ": ") + in_words(outcome.last);
  switch (outcome.end) {
    case app::WaitEnd::passed: screen.ended(model::Level::info, "passed after " + elapsed(outcome.waited)); return 0;
    case app::WaitEnd::released:
      screen.ended(model::Level::warning,
                   "released without passing, after " + elapsed(outcome.waited) + ": " + in_words(outcome.last));
      return 0;
    case app::WaitEnd::timed_out: screen.ended(model::Level::error, "timed out after " + after); break;
    case app::WaitEnd::silent:
      screen.ended(model::Level::error, (options.url.empty() ? "no configuration for " : "no answer for ") +
                                            common::human(options.silence) + ", timed out after " + after);
      break;
  }
  return goes_on ? 0 : time_is_up;
}

int waited(const Wait& options, const Inherited& inherited) {
  app::Log log;
  WaitScreen screen(log, options.gate, options.url.empty() ? "no configuration" : "no answer", bound_of(options));
  const auto ended = wait_for(options, log, screen, inherited);
  if (ended.signal != 0) {
    screen.ended(model::Level::info, std::string("ended by ") + (ended.signal == SIGTERM ? "SIGTERM" : "SIGINT"));
    return 128 + ended.signal;
  }
  if (ended.bug) std::rethrow_exception(ended.bug);
  return conclude(options, ended.outcome, screen);
}

/// After anything unexpected.
int unexpected(const Wait& options, const std::string& what) {
  const bool goes_on = options.on_timeout == OnTimeout::go_on;
  const int status = fail("wait", what + (goes_on ? "; going on, as --on-timeout continue asks" : ""));
  return goes_on ? 0 : status;
}

}  // namespace

int wait(const Wait& options) {
  const Inherited inherited;
  std::signal(SIGPIPE, SIG_IGN);
  int status = 0;
  if (!options.error.empty()) {
    status = unexpected(options, options.error);
  } else {
    try {
      status = waited(options, inherited);
    } catch (const std::exception& bug) {
      status = unexpected(options, bug.what());
    } catch (...) {
      status = unexpected(options, "unexpected exception");
    }
  }
  if (status != 0 || options.command.empty()) return status;
  return exec(options.command, inherited);
}

}  // namespace cli
