// What `wait` says while it waits, on standard error: on a terminal one line that is written anew, otherwise a line of
// the log when what holds the gate changes, and once a minute. Blocks nobody: what can't be written at once is left
// out.
#pragma once
#include <chrono>
#include <string>

#include "agent/app/log.hpp"
#include "agent/app/wait.hpp"

namespace cli {

class WaitScreen {
 public:
  /// `nothing`: what to call it when nothing is said of the gate: "no answer". `bound`: "at most 60 s"; "" = none.
  WaitScreen(app::Log& log, model::Gate gate, std::string nothing, std::string bound);

  void told(const app::GateSaid& said, std::chrono::nanoseconds waited);
  /// How it ended.
  void ended(model::Level level, const std::string& how);

 private:
  void rewrite(const std::string& state, const std::string& what, std::chrono::nanoseconds waited);
  void log(model::Level level, const std::string& message);

  app::Log& log_;
  std::string gate_;
  std::string nothing_;
  std::string bound_;
  bool terminal_;
  bool colour_;
  std::string shown_;  ///< on the terminal's line
  std::string said_;
  std::chrono::nanoseconds said_at_{0};
};

/// "3.2 s", "1 min 5 s"
std::string elapsed(std::chrono::nanoseconds time);
/// What holds the gate, or why nobody says.
std::string in_words(const app::GateSaid& said);

}  // namespace cli
