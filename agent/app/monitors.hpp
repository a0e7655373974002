// The monitors: one short loop each, from a source through pure rules into the store. They judge nothing.
#pragma once
#include <boost/asio/awaitable.hpp>

#include "agent/app/context.hpp"
#include "agent/app/secret_places.hpp"
#include "agent/app/supervisor.hpp"

namespace app {

/// Reads the place's directory at each hint of a change and at each resync; decodes it only when its bytes changed.
boost::asio::awaitable<void> watch_secret(ContextRef context, SecretPlace place, PulseRef pulse);

/// Sweeps the names that are due, at the jittered interval; publishes what a sweep learns once per loop turn.
boost::asio::awaitable<void> watch_names(ContextRef context, PulseRef pulse);

/// After each sweep asks every server about the names that want it; publishes each name's truth.
boost::asio::awaitable<void> watch_servers(ContextRef context, PulseRef pulse);

/// Which loop probes an endpoint: our own names go with the peers', at their pace.
model::ProbeScope loop_of(const model::ProbeTarget& target);

/// Probes one loop's endpoints when they are due, and sooner after a rotation or when a name gets an address.
boost::asio::awaitable<void> watch_probes(ContextRef context, model::ProbeScope scope, PulseRef pulse);

/// Something changed that can make a probe due: a secret's content, or a sweep of the names ended.
bool is_news_for_probes(const model::Snapshot& before, const model::Snapshot& after);

}  // namespace app
