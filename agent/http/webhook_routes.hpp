// Which request of the webhook's is a review, and what the rest is answered; beside it probes and metrics on a port of
// their own. Pure; the review itself is another room's.
#pragma once
#include <optional>

#include "agent/http/message.hpp"
#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/model/webhook.hpp"

namespace http {

/// Nothing where it is a review: POST /inject with JSON. Otherwise 400, 404, 405 or 415.
std::optional<Response> no_review(const Request& request);

/// What there is to show, at this moment. Refers to what the caller owns.
struct WebhookSite {
  const model::World& world;  ///< a verdict with the checks of the webhook's gates; no snapshot
  const model::Webhook& webhook;
  const model::Runtime& runtime;
  const model::BuildInfo& build;
};

/// /livez, /readyz and /metrics; 400, 404 or 405 to the rest. HEAD is answered as GET.
Response respond(const WebhookSite& site, const Request& request);

}  // namespace http
