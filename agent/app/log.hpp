// The log: one line per transition, to standard error. Never blocks the loop: a line that can't be written at once is
// dropped and counted.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "agent/config/config.hpp"
#include "agent/model/snapshot.hpp"

namespace app {

class Log {
 public:
  explicit Log(int descriptor = 2);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void apply(const config::Log& settings);
  /// One step more or less verbose (SIGUSR1, SIGUSR2), until the next configuration.
  void more();
  void less();

  void write(const model::Event& event);
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace app
