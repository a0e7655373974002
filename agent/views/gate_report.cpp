#include "agent/views/gate_report.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

namespace json = boost::json;
using common::Error;

constexpr std::size_t checks_at_most = 64;
constexpr std::size_t longest_name = 100;
constexpr std::size_t longest_reason = 1000;

void add(GateReport& report, std::string_view check, std::string_view reason) {
  if (report.failing.size() >= checks_at_most) return;
  report.failing.emplace_back(printable(check, longest_name), printable(reason, longest_reason));
}

std::string_view text_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

/// Absent where the key is, or holds something else.
const bool* flag_at(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value ? value->if_bool() : nullptr;
}

}  // namespace

GateReport gate_report(const model::World& world, model::Gate gate) {
  GateReport report;
  report.open = passes(world, gate);
  if (!world.verdict) return report;
  report.released = gate == model::Gate::startup && world.verdict->startup_released;
  for (const auto& check : world.verdict->checks) {
    if (check.gate == gate && !check.ok) add(report, check.name, check.reason);
  }
  return report;
}

common::Result<GateReport> read_gate_report(std::string_view text) {
  json::error_code error;
  const json::value document = json::parse(json::string_view(text.data(), text.size()), error);
  const auto* answer = error ? nullptr : document.if_object();
  const bool* open = answer ? flag_at(*answer, "ok") : nullptr;
  const auto* checks = answer ? answer->if_contains("checks") : nullptr;
  const auto* list = checks ? checks->if_array() : nullptr;
  if (!open || !list) return Error{"answers something else than an agent's gate"};
  GateReport report;
  report.open = *open;
  const bool* released = flag_at(*answer, "released");
  report.released = released && *released;
  for (const auto& item : *list) {
    const auto* check = item.if_object();
    const bool* ok = check ? flag_at(*check, "ok") : nullptr;
    if (ok && !*ok) add(report, text_at(*check, "check"), text_at(*check, "reason"));
  }
  return report;
}

std::string failing_in_words(const GateReport& report) {
  std::vector<std::string> parts;
  for (const auto& [check, reason] : report.failing) parts.push_back(check + ": " + reason);
  return join(parts, "; ");
}

}  // namespace views
