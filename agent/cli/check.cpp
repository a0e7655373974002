#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "agent/app/manifest.hpp"
#include "agent/app/observe_once.hpp"
#include "agent/cli/commands.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/tables.hpp"

namespace cli {

int check(const Check& options) {
  auto written = load_config(options.config);
  if (!written) return 2;
  auto config = app::with_manifest(std::move(*written));
  if (!config) return fail("manifest", config.error().message);
  const common::WallTime now = std::chrono::system_clock::now();
  boost::asio::io_context io{1};
  model::World world;
  boost::asio::co_spawn(io, app::observe_once(std::move(*config), now, options.at.value_or(now)),
                        [&world](const std::exception_ptr& error, model::World seen) {
                          if (error) std::rethrow_exception(error);
                          world = std::move(seen);
                        });
  io.run();
  std::cout << (options.output == Output::json ? views::check_json(world) : views::check_table(world, colour()));
  return views::none_critical(world.verdict->findings) ? 0 : 1;
}

}  // namespace cli
