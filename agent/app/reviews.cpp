#include "agent/app/reviews.hpp"

#include "agent/http/answers.hpp"
#include "agent/http/webhook_routes.hpp"
#include "agent/views/text.hpp"

namespace app {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t longest_shown = 300;  // bytes of what a review says of itself
constexpr std::chrono::seconds malformed_pause{10};

std::string shown(const std::string& text) { return views::printable(text, longest_shown); }

model::Level level_of(const inject::Answer& answer) {
  switch (answer.result) {
    case inject::Result::injected: return answer.warnings.empty() ? model::Level::info : model::Level::warning;
    case inject::Result::skipped: return model::Level::debug;
    case inject::Result::refused:
    case inject::Result::malformed: break;
  }
  return model::Level::warning;
}

}  // namespace

http::Response Reviews::respond(const http::Request& request, const inject::Settings& settings) {
  if (auto other = http::no_review(request)) return std::move(*other);
  const auto begin = Steady::now();
  auto answer = inject::review(request.body, settings, version_);
  const auto spent = Steady::now() - begin;
  counted_.review_duration.observe(model::review_duration_bounds, std::chrono::duration<double>(spent).count());
  ++counted_.reviews[static_cast<std::size_t>(answer.result)];
  log(answer);
  const bool malformed = answer.result == inject::Result::malformed;
  return http::answer(malformed ? 400 : 200, malformed ? http::plain_text : http::json_text, std::move(answer.body));
}

void Reviews::log(const inject::Answer& answer) {
  if (answer.result == inject::Result::malformed) return log_malformed(answer);
  model::Event event{
      std::chrono::system_clock::now(),        model::EventKind::injection, level_of(answer), shown(answer.pod),
      std::string(model::name(answer.result)), {{"uid", shown(answer.uid)}}};
  if (!answer.reason.empty()) event.message += ": " + shown(answer.reason);
  if (!answer.node.empty()) event.fields.emplace_back("node", shown(answer.node));
  if (answer.dry_run) event.fields.emplace_back("dry_run", "true");
  std::vector<std::string> warnings;
  for (const auto& warning : answer.warnings) warnings.push_back(shown(warning));
  if (!warnings.empty()) event.fields.emplace_back("warnings", views::join(warnings, "; "));
  log_.write(event);
}

/// Whoever sends garbage may send a lot of it.
void Reviews::log_malformed(const inject::Answer& answer) {
  const auto now = Steady::now();
  if (malformed_logged_ && now - *malformed_logged_ < malformed_pause) {
    ++malformed_unsaid_;
    return;
  }
  malformed_logged_ = now;
  std::string text = "malformed: " + shown(answer.reason);
  if (malformed_unsaid_ > 0) text += " (and " + std::to_string(malformed_unsaid_) + " more before it)";
  malformed_unsaid_ = 0;
  log_.write({std::chrono::system_clock::now(),
              model::EventKind::injection,
              model::Level::warning,
              "review",
              std::move(text),
              {}});
}

}  // namespace app
