// One program in place of another: what this process was started with is put back before the next takes its place.
#pragma once
#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace cli {

/// Remembers, when made, what this program changes of the process and the next one inherits: what is done on the
/// signals below. Pid, environment, directory, descriptors and signal mask stay as they are anyhow.
class Inherited {
 public:
  Inherited();
  /// What was done on `number`, one of the below, was nothing.
  [[nodiscard]] bool ignored(int number) const;
  void restore() const;

 private:
  static constexpr std::array numbers{SIGINT, SIGTERM, SIGPIPE};
  std::array<struct sigaction, numbers.size()> actions_{};
};

/// Runs `command` in place of this process, found by PATH; returns only where that fails: 127 where there is no such
/// program, else 126, after saying why on standard error.
int exec(const std::vector<std::string>& command, const Inherited& inherited);

}  // namespace cli
