// JSON of probed endpoints, of drift and of the rehearsal of a CA rotation (docs/json.md).
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "agent/views/json_text.hpp"
#include "agent/views/json_values.hpp"
#include "agent/views/probe_facts.hpp"
#include "agent/views/status_json.hpp"

namespace views {
namespace {

namespace json = boost::json;

json::value json_bool(std::optional<bool> fact) { return fact ? json::value(*fact) : json::value(); }

json::value json_phases(const model::Exchange* exchange) {
  json::object out;
  for (const model::ProbePhase phase : model::all_probe_phases) {
    const auto took = exchange ? exchange->phases[static_cast<std::size_t>(phase)] : std::nullopt;
    out.emplace(name(phase), took ? json_seconds(*took) : json::value());
  }
  return out;
}

json::value json_tls(const model::Exchange* exchange) {
  return json::object{
      {"version", json_text_or_null(exchange ? exchange->tls_version : "")},
      {"cipher", json_text_or_null(exchange ? exchange->cipher : "")},
      {"alpn", json_text_or_null(exchange ? exchange->alpn : "")},
  };
}

/// What the server said, on the newest exchange or, where that is what the status tells of, on the last login.
json::value json_error(const ProbedAddress& probed) {
  const model::ServerError* error = nullptr;
  if (probed.last && probed.last->exchange.error) {
    error = &*probed.last->exchange.error;
  } else if (probed.verdict->status != model::ProbeStatus::ok && probed.login && probed.login->exchange.error) {
    error = &*probed.login->exchange.error;
  }
  if (!error) return nullptr;
  return json::object{{"sqlstate", json_text_or_null(error->sqlstate)},
                      {"routine", json_text_or_null(error->routine)},
                      {"message", json_text_or_null(error->message)}};
}

/// PROBE of the contract: one address.
json::object json_address(const model::ProbeTarget& target, const ProbedAddress& probed) {
  static const std::vector<model::CertificateRef> none;
  const model::AddressVerdict& verdict = *probed.verdict;
  const model::ProbeResult* result = probed.last;
  const model::Exchange* exchange = result ? &result->exchange : nullptr;
  return json::object{
      {"ok", verdict.status == model::ProbeStatus::ok},
      {"status", name(verdict.status)},
      {"target", endpoint(target)},
      {"address", json_text_or_null(verdict.address)},
      {"at", json_time(result ? std::optional(result->at) : std::nullopt)},
      {"duration", exchange ? json_seconds(exchange->duration) : json::value()},
      {"phases", json_phases(exchange)},
      {"tls", json_tls(exchange)},
      {"client_certificate", name(our_certificate(result, verdict.status))},
      {"certificates", json_certificates(result ? result->chain : none)},
      {"findings", json_findings(verdict.findings)},
      {"detail", json_text_or_null(verdict.detail)},
      {"remedy", json_text_or_null(verdict.remedy)},
      {"error", json_error(probed)},
  };
}

json::array json_addresses(const model::ProbeTarget& target, const std::vector<ProbedAddress>& addresses) {
  json::array out;
  for (const ProbedAddress& each : addresses) out.push_back(json_address(target, each));
  return out;
}

/// The farthest level at which one of the addresses was tried; null where none was.
json::value json_level(const std::vector<ProbedAddress>& addresses) {
  std::optional<model::ClientCertificate> level;
  for (const ProbedAddress& each : addresses) {
    for (const model::ProbeResult* result : {each.last, each.login}) {
      if (result) level = std::max(level.value_or(model::ClientCertificate::off), result->exchange.level);
    }
  }
  return level ? json::value(name(*level)) : json::value();
}

json::value json_probe(const model::ProbeObservation& probe, const model::ProbeVerdict& verdict) {
  const model::ProbeTarget& target = verdict.target;
  const std::vector<ProbedAddress> addresses = probed_addresses(probe, verdict);
  return json::object{
      {"ok", verdict.status == model::ProbeStatus::ok},
      {"status", name(verdict.status)},
      {"target", endpoint(target)},
      {"scope", name(target.scope)},
      {"role", name(target.role)},
      {"target_group", json_text_or_null(target.target_group)},
      {"target_node", json_text_or_null(target.target_node)},
      {"address", json_text_or_null(verdict.address)},
      {"detail", json_text_or_null(verdict.detail)},
      {"remedy", json_text_or_null(verdict.remedy)},
      {"last_probe", json_time(probe.last_probe)},
      {"not_after", json_time(verdict.not_after)},
      {"client_certificate", json::object{{"level", json_level(addresses)},
                                          {"accepted_at_handshake", json_bool(verdict.accepted_at_handshake)},
                                          {"accepted_at_login", json_bool(verdict.accepted_at_login)}}},
      {"addresses", json_addresses(target, addresses)},
  };
}

}  // namespace

json::value json_probes(const model::World& world) {
  json::array out;
  for (const ShownProbe& probe : shown_probes(world)) {
    if (probe.verdict) out.push_back(json_probe(*probe.of, *probe.verdict));
  }
  return out;
}

json::value json_drifts(const model::World& world) {
  json::array out;
  if (!world.verdict) return out;
  for (const model::Drift& drift : world.verdict->drifts) {
    out.push_back(json::object{
        {"secret", name(drift.secret)},
        {"between", name(drift.between)},
        {"port", drift.port == 0 ? json::value() : json::value(drift.port)},
        {"differs", drift.since.has_value()},
        {"since", json_time(drift.since)},
    });
  }
  return out;
}

std::string probe_json(const ProbeReport& report) {
  const std::vector<ProbedAddress> addresses = probed_addresses(report.probe, report.verdict);
  const ProbedAddress* first = deciding(addresses, report.verdict);
  // Without an address the endpoint's verdict is all there is.
  const model::AddressVerdict unreached{
      report.verdict.address, report.verdict.status, report.verdict.detail, report.verdict.remedy, {}};
  json::object out = json_address(report.probe.target, first ? *first : ProbedAddress{&unreached});
  // The endpoint's status, and findings of the CA file that the chain was judged by.
  out["ok"] = report.verdict.status == model::ProbeStatus::ok;
  out["status"] = name(report.verdict.status);
  std::vector<model::Finding> findings = first ? first->verdict->findings : std::vector<model::Finding>{};
  findings.insert(findings.end(), report.findings.begin(), report.findings.end());
  out["findings"] = json_findings(findings);
  out["addresses"] = json_addresses(report.probe.target, addresses);
  return indented(out);
}

std::string rehearsal_json(const std::vector<model::Rehearsal>& items) {
  json::array out;
  for (const model::Rehearsal& item : items) {
    out.push_back(json::object{
        {"who", item.who},
        {"holds_now", item.holds_now},
        {"holds_next", item.holds_next},
        {"why", json_text_or_null(item.why)},
        {"step", json_text_or_null(item.step)},
    });
  }
  return indented(json::object{{"ok", rehearsal_passes(items)}, {"items", std::move(out)}});
}

bool rehearsal_passes(const std::vector<model::Rehearsal>& items) {
  return std::all_of(items.begin(), items.end(), [](const model::Rehearsal& item) { return item.holds_next; });
}

}  // namespace views
