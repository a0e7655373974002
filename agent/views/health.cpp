#include "agent/views/health.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "agent/views/json_text.hpp"
#include "agent/views/json_values.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

constexpr std::size_t longest_reason = 1000;  // bytes of one line's reason
constexpr std::size_t longest_echo = 100;     // bytes repeated of what a client sent
constexpr std::size_t excluded_at_most = 64;

std::string_view path_of(model::Gate gate) {
  switch (gate) {
    case model::Gate::startup: return "startupz";
    case model::Gate::ready: return "readyz";
    case model::Gate::live: return "livez";
    case model::Gate::advisory: break;
  }
  return "healthz";
}

std::vector<const model::Check*> checks_of(const model::World& world, model::Gate gate) {
  std::vector<const model::Check*> checks;
  if (!world.verdict) return checks;
  for (const model::Check& check : world.verdict->checks) {
    if (check.gate == gate) checks.push_back(&check);
  }
  return checks;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the client excluded: bounded, sorted, each once.
std::vector<std::string> excluded_names(std::vector<std::string> exclude) {
  std::sort(exclude.begin(), exclude.end());
  exclude.erase(std::unique(exclude.begin(), exclude.end()), exclude.end());
  if (exclude.size() > excluded_at_most) exclude.resize(excluded_at_most);
  return exclude;
}

/// Those of `excluded` that match no check, quoted: `"a", "b"`.
std::string unknown_names(const std::vector<std::string>& excluded, const std::vector<const model::Check*>& checks) {
  std::vector<std::string> unknown;
  for (const std::string& name : excluded) {
    const bool known =
        std::any_of(checks.begin(), checks.end(), [&](const model::Check* c) { return c->name == name; });
    if (!known) unknown.push_back("\"" + printable(name, longest_echo) + "\"");
  }
  return join(unknown, ", ");
}

std::string line_of(const model::Check& check, bool excluded) {
  const std::string name = printable(check.name);
  if (excluded) return "[+]" + name + " excluded: ok\n";
  if (check.ok) return "[+]" + name + " ok\n";
  return "[-]" + name +
         " failed: " + printable(check.reason.empty() ? "no reason given" : check.reason, longest_reason) + "\n";
}

bool released(const model::World& world, model::Gate gate) {
  return gate == model::Gate::startup && world.verdict && world.verdict->startup_released;
}

/// Why the gate's answer differs from what its checks say now; "" where it does not.
std::string note_of(const model::World& world, model::Gate gate, bool ok) {
  if (!world.verdict) return ok ? "" : "nothing has been judged yet";
  const auto checks = checks_of(world, gate);
  const bool all = std::all_of(checks.begin(), checks.end(), [](const model::Check* c) { return c->ok; });
  if (gate != model::Gate::startup || !ok || all) return "";
  const model::Verdict& verdict = *world.verdict;
  if (!verdict.startup_released) return "the gate has been passed before and stays open";
  return "the gate was released because its time was up" +
         (verdict.startup_reason.empty() ? "" : ": " + printable(verdict.startup_reason, longest_reason));
}

HealthAnswer one_check(const std::vector<const model::Check*>& checks, const HealthRequest& request) {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const model::Check* check) { return check->name == *request.check; });
  if (found == checks.end()) {
    const std::string what =
        "no check \"" + printable(*request.check, longest_echo) + "\" of " + std::string(path_of(request.gate));
    if (!request.json) return {false, false, what + "\n"};
    return {false, false, indented(boost::json::object{{"error", what}})};
  }
  const model::Check& check = **found;
  if (request.json) return {check.ok, true, indented(json_check(check))};
  return {check.ok, true, check.ok && !request.verbose ? "ok\n" : line_of(check, false)};
}

std::string listing(const std::vector<const model::Check*>& checks, const std::vector<std::string>& excluded,
                    const std::string& note, const HealthRequest& request, bool ok) {
  std::string text;
  for (const model::Check* check : checks) text += line_of(*check, contains(excluded, check->name));
  const std::string unknown = unknown_names(excluded, checks);
  if (!unknown.empty()) text += "warn: some health checks cannot be excluded: no matches for " + unknown + "\n";
  if (!note.empty()) text += "note: " + note + "\n";
  return text.append(path_of(request.gate)).append(ok ? " check passed\n" : " check failed\n");
}

}  // namespace

HealthAnswer health(const model::World& world, const HealthRequest& request) {
  const auto checks = checks_of(world, request.gate);
  if (request.check) return one_check(checks, request);

  const auto excluded = excluded_names(request.exclude);
  const auto left_ok = [&] {
    return std::all_of(checks.begin(), checks.end(),
                       [&](const model::Check* check) { return check->ok || contains(excluded, check->name); });
  };
  const bool any_excluded = std::any_of(checks.begin(), checks.end(),
                                        [&](const model::Check* check) { return contains(excluded, check->name); });
  const bool ok = passes(world, request.gate) || (any_excluded && left_ok());
  const std::string note = note_of(world, request.gate, ok);
  if (request.json) {
    boost::json::array list, left_out;
    for (const model::Check* check : checks) {
      list.push_back(json_check(*check));
      if (contains(excluded, check->name)) left_out.emplace_back(check->name);
    }
    return {ok, true,
            indented(boost::json::object{{"gate", name(request.gate)},
                                         {"ok", ok},
                                         {"released", released(world, request.gate)},
                                         {"checks", std::move(list)},
                                         {"excluded", std::move(left_out)},
                                         {"note", json_text_or_null(note)}})};
  }
  if (ok && !request.verbose) return {true, true, "ok\n"};
  return {ok, true, listing(checks, excluded, note, request, ok)};
}

}  // namespace views
