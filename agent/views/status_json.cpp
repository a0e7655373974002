#include "agent/views/status_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "agent/views/json_text.hpp"
#include "agent/views/json_values.hpp"
#include "agent/views/summary.hpp"

namespace views {
namespace {

namespace json = boost::json;

json::value node_of(const model::World& world) {
  if (!world.snapshot || !world.snapshot->group) return nullptr;
  return json_text_or_null(world.snapshot->group->node);
}

json::value group_of(const model::World& world) {
  if (!world.snapshot || !world.snapshot->group) return nullptr;
  return json_text_or_null(world.snapshot->group->name);
}

json::value json_config(const model::ConfigState& config) {
  return json::object{
      {"path", json_text_or_null(config.path)},   {"loaded", config.loaded},
      {"error", json_text_or_null(config.error)}, {"last_success", json_time(config.last_success)},
      {"hash", json_text_or_null(config.hash)},
  };
}

json::value json_resolver(const model::Snapshot& snapshot) {
  const model::ResolverConfig* resolver = snapshot.resolver.get();
  json::array servers, search;
  if (resolver) {
    for (const model::DnsServerAddress& server : resolver->servers) servers.emplace_back(to_text(server));
    for (const std::string& domain : resolver->search) search.emplace_back(domain);
  }
  return json::object{
      {"servers", std::move(servers)},  // in the order they are asked
      {"search", std::move(search)},
      {"ndots", resolver ? json::value(resolver->ndots) : json::value()},
      {"timeout", resolver ? json_seconds(resolver->timeout) : json::value()},
      {"attempts", resolver ? json::value(resolver->attempts) : json::value()},
      {"error", json_text_or_null(snapshot.resolver_error)},
  };
}

json::value json_monitors(const model::Snapshot& snapshot, const model::Runtime& runtime) {
  json::array out;
  for (const model::Monitor monitor : model::all_monitors) {
    const model::MonitorState& state = snapshot.of(monitor);
    out.push_back(json::object{
        {"monitor", name(monitor)},
        {"running", state.running},
        {"last_run", json_time(runtime.heartbeats[static_cast<std::size_t>(monitor)])},
        {"stuck_since", json_time(state.stuck_since)},
        {"restarts", state.restarts},
        {"last_error", json_text_or_null(state.last_error)},
    });
  }
  return out;
}

json::value json_events(const model::Snapshot& snapshot) {
  json::array out;
  for (auto event = snapshot.events.rbegin(); event != snapshot.events.rend(); ++event) {
    json::object fields;
    for (const auto& [key, value] : (*event)->fields) fields[key] = value;
    out.push_back(json::object{
        {"at", json_time((*event)->at)},
        {"kind", name((*event)->kind)},
        {"level", name((*event)->level)},
        {"subject", (*event)->subject},
        {"message", (*event)->message},
        {"fields", std::move(fields)},
    });
  }
  return out;
}

json::value json_query(const model::DnsQuery& query) {
  return json::object{
      {"name", query.name},
      {"family", name(query.family)},
      {"server", query.server},
      {"status", name(query.status)},
      {"duration", json_seconds(query.duration)},
      {"tcp", query.tcp},
  };
}

}  // namespace

std::string status_json(const model::World& world, const model::BuildInfo& build, const model::Runtime& runtime,
                        common::WallTime now) {
  const model::Snapshot nothing;
  const model::Snapshot& snapshot = world.snapshot ? *world.snapshot : nothing;
  const model::Group* group = snapshot.group.get();
  return indented(json::object{
      {"version", build.version},
      {"revision", build.revision},
      {"as_of", json_time(now)},
      {"started_at", json_time(world.snapshot ? std::optional(snapshot.started_at) : std::nullopt)},
      {"node", node_of(world)},
      {"group", group_of(world)},
      {"namespace", json_text_or_null(group ? group->ns : "")},
      {"mode", group ? json::value(name(group->mode)) : json::value()},
      {"verdict", json_verdict(world)},
      {"config", json_config(snapshot.config)},
      {"resolver", json_resolver(snapshot)},
      {"monitors", json_monitors(snapshot, runtime)},
      {"names", json_names(world)},
      {"secrets", json_secrets(world)},
      {"probes", json_probes(world)},
      {"drifts", json_drifts(world)},
      {"events", json_events(snapshot)},
      {"log_lines_dropped", runtime.log_lines_dropped},
  });
}

std::string check_json(const model::World& world) {
  const bool ok = world.verdict && none_critical(world.verdict->findings);
  return indented(json::object{
      {"ok", ok},
      {"at", json_time(world.verdict ? std::optional(world.verdict->at) : std::nullopt)},
      {"node", node_of(world)},
      {"group", group_of(world)},
      {"verdict", json_verdict(world)},
      {"names", json_names(world)},
      {"secrets", json_secrets(world)},
      {"probes", json_probes(world)},
      {"drifts", json_drifts(world)},
  });
}

std::string verify_json(const VerifyReport& report) {
  return indented(json::object{
      {"ok", none_critical(report.findings)},
      {"mode", name(report.mode)},
      {"purpose", name(report.purpose)},
      {"at", json_time(report.at)},
      {"findings", json_findings(report.findings)},
      {"certificates", json_certificates(report.certificates)},
  });
}

std::string resolve_json(const std::vector<ResolvedName>& names) {
  std::vector<const ResolvedName*> order;
  for (const ResolvedName& resolved : names) order.push_back(&resolved);
  std::stable_sort(order.begin(), order.end(),
                   [](const ResolvedName* a, const ResolvedName* b) { return a->fqdn < b->fqdn; });
  json::array out;
  for (const ResolvedName* resolved : order) {
    json::array queries;
    for (const model::DnsQuery& query : resolved->lookup.queries) queries.push_back(json_query(query));
    out.push_back(json::object{
        {"fqdn", resolved->fqdn},
        {"role", resolved->role ? json::value(name(*resolved->role)) : json::value()},
        {"up", resolved->lookup.usable()},
        {"ipv4", json_family(&resolved->lookup.ipv4)},
        {"ipv6", json_family(&resolved->lookup.ipv6)},
        {"hosts", json::array(resolved->lookup.hosts.begin(), resolved->lookup.hosts.end())},
        {"duration", json_seconds(resolved->lookup.duration)},
        {"queries", std::move(queries)},
    });
  }
  return indented(json::object{{"names", std::move(out)}});
}

}  // namespace views
