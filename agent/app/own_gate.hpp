// A gate judged in this process, where no agent runs: the configuration, the mounted Secrets and, where the gate asks
// for them, names are observed by the agent's own loops and judged by its rules. Serves nothing, probes nobody.
#pragma once
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "agent/app/log.hpp"
#include "agent/app/settings.hpp"
#include "agent/app/store.hpp"
#include "agent/app/supervisor.hpp"
#include "agent/app/wait.hpp"
#include "agent/app/wake.hpp"
#include "agent/sources/directory_watch.hpp"

namespace app {

class OwnGate {
 public:
  /// `gate`: startup or ready. What it is configured to log is said by `log`, whose format it sets.
  OwnGate(boost::asio::io_context& io, std::string config_path, config::Environment environment, model::Gate gate,
          Log& log);
  OwnGate(const OwnGate&) = delete;
  OwnGate& operator=(const OwnGate&) = delete;

  void start();
  /// A GateSource; an error while no configuration could be read: the gate is not held, and not released, by that.
  boost::asio::awaitable<GateSaid> next(common::SteadyTime until);
  /// Ends its loops.
  boost::asio::awaitable<void> stop();

 private:
  boost::asio::awaitable<void> watch_configuration(PulseRef pulse);
  boost::asio::awaitable<void> begin_epoch(config::Config config, const std::string& hash);

  boost::asio::io_context& io_;
  model::Gate gate_;
  Log& log_;
  News news_;  ///< nobody here waits for it
  Wake changed_;
  Store store_;
  sources::DirectoryWatch watch_;
  std::string config_path_;
  Settings settings_;
  Supervisor root_;
  std::unique_ptr<Supervisor> epoch_;
};

}  // namespace app
