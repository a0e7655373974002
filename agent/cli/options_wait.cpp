#include "agent/cli/options_wait.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <string_view>

#include "agent/http/client.hpp"
#include "common/time.hpp"

namespace cli {
namespace {

constexpr std::string_view footer =
    "\nWith --url a running agent is asked; without it the gate is judged in this process, by the configuration and "
    "what "
    "it\nmounts.\n"
    "\n  pgd-agent wait --url http://127.0.0.1:9188 --timeout 60s --on-timeout continue\n"
    "  pgd-agent wait --config config.toml --timeout 5m -- /controller/manager instance run\n"
    "\nExit codes: 0 open, released, or going on; 124 time is up; 126 and 127 CMD can't be run; 130 and 143 ended by a "
    "signal.\n";

std::string check_duration(const std::string& text) {
  const auto duration = common::parse_duration(text);
  return duration ? "" : duration.error().message;
}

std::string check_url(const std::string& text) {
  const auto origin = http::parse_origin(text);
  return origin ? "" : origin.error().message;
}

bool says_continue(int argc, const char* const* argv) {
  for (int i = 2; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--on-timeout=continue") return true;
    if (argument == "--on-timeout" && i + 1 < argc && std::string_view(argv[i + 1]) == "continue") return true;
  }
  return false;
}

}  // namespace

WaitOptions::WaitOptions(int argc, const char* const* argv, std::string default_config) : argc_(argc) {
  wait_.config = std::move(default_config);
  ours_ = argc > 1 && std::string_view(argv[1]) == "wait";
  if (!ours_) return;
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]) != "--") continue;
    argc_ = i;
    separated_ = true;
    wait_.command.assign(argv + i + 1, argv + argc);
    break;
  }
  goes_on_ = says_continue(argc_, argv);
}

CLI::App* WaitOptions::add_to(CLI::App& app) {
  static const std::map<std::string, model::Gate> gates{{"startup", model::Gate::startup},
                                                        {"ready", model::Gate::ready}};
  static const std::map<std::string, OnTimeout> ends{{"fail", OnTimeout::fail}, {"continue", OnTimeout::go_on}};
  auto* wait =
      app.add_subcommand("wait", "Until a gate is open, then exits 0 or runs what follows \"--\" in its place");
  wait->footer(std::string(footer));
  auto* config = wait->add_option("--config", wait_.config,
                                  "Configuration file (default: $PGD_AGENT_CONFIG, else /etc/pgd-agent/config.toml)");
  config->option_text("FILE");
  wait->add_option("--url", wait_.url, "A running agent: http://ADDRESS:PORT")
      ->check(check_url)
      ->excludes(config)
      ->option_text("URL");
  wait->add_option("--for", wait_.gate, "startup (default) or ready")
      ->transform(CLI::CheckedTransformer(gates))
      ->option_text("GATE");
  wait->add_option("--timeout", timeout_, "How long at most; 0s: as long as the gate is held")
      ->required()
      ->check(check_duration)
      ->option_text("D");
  wait->add_option("--on-timeout", wait_.on_timeout,
                   "fail (default): exit 124; continue: go on as if it were open, whatever happens")
      ->transform(CLI::CheckedTransformer(ends))
      ->option_text("WHAT");
  wait->add_option("--silence", silence_,
                   "Time is up as well after so long without an agent that answers, or, with --timeout 0s, without a "
                   "configuration that can be read (default 60s; 0s: never)")
      ->check(check_duration)
      ->option_text("D");
  wait->final_callback([this] {
    if (separated_ && wait_.command.empty()) throw CLI::ValidationError("--", "no command follows");
  });
  return wait;
}

Wait WaitOptions::value() const {
  Wait wait = wait_;
  wait.timeout = *common::parse_duration(timeout_);
  if (!silence_.empty()) wait.silence = *common::parse_duration(silence_);
  return wait;
}

std::optional<Wait> WaitOptions::despite(const std::string& error) const {
  if (!ours_ || !goes_on_) return std::nullopt;
  Wait wait;
  wait.on_timeout = OnTimeout::go_on;
  wait.command = wait_.command;
  wait.error = error;
  return wait;
}

}  // namespace cli
