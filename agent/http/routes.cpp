#include "agent/http/routes.hpp"

#include <array>
#include <string_view>

#include "agent/http/answers.hpp"
#include "agent/http/target.hpp"
#include "agent/views/metrics.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/status_page.hpp"

namespace http {
namespace {

constexpr std::string_view html_text = "text/html; charset=utf-8";

Response live(const Site& site, const Request& request, const Target& target, std::string_view rest) {
  return health(site.world, request, target, model::Gate::live, rest);
}

Response startup(const Site& site, const Request& request, const Target& target, std::string_view rest) {
  return health(site.world, request, target, model::Gate::startup, rest);
}

Response ready(const Site& site, const Request& request, const Target& target, std::string_view rest) {
  return health(site.world, request, target, model::Gate::ready, rest);
}

Response metrics(const Site& site, const Request&, const Target&, std::string_view) {
  Response response = answer(200, exposition_text, views::runtime_metrics(site.runtime));
  response.body =
      site.cache.text(Cache::Text::metrics, site.world, {}, [&] { return views::metrics(site.world, site.build); });
  return response;
}

/// Page and JSON say how long ago things were, to the second.
std::chrono::sys_seconds second(const Site& site) { return std::chrono::floor<std::chrono::seconds>(site.now); }

Response page(const Site& site, const Request&, const Target&, std::string_view) {
  Response response = answer(200, html_text, {});
  response.body = site.cache.text(Cache::Text::page, site.world, second(site),
                                  [&] { return views::status_page(site.world, site.build, site.now); });
  response.headers.emplace_back("Content-Security-Policy", views::status_page_policy());
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

Response json(const Site& site, const Request&, const Target&, std::string_view) {
  Response response = answer(200, json_text, {});
  response.body = site.cache.text(Cache::Text::json, site.world, second(site),
                                  [&] { return views::status_json(site.world, site.build, site.runtime, site.now); });
  return response;
}

enum class Audience { everyone, loopback };

struct Route {
  std::string_view path;
  Audience audience;
  bool has_checks;  ///< "<path>/<check>" is a path too
  std::string_view about;
  Response (*respond)(const Site&, const Request&, const Target&, std::string_view rest);
};

constexpr std::array routes{
    Route{"/livez", Audience::everyone, true, "is the agent alive (?verbose, ?exclude=<check>, /livez/<check>)", live},
    Route{"/startupz", Audience::everyone, true, "may Postgres start (likewise)", startup},
    Route{"/readyz", Audience::everyone, true, "is this node's own material usable (likewise)", ready},
    Route{"/metrics", Audience::everyone, false, "Prometheus metrics", metrics},
    Route{"/", Audience::loopback, false, "status page", page},
    Route{"/status.json", Audience::loopback, false, "everything the page shows", json},
};

Response not_found() {
  std::string text = "404 not found; there is\n";
  for (const auto& route : routes) {
    text.append("  ").append(route.path).append(14 - route.path.size(), ' ').append(route.about);
    text.append(route.audience == Audience::loopback ? " (from loopback only, unless status_access = \"any\")\n"
                                                     : "\n");
  }
  return answer(404, plain_text, std::move(text));
}

Response not_from_there() {
  return answer(
      403, plain_text,
      "403 forbidden: status page and JSON are answered to loopback only. Reach them by `kubectl port-forward` or "
      "`kubectl exec` into the pod, or set status_access = \"any\" in the agent's configuration.\n");
}

}  // namespace

Response respond(const Site& site, const Request& request) {
  const auto target = parse_target(request.target);
  if (!target) return answer(400, plain_text, "400 bad request: " + target.error().message + "\n");
  for (const auto& route : routes) {
    const auto rest = rest_of(route.path, target->path);
    if (!rest || (!route.has_checks && target->path != route.path)) continue;
    if (request.method != "GET" && request.method != "HEAD") return wrong_method("GET, HEAD");
    if (route.audience == Audience::loopback && !request.from_loopback && !site.status_for_all) return not_from_there();
    return route.respond(site, request, *target, *rest);
  }
  return not_found();
}

}  // namespace http
