// Metrics of the agent itself: build, configuration, gates, checks, findings, and what changes by being read.
#include <map>
#include <set>
#include <tuple>

#include "agent/views/metric_families.hpp"
#include "agent/views/metrics.hpp"
#include "agent/views/text.hpp"

namespace views {
namespace {

void info_metrics(const model::Snapshot* snapshot, Families& all) {
  auto info = gauge("pgd_agent_info", "The PGD group and node the agent watches, always 1.");
  auto nodes = gauge("pgd_agent_group_nodes", "Nodes of the PGD group as configured.");
  const model::Group* group = snapshot ? snapshot->group.get() : nullptr;
  add(info, 1,
      {{"pgd_group", group ? std::string_view(group->name) : ""},
       {"pgd_node", group ? std::string_view(group->node) : ""},
       {"tls_mode", group ? name(group->mode) : ""},
       {"domain", group ? std::string_view(group->primary.domain) : ""}});
  if (group) add(nodes, static_cast<double>(group->nodes.size()));
  append(all, {&info, &nodes});
}

void config_metrics(const model::Snapshot& snapshot, Families& all) {
  auto successful = gauge("pgd_agent_config_last_reload_successful", "Whether the newest configuration was accepted.");
  auto time =
      gauge("pgd_agent_config_last_reload_success_timestamp_seconds", "When a configuration was last accepted.");
  auto restarts = counter("pgd_agent_monitor_restarts_total", "Restarts of a monitor that failed or was stuck.");
  add(successful, snapshot.config.loaded && snapshot.config.error.empty() ? 1 : 0);
  if (snapshot.config.last_success) add(time, *snapshot.config.last_success);
  for (const model::Monitor monitor : model::all_monitors) {
    add(restarts, static_cast<double>(snapshot.of(monitor).restarts), {{"monitor", name(monitor)}});
  }
  append(all, {&successful, &time, &restarts});
}

void gate_metrics(const model::World& world, Families& all) {
  auto started = gauge("pgd_agent_started", "Whether the startup gate has opened; never falls back.");
  auto ready = gauge("pgd_agent_ready", "Whether the readiness gate passes.");
  auto released =
      gauge("pgd_agent_startup_gate_released", "Whether the startup gate opened only because its time was up.");
  auto wait =
      gauge("pgd_agent_startup_gate_wait_seconds", "How long the startup gate held, or has held when last judged.");
  const model::Verdict* verdict = world.verdict.get();
  add(started, verdict && verdict->started ? 1 : 0);
  add(ready, verdict && verdict->ready ? 1 : 0);
  add(released, verdict && verdict->startup_released ? 1 : 0);
  if (verdict && world.snapshot && verdict->at >= world.snapshot->started_at) {
    const auto waited = verdict->started_at.value_or(verdict->at) - world.snapshot->started_at;
    add(wait, std::chrono::duration<double>(waited).count());
  }
  append(all, {&started, &ready, &released, &wait});
}

void check_metrics(const model::Verdict& verdict, Families& all) {
  auto passing = gauge("pgd_agent_check_passing", "Whether a named check of a gate passes.");
  auto success = gauge("pgd_agent_check_last_success_timestamp_seconds", "When a named check was last found passing.");
  std::set<std::pair<std::string_view, model::Gate>> seen;
  for (const model::Check& check : verdict.checks) {
    if (!seen.emplace(check.name, check.gate).second) continue;
    add(passing, check.ok ? 1 : 0, {{"check", check.name}, {"gate", name(check.gate)}});
    if (check.last_success) add(success, *check.last_success, {{"check", check.name}, {"gate", name(check.gate)}});
  }
  append(all, {&passing, &success});
}

void finding_metrics(const model::Verdict& verdict, Families& all) {
  auto findings =
      gauge("pgd_agent_findings", "Findings by area, source, code and severity; absent while there are none.");
  std::map<std::tuple<model::Area, std::string_view, model::Code, model::Severity>, int> counts;
  for (const model::Finding& finding : verdict.findings) {
    const std::string_view source = finding.source ? name(*finding.source) : std::string_view{};
    ++counts[{finding.area, source, finding.code, finding.severity}];
  }
  for (const auto& [key, count] : counts) {
    const auto& [area, source, code, severity] = key;
    add(findings, count,
        {{"area", name(area)}, {"source", source}, {"code", name(code)}, {"severity", name(severity)}});
  }
  append(all, {&findings});
}

constexpr std::array<PossibleAnswer, 14> possible_answers{{{"/livez", 200},
                                                           {"/livez", 503},
                                                           {"/startupz", 200},
                                                           {"/startupz", 503},
                                                           {"/readyz", 200},
                                                           {"/readyz", 503},
                                                           {"/metrics", 200},
                                                           {"/", 200},
                                                           {"/", 403},
                                                           {"/status.json", 200},
                                                           {"/status.json", 403},
                                                           {"other", 400},
                                                           {"other", 404},
                                                           {"other", 431}}};

}  // namespace

void build_metrics(const model::BuildInfo& build, Families& all) {
  auto build_info = gauge("pgd_agent_build_info", "What the agent was built as and runs with, always 1.");
  add(build_info, 1,
      {{"version", build.version}, {"revision", build.revision}, {"openssl", build.openssl}, {"cares", build.cares}});
  append(all, {&build_info});
}

void request_metrics(const model::Runtime& runtime, std::span<const PossibleAnswer> possible, Families& all) {
  auto requests = counter("pgd_agent_http_requests_total", "Requests answered, by path and status code.");
  auto dropped =
      counter("pgd_agent_log_lines_dropped_total", "Log lines dropped because the log could not be written.");
  std::map<std::pair<std::string, int>, std::uint64_t> answers = runtime.http_requests;
  for (const auto& [path, code] : possible) answers.try_emplace({std::string(path), code}, 0);
  for (const auto& [answer, count] : answers) {
    add(requests, static_cast<double>(count), {{"path", answer.first}, {"code", std::to_string(answer.second)}});
  }
  add(dropped, static_cast<double>(runtime.log_lines_dropped));
  append(all, {&requests, &dropped});
}

void process_metrics(const model::ProcessFacts& process, Families& all) {
  auto cpu = counter("process_cpu_seconds_total", "User and system CPU time of the process.");
  auto resident = gauge("process_resident_memory_bytes", "Resident memory of the process.");
  auto start = gauge("process_start_time_seconds", "When the process started, in Unix time.");
  auto open = gauge("process_open_fds", "Open file descriptors of the process.");
  auto limit = gauge("process_max_fds", "File descriptors the process may open.");
  add(cpu, process.cpu_seconds);
  add(resident, static_cast<double>(process.resident_bytes));
  add(start, process.start_time_seconds);
  add(open, static_cast<double>(process.open_fds));
  add(limit, static_cast<double>(process.max_fds));
  append(all, {&cpu, &resident, &start, &open, &limit});
}

void agent_metrics(const model::World& world, const model::BuildInfo& build, Families& all) {
  build_metrics(build, all);
  info_metrics(world.snapshot.get(), all);
  config_metrics(world.snapshot ? *world.snapshot : model::Snapshot{}, all);
  gate_metrics(world, all);
  const model::Verdict nothing;
  const model::Verdict& verdict = world.verdict ? *world.verdict : nothing;
  check_metrics(verdict, all);
  finding_metrics(verdict, all);
}

std::string runtime_metrics(const model::Runtime& runtime) {
  Families all;
  auto last_run = gauge("pgd_agent_monitor_last_run_timestamp_seconds", "When a monitor's loop last came round.");
  for (const model::Monitor monitor : model::all_monitors) {
    const auto& heartbeat = runtime.heartbeats[static_cast<std::size_t>(monitor)];
    if (heartbeat) add(last_run, *heartbeat, {{"monitor", name(monitor)}});
  }
  append(all, {&last_run});
  request_metrics(runtime, possible_answers, all);
  process_metrics(runtime.process, all);
  return exposition(all);
}

}  // namespace views
