// Which of several instants comes first, such as those at which time alone changes a judgement. Pure.
#pragma once
#include <optional>

#include "common/time.hpp"

namespace rules {

/// `best` becomes `candidate` where that is sooner; an absent instant never comes.
inline void earliest(std::optional<common::WallTime>& best, std::optional<common::WallTime> candidate) {
  if (candidate && (!best || *candidate < *best)) best = candidate;
}

}  // namespace rules
