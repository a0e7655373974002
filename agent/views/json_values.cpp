#include "agent/views/json_values.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <tuple>

#include "agent/views/summary.hpp"

namespace views {
namespace {

namespace json = boost::json;

json::value strings(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

std::string_view key_state(model::KeyState state) {
  switch (state) {
    case model::KeyState::absent: return "absent";
    case model::KeyState::matches: return "matches";
    case model::KeyState::mismatch: return "mismatch";
    case model::KeyState::encrypted: return "encrypted";
    case model::KeyState::malformed: return "malformed";
    case model::KeyState::unknown: return "unknown";
  }
  return "";
}

template <class Enumerators, class Counts>
json::value counts_of(const Enumerators& all, const Counts& counts) {
  json::object out;
  for (const auto each : all) out.emplace(name(each), counts[static_cast<std::size_t>(each)]);
  return out;
}

json::value json_secret(const model::World& world, const model::SecretObservation& secret) {
  static const std::vector<model::CertificateRef> none;
  const model::Bundle* bundle = secret.bundle.get();
  const model::SecretTimes* times = times_of(world, secret);
  const bool leaf_role = !model::is_ca(secret.role);
  return json::object{
      {"secret", name(secret.role)},
      {"source", name(secret.source)},
      {"directory", secret.directory},
      {"loaded", is_loaded(secret)},
      {"watch_active", secret.watch_active},
      {"watch_problem", json_text_or_null(secret.watch_problem)},
      {"last_read", json_time(bundle ? std::optional(secret.last_read) : std::nullopt)},
      {"last_rotation", json_time(secret.last_rotation)},
      {"rotations", counts_of(model::all_detected_by, secret.rotations)},
      {"read_errors", counts_of(model::all_read_errors, secret.read_errors)},
      {"generation", json_text_or_null(bundle ? bundle->generation : "")},
      {"rotatable", bundle ? json::value(bundle->rotatable) : json::value()},
      {"key", bundle && leaf_role ? json::value(key_state(bundle->key)) : json::value()},
      {"effective_not_after", json_time(times ? times->effective_not_after : std::nullopt)},
      {"renewal_due", json_time(times ? times->renewal_due : std::nullopt)},
      {"findings",
       json_findings(world.verdict ? findings_of(world.verdict->findings, secret) : std::vector<model::Finding>{})},
      {"certificates", json_certificates(bundle ? shown_certificates(*bundle) : none)},
  };
}

}  // namespace

json::value json_time(std::optional<common::WallTime> time) {
  if (!time) return nullptr;
  return json::value(common::to_rfc3339(*time));
}

json::value json_seconds(std::chrono::microseconds duration) {
  if (duration.count() % 1'000'000 == 0) return duration.count() / 1'000'000;
  return static_cast<double>(duration.count()) / 1e6;
}

json::value json_text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::value(text);
}

json::value json_certificate(const model::Certificate& certificate) {
  return json::object{
      {"position", name(certificate.position)},
      {"index", certificate.index},
      {"subject", certificate.subject},
      {"issuer", certificate.issuer},
      {"serial", certificate.serial},
      {"fingerprint_sha256", certificate.fingerprint_sha256},
      {"not_before", json_time(certificate.not_before)},
      {"not_after", json_time(certificate.not_after)},
      {"dns_names", strings(certificate.dns_names)},
      {"ip_addresses", strings(certificate.ip_addresses)},
      {"is_ca", certificate.is_ca},
      {"key", json_text_or_null(certificate.key)},
      {"signature", json_text_or_null(certificate.signature)},
  };
}

json::value json_certificates(const std::vector<model::CertificateRef>& certificates) {
  std::vector<const model::Certificate*> order;
  for (const model::CertificateRef& certificate : certificates) order.push_back(certificate.get());
  std::stable_sort(order.begin(), order.end(), [](const model::Certificate* a, const model::Certificate* b) {
    return std::tie(a->position, a->index) < std::tie(b->position, b->index);
  });
  json::array out;
  for (const model::Certificate* certificate : order) out.push_back(json_certificate(*certificate));
  return out;
}

json::value json_finding(const model::Finding& finding) {
  return json::object{
      {"code", name(finding.code)}, {"severity", name(finding.severity)},
      {"area", name(finding.area)}, {"source", finding.source ? json::value(name(*finding.source)) : json::value()},
      {"subject", finding.subject}, {"message", finding.message},
      {"remedy", finding.remedy},   {"since", json_time(finding.since)},
  };
}

json::value json_findings(const std::vector<model::Finding>& findings) {
  json::array out;
  for (const model::Finding& finding : sorted(findings)) out.push_back(json_finding(finding));
  return out;
}

json::value json_check(const model::Check& check) {
  return json::object{
      {"check", check.name},
      {"gate", name(check.gate)},
      {"ok", check.ok},
      {"reason", json_text_or_null(check.reason)},
      {"since", json_time(check.since)},
      {"last_success", json_time(check.last_success)},
  };
}

json::value json_secrets(const model::World& world) {
  json::array out;
  if (!world.snapshot) return out;
  for (const auto& secret : world.snapshot->secrets) out.push_back(json_secret(world, *secret));
  return out;
}

json::value json_verdict(const model::World& world) {
  const model::Verdict nothing;
  const model::Verdict& verdict = world.verdict ? *world.verdict : nothing;
  json::array checks;
  for (const model::Check& check : verdict.checks) checks.push_back(json_check(check));
  return json::object{
      {"summary", headline(world)},
      {"at", json_time(world.verdict ? std::optional(verdict.at) : std::nullopt)},
      {"started", verdict.started},
      {"ready", verdict.ready},
      {"live", passes(world, model::Gate::live)},
      {"startup_released", verdict.startup_released},
      {"startup_reason", json_text_or_null(verdict.startup_reason)},
      {"started_at", json_time(verdict.started_at)},
      {"checks", std::move(checks)},
      {"findings", json_findings(verdict.findings)},
  };
}

}  // namespace views
