#include "agent/app/log.hpp"

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "agent/views/log_line.hpp"
#include "agent/views/text.hpp"

namespace app {
namespace {

/// One `write` of one whole line, and only when the descriptor takes it now: a stalled runtime or a full disk must not
/// stop the loop. A pipe that polls writable has room for PIPE_BUF bytes, which is the longest line.
class NeverBlockingSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit NeverBlockingSink(int descriptor) : descriptor_(descriptor) {}
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(message.payload.data(), message.payload.size());
    line += '\n';
    pollfd ready{descriptor_, POLLOUT, 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0 ||
        ::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      ++dropped_;
    }
  }
  void flush_() override {}

 private:
  int descriptor_;
  std::uint64_t dropped_ = 0;
};

// Most verbose first.
constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn, spdlog::level::err};

spdlog::level::level_enum to_spdlog(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::debug: return spdlog::level::debug;
    case config::LogLevel::info: return spdlog::level::info;
    case config::LogLevel::warning: return spdlog::level::warn;
    case config::LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

spdlog::level::level_enum to_spdlog(model::Level level) {
  switch (level) {
    case model::Level::error: return spdlog::level::err;
    case model::Level::warning: return spdlog::level::warn;
    case model::Level::info: return spdlog::level::info;
    case model::Level::debug: return spdlog::level::debug;
  }
  return spdlog::level::info;
}

/// "2026-03-01T12:00:00.123Z warning finding server: …"
std::string text(const model::Event& event) {
  const std::string head = common::to_rfc3339(event.at, true) + ' ' + std::string(name(event.level)) + ' ';
  return head + views::cut(views::text_line(event), views::longest_log_line - head.size());
}

}  // namespace

class Log::Impl {
 public:
  explicit Impl(int descriptor) : sink_(std::make_shared<NeverBlockingSink>(descriptor)), logger_("pgd-agent", sink_) {
    logger_.set_error_handler([](const std::string&) {});
  }

  void apply(const config::Log& settings) {
    format_ = settings.format;
    logger_.set_level(to_spdlog(settings.level));
  }
  void step(int by) {
    const auto at = std::find(levels.begin(), levels.end(), logger_.level()) - levels.begin();
    const auto next = std::clamp<std::ptrdiff_t>(at + by, 0, static_cast<std::ptrdiff_t>(levels.size()) - 1);
    logger_.set_level(levels.at(static_cast<std::size_t>(next)));
  }
  void write(const model::Event& event) {
    const auto level = to_spdlog(event.level);
    if (!logger_.should_log(level)) return;
    logger_.log(level, format_ == config::LogFormat::json ? views::json_line(event) : text(event));
  }
  [[nodiscard]] std::uint64_t dropped() const { return sink_->dropped(); }

 private:
  std::shared_ptr<NeverBlockingSink> sink_;
  spdlog::logger logger_;
  config::LogFormat format_ = config::LogFormat::text;
};

Log::Log(int descriptor) : impl_(std::make_unique<Impl>(descriptor)) {}
Log::~Log() = default;
void Log::apply(const config::Log& settings) { impl_->apply(settings); }
void Log::more() { impl_->step(-1); }
void Log::less() { impl_->step(+1); }
void Log::write(const model::Event& event) { impl_->write(event); }
std::uint64_t Log::dropped() const { return impl_->dropped(); }

}  // namespace app
