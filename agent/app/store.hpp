// The one place where the world changes: copy, edit, judge, swap, tell. Everyone else reads immutable values.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "agent/app/wall_timer.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"

namespace app {

class Store {
 public:
  using Events = std::vector<std::shared_ptr<const model::Event>>;
  /// Told once per change, with what changed as events (possibly none).
  using Listener = std::function<void(const model::World& before, const model::World& after, const Events& events)>;

  Store(const boost::asio::any_io_executor& executor, common::WallClock clock, Listener listener);

  [[nodiscard]] const model::World& world() const { return world_; }
  [[nodiscard]] const model::Snapshot& snapshot() const { return *world_.snapshot; }
  [[nodiscard]] common::WallTime now() const { return clock_(); }
  [[nodiscard]] std::chrono::nanoseconds uptime() const { return std::chrono::steady_clock::now() - started_; }

  /// `edit(model::Snapshot&)` alters a copy, which is judged and published before this returns.
  template <class Edit>
  void change(Edit edit) {
    auto next = std::make_shared<model::Snapshot>(*world_.snapshot);
    edit(*next);
    publish(std::move(next));
  }

  /// The same, judged by another policy from now on.
  template <class Edit>
  void change(model::Policy policy, Edit edit) {
    policy_ = std::move(policy);
    change(std::move(edit));
  }

 private:
  void publish(std::shared_ptr<model::Snapshot> next);
  void judge_again();
  [[nodiscard]] model::Now moment() const;

  common::WallClock clock_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Listener listener_;
  model::Policy policy_;
  model::World world_;
  WallTimer timer_;
};

}  // namespace app
