// Admission reviews answered, counted and logged: a line for each pod that was injected or could not be.
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "agent/app/log.hpp"
#include "agent/http/message.hpp"
#include "agent/inject/review.hpp"
#include "agent/model/webhook.hpp"

namespace app {

class Reviews {
 public:
  /// Both outlive it.
  Reviews(Log& log, model::Webhook& counted, std::string version)
      : log_(log), counted_(counted), version_(std::move(version)) {}

  /// Answers whatever was asked; a review by `settings`.
  http::Response respond(const http::Request& request, const inject::Settings& settings);

 private:
  void log(const inject::Answer& answer);
  void log_malformed(const inject::Answer& answer);

  Log& log_;
  model::Webhook& counted_;
  std::string version_;
  std::optional<std::chrono::steady_clock::time_point> malformed_logged_;
  std::uint64_t malformed_unsaid_ = 0;
};

}  // namespace app
