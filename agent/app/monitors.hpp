// The monitors: one short loop each, from a source through pure rules into the store. They judge nothing.
#pragma once
#include <boost/asio/awaitable.hpp>

#include "agent/app/context.hpp"
#include "agent/app/supervisor.hpp"
#include "agent/model/pki.hpp"

namespace app {

/// Reads the role's directory at each hint of a change and at each resync; decodes it only when its bytes changed.
boost::asio::awaitable<void> watch_secret(ContextRef context, model::SecretRole role, PulseRef pulse);

/// Sweeps the names that are due, at the jittered interval; publishes what a sweep learns once per loop turn.
boost::asio::awaitable<void> watch_names(ContextRef context, PulseRef pulse);

}  // namespace app
