// Looks many names up, a bounded window at a time, within a deadline. Judges nothing.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "agent/app/resolve.hpp"

namespace app {

struct SweepOptions {
  std::size_t window = 64;  ///< names in flight
  std::chrono::milliseconds lookup_deadline{5'000};
  std::chrono::milliseconds sweep_deadline{25'000};
};

/// Calls `found` with (index into `names`, answer) as each name ends, in no particular order; it must not throw or
/// block. The hosts file is read once and what it has is put beside each answer. Names not begun, or begun but cut
/// short by the sweep's deadline rather than their own, are not reported: give the longest unseen names first. The
/// result is how many were not begun because of the ceiling on questions. A silent server is asked last until it
/// answers again. Cancelled, it throws operation_aborted and calls nobody any more.
boost::asio::awaitable<std::size_t> sweep(Servers& servers, const model::ResolverConfig& config,
                                          std::vector<std::string> names, SweepOptions options,
                                          std::function<void(std::size_t, model::Lookup)> found);

}  // namespace app
