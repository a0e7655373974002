#include "agent/cli/wait_screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "agent/views/text.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

// A gate that opens at once is waited for in silence, and one that flickers is reported each second.
constexpr std::chrono::nanoseconds first_line_after = 500ms;
constexpr std::chrono::nanoseconds between_lines = 1s;
constexpr std::chrono::nanoseconds again_after = 1min;

bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && kind && *kind != '\0' && std::string_view(kind) != "dumb";
}

bool wants_colour() {
  const char* no_color = std::getenv("NO_COLOR");
  return !no_color || *no_color == '\0';
}

std::size_t columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/// At most so wide, by whole characters.
std::string narrow(std::string text, std::size_t width) {
  if (views::width(text) <= width) return text;
  std::size_t bytes = std::min(text.size(), width * 4);
  do text = views::cut(text, std::max<std::size_t>(--bytes, 4));
  while (views::width(text) > width && bytes > 4);
  return text;
}

void write_now(const std::string& text) {
  pollfd ready{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return;
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

std::string elapsed(std::chrono::nanoseconds time) {
  if (time >= 10s) return common::human(time);
  char text[16];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(time).count());
  return text;
}

std::string in_words(const app::GateSaid& said) {
  if (!said) return said.error().message;
  const auto failing = views::failing_in_words(*said);
  return failing.empty() ? "it does not say why" : failing;
}

WaitScreen::WaitScreen(app::Log& log, model::Gate gate, std::string nothing, std::string bound)
    : log_(log),
      gate_(name(gate)),
      nothing_(std::move(nothing)),
      bound_(std::move(bound)),
      terminal_(is_terminal()),
      colour_(terminal_ && wants_colour()) {}

void WaitScreen::told(const app::GateSaid& said, std::chrono::nanoseconds waited) {
  if (said && said->open) return;
  const std::string state = said ? "held" : nothing_;
  const std::string what = in_words(said);
  if (terminal_) return rewrite(state, what, waited);
  const auto message = "waiting, " + state + ": " + what;
  const bool changed = message != said_;
  const auto since = waited - said_at_;
  if (said_.empty() ? waited < first_line_after : since < (changed ? between_lines : again_after)) return;
  said_ = message;
  said_at_ = waited;
  log(said ? model::Level::warning : model::Level::info,
      message + " (" + elapsed(waited) + (bound_.empty() ? "" : ", " + bound_) + ")");
}

void WaitScreen::rewrite(const std::string& state, const std::string& what, std::chrono::nanoseconds waited) {
  const auto time = common::human(common::whole_seconds(std::max<std::chrono::nanoseconds>(waited, 1s)));
  const std::string head = gate_ + " gate: ";
  const std::string rest =
      narrow(state + " for " + time + (bound_.empty() ? "" : ", " + bound_) + ": " + what, columns() - 1 - head.size());
  const std::string line =
      head + (colour_ ? "\x1b[33m" + rest.substr(0, state.size()) + "\x1b[0m" + rest.substr(state.size()) : rest);
  if (line == shown_) return;
  shown_ = line;
  write_now("\r\x1b[K" + line);
}

void WaitScreen::ended(model::Level level, const std::string& how) {
  if (!terminal_) return log(level, how);
  const char* colour = level == model::Level::info    ? "\x1b[32m"
                       : level == model::Level::error ? "\x1b[31m"
                                                      : "\x1b[33m";
  const std::string line = gate_ + " gate: " + views::printable(how);
  write_now((shown_.empty() ? "" : "\r\x1b[K") + (colour_ ? colour + line + "\x1b[0m" : line) + "\n");
}

void WaitScreen::log(model::Level level, const std::string& message) {
  log_.write({std::chrono::system_clock::now(), model::EventKind::gate, level, gate_, message, {}});
}

}  // namespace cli
