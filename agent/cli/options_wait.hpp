// The options of `wait`, and the command behind "--". Under `--on-timeout continue` wrong arguments are a value, not an
// end: an init container that fails would hold up its pod for ever.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "agent/model/verdict.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace cli {

enum class OnTimeout { fail, go_on };

struct Wait {
  std::string config;                       ///< used where url is ""
  std::string url;                          ///< of the agent to ask
  model::Gate gate = model::Gate::startup;  ///< startup or ready
  std::chrono::milliseconds timeout{0};     ///< 0 = none
  std::chrono::milliseconds silence{60'000};
  OnTimeout on_timeout = OnTimeout::fail;
  std::vector<std::string> command;  ///< empty: exits instead
  std::string error;                 ///< what is wrong with the arguments: there is nothing to wait for
};

class WaitOptions {
 public:
  /// Takes "--" and what follows off, where the command is `wait`.
  WaitOptions(int argc, const char* const* argv, std::string default_config);

  /// How many arguments are left to be read.
  [[nodiscard]] int argc() const { return argc_; }
  CLI::App* add_to(CLI::App& app);
  [[nodiscard]] Wait value() const;
  /// What to do although the arguments are wrong; nothing where they don't say so.
  [[nodiscard]] std::optional<Wait> despite(const std::string& error) const;

 private:
  int argc_;
  bool ours_ = false;       ///< the command is wait
  bool goes_on_ = false;    ///< `--on-timeout continue` is among the arguments
  bool separated_ = false;  ///< there is a "--"
  Wait wait_;
  std::string timeout_, silence_;
};

}  // namespace cli
