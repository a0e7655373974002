#include "agent/http/webhook_routes.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "agent/http/answers.hpp"
#include "agent/http/target.hpp"
#include "agent/views/metrics_webhook.hpp"

namespace http {
namespace {

Response bad_target(const common::Result<Target>& target) {
  return answer(400, plain_text, "400 bad request: " + target.error().message + "\n");
}

/// "application/json; charset=utf-8" is.
bool is_json(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  return type == "application/json";
}

}  // namespace

std::optional<Response> no_review(const Request& request) {
  const auto target = parse_target(request.target);
  if (!target) return bad_target(target);
  if (target->path != "/inject") return answer(404, plain_text, "404 not found; there is /inject\n");
  if (request.method != "POST") return wrong_method("POST");
  if (!is_json(request.content_type))
    return answer(415, plain_text, "415 unsupported media type: application/json is supported\n");
  return std::nullopt;
}

Response respond(const WebhookSite& site, const Request& request) {
  const auto target = parse_target(request.target);
  if (!target) return bad_target(target);
  const auto live = rest_of("/livez", target->path);
  const auto ready = rest_of("/readyz", target->path);
  if (!live && !ready && target->path != "/metrics")
    return answer(404, plain_text, "404 not found; there are /livez, /readyz and /metrics\n");
  if (request.method != "GET" && request.method != "HEAD") return wrong_method("GET, HEAD");
  if (live) return health(site.world, request, *target, model::Gate::live, *live);
  if (ready) return health(site.world, request, *target, model::Gate::ready, *ready);
  return answer(200, exposition_text, views::webhook_metrics(site.webhook, site.build, site.runtime));
}

}  // namespace http
