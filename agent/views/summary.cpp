#include "agent/views/summary.hpp"

#include <algorithm>
#include <tuple>

#include "agent/views/text.hpp"

namespace views {
namespace {

/// "check: reason" of the first failing check of the gate, and how many more fail.
std::string first_failure(const model::Verdict& verdict, model::Gate gate) {
  std::string first;
  std::size_t others = 0;
  for (const model::Check& check : verdict.checks) {
    if (check.gate != gate || check.ok) continue;
    if (!first.empty()) {
      ++others;
      continue;
    }
    first = check.name;
    if (!check.reason.empty()) first += ": " + check.reason;
  }
  return others == 0 ? first : first + " (and " + std::to_string(others) + " more)";
}

std::string with_reason(std::string state, const std::string& reason) {
  return reason.empty() ? state : std::move(state) + ": " + reason;
}

}  // namespace

bool passes(const model::World& world, model::Gate gate) {
  if (!world.verdict) return gate == model::Gate::live;
  const model::Verdict& verdict = *world.verdict;
  switch (gate) {
    case model::Gate::startup: return verdict.started;
    case model::Gate::ready: return verdict.ready;
    case model::Gate::live:
    case model::Gate::advisory: break;
  }
  return std::none_of(verdict.checks.begin(), verdict.checks.end(),
                      [&](const model::Check& check) { return check.gate == gate && !check.ok; });
}

bool none_critical(const std::vector<model::Finding>& findings) { return count_severities(findings)[0] == 0; }

std::array<std::size_t, model::all_severities.size()> count_severities(const std::vector<model::Finding>& findings) {
  std::array<std::size_t, model::all_severities.size()> counts{};
  for (const model::Finding& finding : findings) ++counts[static_cast<std::size_t>(finding.severity)];
  return counts;
}

std::string severities_in_words(const std::vector<model::Finding>& findings) {
  const auto counts = count_severities(findings);
  std::vector<std::string> parts;
  if (counts[0] > 0) parts.push_back(count_of(counts[0], "critical", "critical"));
  if (counts[1] > 0) parts.push_back(count_of(counts[1], "warning"));
  if (counts[2] > 0) parts.push_back(count_of(counts[2], "info", "info"));
  return join(parts, ", ");
}

std::vector<model::Finding> sorted(std::vector<model::Finding> findings) {
  const auto key = [](const model::Finding& f) { return std::tie(f.severity, f.area, f.subject, f.code); };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const model::Finding& a, const model::Finding& b) { return key(a) < key(b); });
  return findings;
}

bool is_fine(const model::Lookup& lookup, model::Family family) {
  const model::Family other = family == model::Family::ipv4 ? model::Family::ipv6 : model::Family::ipv4;
  const model::DnsStatus status = lookup.of(family).status;
  return status == model::DnsStatus::noerror ||
         (status == model::DnsStatus::nodata && lookup.of(other).status == model::DnsStatus::noerror);
}

std::optional<std::chrono::seconds> shortest_ttl(const model::FamilyAnswer& answer) {
  std::optional<std::chrono::seconds> shortest;
  for (const model::Address& address : answer.addresses) {
    if (!shortest || address.ttl < *shortest) shortest = address.ttl;
  }
  return shortest;
}

bool is_loaded(const model::SecretObservation& secret) { return secret.bundle && secret.bundle->loaded(); }

const std::vector<model::CertificateRef>& shown_certificates(const model::Bundle& bundle) {
  return model::is_ca(bundle.role) ? bundle.anchors : bundle.chain;
}

std::vector<model::Finding> findings_of(const std::vector<model::Finding>& findings,
                                        const model::SecretObservation& secret) {
  std::vector<model::Finding> own;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(own), [&](const model::Finding& finding) {
    return finding.area == model::area_of(secret.role) && finding.source.value_or(secret.source) == secret.source;
  });
  return own;
}

const model::SecretTimes* times_of(const model::World& world, model::SecretRole role) {
  if (!world.verdict) return nullptr;
  const auto& all = world.verdict->secret_times;
  const auto found = std::find_if(all.begin(), all.end(), [&](const model::SecretTimes& t) { return t.role == role; });
  return found == all.end() ? nullptr : &*found;
}

const model::SecretTimes* times_of(const model::World& world, const model::SecretObservation& secret) {
  return secret.source == model::Source::mounted ? times_of(world, secret.role) : nullptr;
}

std::string headline(const model::World& world) {
  if (!world.snapshot || !world.verdict) return "Starting: nothing has been judged yet";
  const model::Verdict& verdict = *world.verdict;
  if (!passes(world, model::Gate::live)) return with_reason("Stuck", first_failure(verdict, model::Gate::live));
  if (!verdict.started) {
    const std::string why =
        verdict.startup_reason.empty() ? first_failure(verdict, model::Gate::startup) : verdict.startup_reason;
    return with_reason("Not started", why);
  }
  if (!verdict.ready) return with_reason("Not ready", first_failure(verdict, model::Gate::ready));
  const std::string found = severities_in_words(verdict.findings);
  return none_critical(verdict.findings) ? "Ready" : "Ready, but something is wrong: " + found;
}

std::string relative(common::WallTime time, common::WallTime now) {
  return time >= now ? "in " + common::human(time - now) : common::human(now - time) + " ago";
}

std::string milliseconds_text(std::chrono::microseconds duration) {
  if (duration >= std::chrono::seconds{1}) return common::human(duration);
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.1f ms", static_cast<double>(duration.count()) / 1000);
  return out.data();
}

}  // namespace views
