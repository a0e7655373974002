#include "agent/app/store.hpp"

#include "agent/rules/judge.hpp"
#include "agent/rules/transitions.hpp"

namespace app {

Store::Store(const boost::asio::any_io_executor& executor, common::WallClock clock, Listener listener)
    : clock_(std::move(clock)), listener_(std::move(listener)), timer_(executor, [this] { judge_again(); }) {
  auto first = std::make_shared<model::Snapshot>();
  first->started_at = clock_();
  world_.snapshot = first;
  world_.verdict = std::make_shared<const model::Verdict>(rules::judge({}, *first, policy_, moment()));
  timer_.arm(world_.verdict->next_change);
}

model::Now Store::moment() const { return {clock_(), uptime()}; }

void Store::judge_again() { publish(std::make_shared<model::Snapshot>(*world_.snapshot)); }

void Store::publish(std::shared_ptr<model::Snapshot> next) {
  const model::World before = world_;
  auto verdict = std::make_shared<const model::Verdict>(rules::judge(*before.verdict, *next, policy_, moment()));
  model::World after{next, verdict};
  Events events;
  for (auto& event : rules::transitions(before, after)) {
    events.push_back(std::make_shared<const model::Event>(std::move(event)));
    next->events.push_back(events.back());
  }
  while (next->events.size() > model::events_kept) next->events.pop_front();
  world_ = std::move(after);
  timer_.arm(world_.verdict->next_change);
  listener_(before, world_, events);
}

}  // namespace app
