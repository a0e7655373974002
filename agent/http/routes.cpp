#include "agent/http/routes.hpp"

#include <array>
#include <optional>
#include <string_view>

#include "agent/http/target.hpp"
#include "agent/views/health.hpp"
#include "agent/views/metrics.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/status_page.hpp"

namespace http {
namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view json_text = "application/json; charset=utf-8";
constexpr std::string_view html_text = "text/html; charset=utf-8";
constexpr std::string_view exposition_text = "text/plain; version=0.0.4; charset=utf-8";

/// An answer that is fresh whoever asks; a browser takes it for nothing but what it says it is.
Response answer(int status, std::string_view content_type, std::string text) {
  Response response;
  response.status = status;
  response.content_type = content_type;
  response.tail = std::move(text);
  response.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

bool is_said(const Target& target, std::string_view name) {
  for (const auto& value : target.all(name))
    if (value != "0" && value != "false") return true;
  return false;
}

/// `check` is what follows the gate's own path.
Response health(const Site& site, const Request& request, const Target& target, model::Gate gate,
                std::string_view check) {
  views::HealthRequest asked;
  asked.gate = gate;
  asked.verbose = is_said(target, "verbose");
  asked.json = asks_for_json(request.accept);
  asked.exclude = target.all("exclude");
  if (!check.empty()) asked.check = std::string(check);
  auto health = views::health(site.world, asked);
  const int status = !health.found ? 404 : health.ok ? 200 : 503;
  return answer(status, asked.json ? json_text : plain_text, std::move(health.text));
}

Response live(const Site& site, const Request& request, const Target& target, std::string_view rest) {
  return health(site, request, target, model::Gate::live, rest);
}

Response startup(const Site& site, const Request& request, const Target& target, std::string_view rest) {
  return health(site, request, target, model::Gate::startup, rest);
}

Response ready(const Site& site, const Request& request, const Target& target, std::string_view rest) {
  return health(site, request, target, model::Gate::ready, rest);
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

/// What of `path` follows the route's own, "" where nothing does; absent where the route is another.
std::optional<std::string_view> rest_of(const Route& route, std::string_view path) {
  if (path == route.path) return "";
  if (!route.has_checks || !path.starts_with(route.path)) return std::nullopt;
  path.remove_prefix(route.path.size());
  if (!path.starts_with('/')) return std::nullopt;
  return path.substr(1);
}

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
    const auto rest = rest_of(route, target->path);
    if (!rest) continue;
    if (request.method != "GET" && request.method != "HEAD") {
      Response response = answer(405, plain_text, "405 method not allowed: GET and HEAD are\n");
      response.headers.emplace_back("Allow", "GET, HEAD");
      return response;
    }
    if (route.audience == Audience::loopback && !request.from_loopback && !site.status_for_all) return not_from_there();
    return route.respond(site, request, *target, *rest);
  }
  return not_found();
}

}  // namespace http
