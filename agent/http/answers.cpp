#include "agent/http/answers.hpp"

#include <utility>

#include "agent/views/health.hpp"

namespace http {
namespace {

bool is_said(const Target& target, std::string_view name) {
  for (const auto& value : target.all(name))
    if (value != "0" && value != "false") return true;
  return false;
}

}  // namespace

Response answer(int status, std::string_view content_type, std::string text) {
  Response response;
  response.status = status;
  response.content_type = content_type;
  response.tail = std::move(text);
  response.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

Response wrong_method(std::string_view allowed) {
  const bool several = allowed.find(',') != std::string_view::npos;
  Response response = answer(405, plain_text,
                             several ? "405 method not allowed: GET and HEAD are\n"
                                     : "405 method not allowed: " + std::string(allowed) + " is\n");
  response.headers.emplace_back("Allow", allowed);
  return response;
}

Response health(const model::World& world, const Request& request, const Target& target, model::Gate gate,
                std::string_view check) {
  views::HealthRequest asked;
  asked.gate = gate;
  asked.verbose = is_said(target, "verbose");
  asked.json = asks_for_json(request.accept);
  asked.exclude = target.all("exclude");
  if (!check.empty()) asked.check = std::string(check);
  auto health = views::health(world, asked);
  const int status = !health.found ? 404 : health.ok ? 200 : 503;
  return answer(status, asked.json ? json_text : plain_text, std::move(health.text));
}

std::optional<std::string_view> rest_of(std::string_view route, std::string_view path) {
  if (path == route) return "";
  if (!path.starts_with(route)) return std::nullopt;
  path.remove_prefix(route.size());
  if (!path.starts_with('/')) return std::nullopt;
  return path.substr(1);
}

}  // namespace http
