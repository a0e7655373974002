#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <iostream>

#include "agent/app/manifest.hpp"
#include "agent/app/observe_once.hpp"
#include "agent/cli/commands.hpp"
#include "agent/cli/pem_files.hpp"
#include "agent/rules/ca_rotation.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/tables.hpp"

namespace cli {
namespace {

/// `check --ca-next FILE`: 0 where nothing would fail.
int rehearse(const model::Snapshot& snapshot, const model::BundleRef& next, common::WallTime at, const Check& options) {
  const auto items = rules::rehearse(snapshot, next->anchors, at, options.ca_next_of);
  // Nothing that was looked at must not read as nothing that would fail.
  if (items.empty()) return fail("check", "--ca-next: no certificate is mounted or served that could be judged by it");
  std::cout << (options.output == Output::json ? views::rehearsal_json(items)
                                               : views::rehearsal_table(items, colour()));
  return views::rehearsal_passes(items) ? 0 : 1;
}

}  // namespace

int check(const Check& options) {
  auto written = load_config(options.config);
  if (!written) return 2;
  auto config = app::with_manifest(std::move(*written));
  if (!config) return fail("manifest", config.error().message);
  model::BundleRef next;
  if (!options.ca_next.empty()) {
    auto read = read_ca_file(options.ca_next, model::SecretRole::server_ca);
    if (!read) return fail("check", "--ca-next: " + read.error().message);
    next = std::move(*read);
  }
  const common::WallTime now = std::chrono::system_clock::now();
  boost::asio::io_context io{1};
  model::World world;
  boost::asio::co_spawn(io, app::observe_once(std::move(*config), now, options.at.value_or(now)),
                        [&world](const std::exception_ptr& error, model::World seen) {
                          if (error) std::rethrow_exception(error);
                          world = std::move(seen);
                        });
  io.run();
  if (next) return rehearse(*world.snapshot, next, options.at.value_or(now), options);
  std::cout << (options.output == Output::json ? views::check_json(world) : views::check_table(world, colour()));
  return views::none_critical(world.verdict->findings) ? 0 : 1;
}

}  // namespace cli
