// When is it worth reading a directory again? One inotify instance for the process; a subscription follows every
// directory that a path leads through. An event is a hint without content, re-reading is the truth; never reads a file
// itself.
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/model/pki.hpp"

namespace sources {

struct WatchOptions {
  bool use_inotify = true;  ///< false: every change is found by its deadline
};

class DirectoryWatch {
 public:
  class Subscription;

  explicit DirectoryWatch(boost::asio::any_io_executor executor, WatchOptions options = {});

  /// Watches what decides on the content of these files: the directory, every directory a symbolic link on the way to
  /// it or to a file lies in, a file that lies in the open itself (it may be a mount of its own), and while something
  /// is missing the place where it would appear. Armed on return: read after this.
  [[nodiscard]] Subscription subscribe(std::string directory, std::vector<std::string> files);

  /// Times the process was woken by inotify so far.
  [[nodiscard]] std::uint64_t wake_ups() const;

 private:
  class Hub;
  struct State;
  static boost::asio::awaitable<model::DetectedBy> next_change(std::shared_ptr<State> state,
                                                               std::chrono::steady_clock::time_point deadline);
  std::shared_ptr<Hub> hub_;
};

/// Move only; ends with its destruction. May outlive the DirectoryWatch.
class DirectoryWatch::Subscription {
 public:
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription();

  /// Completes with `inotify` when something happened since the last call (or since subscribing), at once where it
  /// already has, and with `poll` at the deadline. Follows the links anew before it completes, and tries again what
  /// inotify refused: the caller reads after this. Also completes on an overflow, an unmount or a vanished directory.
  /// One caller at a time; throws operation_aborted when the coroutine is cancelled.
  [[nodiscard]] boost::asio::awaitable<model::DetectedBy> changed(std::chrono::steady_clock::time_point deadline);

  /// Everything that should be watched is.
  [[nodiscard]] bool active() const;
  /// Why not, "" while active: then only deadlines find changes.
  [[nodiscard]] const std::string& problem() const;

 private:
  friend class DirectoryWatch;
  explicit Subscription(std::shared_ptr<State> state);
  void end();
  std::shared_ptr<State> state_;
};

}  // namespace sources
