// Everything observed once, for `check`: the same reading, looking up and judging as the sidecar's, without its loops.
#pragma once
#include <boost/asio/awaitable.hpp>

#include "agent/config/config.hpp"
#include "agent/model/snapshot.hpp"

namespace app {

/// The resolver to ask: resolv.conf with the configuration's servers, its time-out and attempts with those or where
/// resolv.conf has no such option; or why resolv.conf can't be read, beside what can be had. A longer time-out of
/// resolv.conf's is cut so that a lookup has time for every server.
struct ResolverChoice {
  model::ResolverConfig config;
  std::string error;
};
ResolverChoice choose_resolver(const config::Dns& dns, const model::ResolverConfig& fallback);

/// Reads every secret, looks every name up and probes every endpoint once. One failure counts, nothing is pending and
/// a drift has no grace: there is no second look. A key mismatch is looked at again after the debounce. Certificates
/// are judged as of `at`.
boost::asio::awaitable<model::World> observe_once(config::Config config, common::WallTime now, common::WallTime at);

}  // namespace app
