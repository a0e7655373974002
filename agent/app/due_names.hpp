// When each name is due: kept beside the observations because it is on the steady clock. Asks nobody.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/model/snapshot.hpp"
#include "agent/rules/schedule.hpp"
#include "common/deadline.hpp"

namespace app {

class DueNames {
 public:
  explicit DueNames(rules::LookupInterval interval) : interval_(interval) {}

  /// Those to ask now: the due ones, and those due before a quarter of the usual interval has passed, so that they
  /// share a wake-up. An absent name never comes early. The longest unseen come first: a sweep that meets its deadline
  /// must not leave out the same ones each time.
  [[nodiscard]] std::vector<std::string> names(const model::Snapshot& snapshot, common::SteadyTime now) const;

  /// After a sweep: those answered are due as rules/schedule says, those left out with the next sweep. Counted from the
  /// sweep's beginning, so that one that waits for silent servers does not put off the next; absent names, which caches
  /// remember since they were answered, from its end.
  void plan(const model::Snapshot& snapshot, const std::set<std::string>& answered,
            const std::vector<std::string>& asked, common::SteadyTime begun, common::SteadyTime now);

  /// When to sweep next: at `regular`, or for an absent name when it is due, where that is sooner or little later; a
  /// fifth of the usual interval from now at the earliest.
  [[nodiscard]] common::SteadyTime next(common::SteadyTime regular, common::SteadyTime now) const;

  /// Everything is due: other servers may say otherwise.
  void forget() { at_.clear(); }

 private:
  struct Time {
    common::SteadyTime at;
    bool never_early = false;
  };
  rules::LookupInterval interval_;
  std::map<std::string, Time> at_;
};

}  // namespace app
