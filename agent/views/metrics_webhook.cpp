#include "agent/views/metrics_webhook.hpp"

#include "agent/views/metric_families.hpp"

namespace views {
namespace {

constexpr std::array possible_answers{PossibleAnswer{"/inject", 200}, PossibleAnswer{"/inject", 400},
                                      PossibleAnswer{"/livez", 200},  PossibleAnswer{"/readyz", 200},
                                      PossibleAnswer{"/readyz", 503}, PossibleAnswer{"/metrics", 200},
                                      PossibleAnswer{"other", 400},   PossibleAnswer{"other", 404},
                                      PossibleAnswer{"other", 413},   PossibleAnswer{"other", 431}};

}  // namespace

std::string webhook_metrics(const model::Webhook& webhook, const model::BuildInfo& build,
                            const model::Runtime& runtime) {
  Families all;
  build_metrics(build, all);
  auto reviews = counter("pgd_agent_webhook_reviews_total", "Admission reviews answered, by what came of them.");
  for (const auto result : model::all_review_results) {
    add(reviews, static_cast<double>(webhook.reviews[static_cast<std::size_t>(result)]), {{"result", name(result)}});
  }
  auto duration =
      histogram("pgd_agent_webhook_review_duration_seconds", "How long it took from a complete review to its answer.");
  add(duration, model::review_duration_bounds, webhook.review_duration);
  auto not_after = gauge("pgd_agent_webhook_certificate_not_after_timestamp_seconds",
                         "When the certificate that the webhook serves expires.");
  if (webhook.certificate_not_after) add(not_after, *webhook.certificate_not_after);
  auto reloads = counter("pgd_agent_webhook_certificate_reloads_total",
                         "New versions of the serving certificate that were taken, or could not be.");
  for (const auto result : model::all_reload_results) {
    add(reloads, static_cast<double>(webhook.certificate_reloads[static_cast<std::size_t>(result)]),
        {{"result", name(result)}});
  }
  append(all, {&reviews, &duration, &not_after, &reloads});
  request_metrics(runtime, possible_answers, all);
  process_metrics(runtime.process, all);
  return exposition(all);
}

}  // namespace views
