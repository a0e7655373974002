// Keeps the monitors' loops alive: one that throws is restarted with back-off, one that does not come round in time is
// cancelled and restarted; both are counted. A loop that stays stuck fails liveness only as late as policy says.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/app/store.hpp"
#include "agent/model/snapshot.hpp"

namespace app {

/// One loop's pulse. The loop calls `beat` each time it comes round, with how long it may take until the next time.
class Pulse {
 public:
  explicit Pulse(std::chrono::steady_clock::duration first) : due_(std::chrono::steady_clock::now() + first) {}
  void beat(common::WallTime now, std::chrono::steady_clock::duration next_within) {
    last_ = now;
    due_ = std::chrono::steady_clock::now() + next_within;
    alive_ = true;
  }

 private:
  friend class Supervisor;
  std::optional<common::WallTime> last_;
  std::chrono::steady_clock::time_point due_;
  bool alive_ = false;  // has come round since it was (re)started
};
using PulseRef = std::shared_ptr<Pulse>;

class Supervisor {
 public:
  using Loop = std::function<boost::asio::awaitable<void>(PulseRef)>;

  /// `first_round`: a loop has this long to come round for the first time.
  Supervisor(boost::asio::any_io_executor executor, Store& store,
             std::chrono::milliseconds first_round = std::chrono::minutes{1});
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Starts a loop; several may share one monitor name. `loop` is called anew for each (re)start.
  void start(model::Monitor monitor, Loop loop);
  /// Cancels every loop and waits until they have ended, at most `limit`; a loop that does not end is left behind.
  boost::asio::awaitable<void> stop(std::chrono::steady_clock::duration limit);
  /// When the slowest loop of each monitor last came round; absent for monitors without a loop here.
  [[nodiscard]] std::optional<common::WallTime> last_run(model::Monitor monitor) const;

 private:
  struct Run;  // one coroutine with its cancellation signal
  struct Task;
  void launch(const std::shared_ptr<Task>& task);
  void ended(const std::shared_ptr<Task>& task, const std::shared_ptr<Run>& run, std::exception_ptr error);
  void watch();
  void look();
  void record_restart(const Task& task, const std::string& why);
  void judge_liveness(Task& task, std::chrono::steady_clock::time_point now);

  boost::asio::any_io_executor executor_;
  Store& store_;
  std::chrono::milliseconds first_round_;
  std::vector<std::shared_ptr<Task>> tasks_;
  boost::asio::steady_timer watchdog_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace app
