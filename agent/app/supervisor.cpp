#include "agent/app/supervisor.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>

#include "common/deadline.hpp"

namespace app {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto longest_backoff = 30s;

std::string reason(const std::exception_ptr& error) {
  if (!error) return "its loop ended";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

struct Supervisor::Run {
  asio::cancellation_signal signal;
  bool given_up = false;  // stuck and replaced: its end no longer matters
};

struct Supervisor::Task {
  Task(model::Monitor of, Loop body, const asio::any_io_executor& executor, std::chrono::milliseconds first_round)
      : monitor(of), loop(std::move(body)), pulse(std::make_shared<Pulse>(first_round)), retry(executor) {}
  model::Monitor monitor;
  Loop loop;
  PulseRef pulse;
  std::shared_ptr<Run> run;
  asio::steady_timer retry;
  std::chrono::milliseconds backoff = 1s;
  std::optional<Steady::time_point> stuck_since;
};

Supervisor::Supervisor(asio::any_io_executor executor, Store& store, std::chrono::milliseconds first_round)
    : executor_(executor), store_(store), first_round_(first_round), watchdog_(executor) {}
Supervisor::~Supervisor() = default;

void Supervisor::start(model::Monitor monitor, Loop loop) {
  tasks_.push_back(std::make_shared<Task>(monitor, std::move(loop), executor_, first_round_));
  if (!store_.snapshot().of(monitor).running) {
    store_.change([&](model::Snapshot& s) { s.of(monitor).running = true; });
  }
  launch(tasks_.back());
  watch();
}

void Supervisor::launch(const std::shared_ptr<Task>& task) {
  task->run = std::make_shared<Run>();
  ++running_;
  asio::co_spawn(executor_, task->loop(task->pulse),
                 asio::bind_cancellation_slot(task->run->signal.slot(), [this, alive = std::weak_ptr<int>(alive_), task,
                                                                         run = task->run](std::exception_ptr error) {
                   if (!alive.expired()) ended(task, run, std::move(error));
                 }));
}

void Supervisor::ended(const std::shared_ptr<Task>& task, const std::shared_ptr<Run>& run, std::exception_ptr error) {
  --running_;
  if (run->given_up || stopping_) return;
  record_restart(*task, reason(error));
  task->backoff = task->pulse->alive_ ? std::chrono::milliseconds{1s}
                                      : std::min<std::chrono::milliseconds>(task->backoff * 2, longest_backoff);
  task->pulse->alive_ = false;
  task->pulse->due_ = Steady::now() + task->backoff + first_round_;
  task->retry.expires_after(task->backoff);
  task->retry.async_wait([this, alive = std::weak_ptr<int>(alive_), task](boost::system::error_code aborted) {
    if (aborted || alive.expired() || stopping_) return;
    launch(task);
  });
  watch();
}

void Supervisor::record_restart(const Task& task, const std::string& why) {
  store_.change([&](model::Snapshot& s) {
    ++s.of(task.monitor).restarts;
    s.of(task.monitor).last_error = why;
  });
}

/// One timer for all: it wakes when the earliest pulse is overdue, so that a healthy agent is hardly ever woken.
void Supervisor::watch() {
  if (tasks_.empty() || stopping_) return;
  auto next = Steady::time_point::max();
  for (const auto& task : tasks_) {
    next = std::min(next, task->pulse->due_);
    if (task->stuck_since) next = std::min(next, Steady::now() + 5s);  // see soon whether the restart helped
  }
  watchdog_.expires_at(std::max(next, Steady::now() + 1s));
  watchdog_.async_wait([this, alive = std::weak_ptr<int>(alive_)](boost::system::error_code aborted) {
    if (!aborted && !alive.expired()) look();
  });
}

void Supervisor::look() {
  const auto now = Steady::now();
  for (const auto& task : tasks_) {
    judge_liveness(*task, now);
    if (task->pulse->due_ > now) continue;
    if (!task->stuck_since) task->stuck_since = now;
    const auto since = store_.now();
    if (!store_.snapshot().of(task->monitor).stuck_since) {
      store_.change([&](model::Snapshot& s) { s.of(task->monitor).stuck_since = since; });
    }
    record_restart(*task, "its loop did not come round in time");
    if (task->run) {
      task->run->given_up = true;
      task->run->signal.emit(asio::cancellation_type::terminal);
    }
    task->pulse->alive_ = false;
    task->pulse->due_ = now + first_round_;
    launch(task);
  }
  watch();
}

void Supervisor::judge_liveness(Task& task, Steady::time_point now) {
  if (!task.stuck_since) return;
  const auto& state = store_.snapshot().of(task.monitor);
  if (task.pulse->alive_) {
    task.stuck_since.reset();
    const bool other = std::any_of(tasks_.begin(), tasks_.end(),
                                   [&](const auto& t) { return t->monitor == task.monitor && t->stuck_since; });
    if (!other) {
      store_.change([&](model::Snapshot& s) {
        s.of(task.monitor).stuck_since.reset();
        s.of(task.monitor).fails_liveness = false;
      });
    }
    return;
  }
  const bool fails =
      now - *task.stuck_since >= model::stuck_before_livez_fails && store_.uptime() >= model::uptime_before_livez_fails;
  if (fails && !state.fails_liveness) {
    store_.change([&](model::Snapshot& s) { s.of(task.monitor).fails_liveness = true; });
  }
}

asio::awaitable<void> Supervisor::stop(Steady::duration limit) {
  stopping_ = true;
  watchdog_.cancel();
  const auto tasks = tasks_;
  for (const auto& task : tasks) {
    task->retry.cancel();
    if (task->run) task->run->signal.emit(asio::cancellation_type::terminal);
  }
  const auto deadline = Steady::now() + limit;
  // Loops end within a few turns of the loop; polling them is simpler than counting them down, and only happens here.
  while (running_ > 0 && Steady::now() < deadline) co_await common::sleep_for(1ms);
}

std::optional<common::WallTime> Supervisor::last_run(model::Monitor monitor) const {
  std::optional<common::WallTime> slowest;
  for (const auto& task : tasks_) {
    if (task->monitor != monitor) continue;
    if (!task->pulse->last_) return std::nullopt;
    if (!slowest || *task->pulse->last_ < *slowest) slowest = task->pulse->last_;
  }
  return slowest;
}

}  // namespace app
