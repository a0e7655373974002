// The truth table: the same names asked of each server alone. Judges nothing.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "agent/app/sweep.hpp"

namespace app {

/// Looks every name up at each server of `config` as if that were the only one, all servers at the same time and a
/// window of names at each. Calls `found` with (index into `names`, truth) once a name's rows are complete, and at the
/// end for those that have a row of some server only (the deadline came first); `at` of the truth is now by `clock`.
/// With a single server nobody is asked: the usual lookup is the truth. Cancelled, it throws operation_aborted.
boost::asio::awaitable<void> compare(Servers& servers, model::ResolverConfig config, std::vector<std::string> names,
                                     SweepOptions options, common::WallClock clock,
                                     std::function<void(std::size_t, model::Truth)> found);

/// The truth where there is one server: what the usual lookup brought. No rows where there are several.
model::Truth only_truth(const model::ResolverConfig& config, const model::Lookup& lookup, common::WallTime now);

}  // namespace app
