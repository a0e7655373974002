#include "agent/rules/wire_findings.hpp"

#include <algorithm>

#include "agent/rules/earliest.hpp"
#include "agent/rules/judge_probe.hpp"
#include "agent/rules/probe_answer.hpp"
#include "agent/rules/severity.hpp"

namespace rules {
namespace {

using model::AddressProbe;
using model::AddressVerdict;
using model::Area;
using model::Code;
using model::Finding;
using model::ProbeObservation;
using model::ProbeStatus;
using model::ProbeVerdict;

/// The gravest of the addresses that count, and how many do.
template <class Counts>
std::pair<const AddressVerdict*, std::size_t> gravest(const ProbeObservation& probe, const ProbeVerdict& verdict,
                                                      Counts counts) {
  const AddressVerdict* worst = nullptr;
  std::size_t number = 0;
  for (std::size_t i = 0; i < verdict.addresses.size() && i < probe.addresses.size(); ++i) {
    const auto& one = verdict.addresses[i];
    if (!counts(one.status, probe.addresses[i])) continue;
    ++number;
    if (!worst || gravity(one.status) < gravity(worst->status)) worst = &one;
  }
  return {worst, number};
}

std::string headline(const std::string& endpoint, const std::string& what, ProbeStatus status, std::size_t number,
                     std::size_t all) {
  std::string text = endpoint + " " + what;
  if (all > 1) text += " at " + std::to_string(number) + " of " + std::to_string(all) + " addresses";
  return text + " (" + std::string(name(status)) + "): ";
}

std::string subject_of(const model::ProbeTarget& target) {
  const auto endpoint = endpoint_text(target.host, target.port);
  return target.scope == model::ProbeScope::self ? endpoint + " (own)" : endpoint;
}

void find_unreachable(Wire& wire, const ProbeObservation& probe, const ProbeVerdict& verdict) {
  const auto counts = [](ProbeStatus status, const AddressProbe& address) {
    if (status == ProbeStatus::ok || status == ProbeStatus::dns_failed || is_refusal(status)) return false;
    return !is_transport(status) || address.failures >= model::probe_failures_to_report;
  };
  const auto [worst, number] = gravest(probe, verdict, counts);
  if (!worst) return;
  const auto endpoint = subject_of(probe.target);
  wire.say(Code::peer_unreachable, Area::peers, std::nullopt, endpoint,
           headline(endpoint, "can't be connected to", worst->status, number, verdict.addresses.size()) + worst->detail,
           worst->remedy);
}

void find_refused(Wire& wire, const ProbeObservation& probe, const ProbeVerdict& verdict) {
  const auto [worst, number] =
      gravest(probe, verdict, [](ProbeStatus status, const AddressProbe&) { return is_refusal(status); });
  if (!worst) return;
  const auto endpoint = endpoint_text(probe.target.host, probe.target.port);
  std::string message =
      headline(endpoint,
               worst->status == ProbeStatus::role_rejected ? "rejects our role" : "refuses our client certificate",
               worst->status, number, verdict.addresses.size()) +
      worst->detail;
  if (worst->status == ProbeStatus::client_cert_untrusted) message += refusal_by_rotation(wire);
  wire.say(Code::client_certificate_refused, Area::peers, std::nullopt, subject_of(probe.target), std::move(message),
           worst->remedy);
}

/// Every node answers there with a leaf of its own.
bool leads_to_many_nodes(model::NameRole role) {
  switch (role) {
    case model::NameRole::group:
    case model::NameRole::proxy:
    case model::NameRole::proxy_read: return true;
    case model::NameRole::node:
    case model::NameRole::discovery:
    case model::NameRole::extra: return false;
  }
  return false;
}

struct Backend {
  const model::Certificate* leaf;
  std::string address;
  ProbeStatus status;
};

void find_differing(Wire& wire, const ProbeObservation& probe, const ProbeVerdict& verdict) {
  std::vector<Backend> backends;
  for (std::size_t i = 0; i < verdict.addresses.size() && i < probe.addresses.size(); ++i) {
    const auto& last = *probe.addresses[i].last;
    // That an address does not answer is its own finding.
    if (last.chain.empty() || is_transport(verdict.addresses[i].status)) continue;
    backends.push_back({last.chain.front().get(), verdict.addresses[i].address, verdict.addresses[i].status});
  }
  const bool many = leads_to_many_nodes(probe.target.role);
  const auto differs = [&](const Backend& one) {
    return many ? one.status != backends.front().status
                : one.leaf->fingerprint_sha256 != backends.front().leaf->fingerprint_sha256;
  };
  if (std::none_of(backends.begin(), backends.end(), differs)) return;
  std::stable_sort(backends.begin(), backends.end(),
                   [](const Backend& a, const Backend& b) { return a.leaf->not_before < b.leaf->not_before; });
  const auto endpoint = subject_of(probe.target);
  std::string message =
      "The addresses of " + endpoint + (many ? " answer differently:" : " serve different certificates:");
  std::size_t told = 0;
  for (const auto& one : backends) {
    if (++told > 8) break;
    message += (told > 1 ? ", " : " ") + one.address + " serial " + one.leaf->serial + " (expires " +
               common::to_rfc3339(one.leaf->not_after) + (many ? ", " + std::string(name(one.status)) : "") + ")";
  }
  if (backends.size() > 8) message += " and " + std::to_string(backends.size() - 8) + " more";
  wire.say(Code::backends_differ, Area::peers, std::nullopt, endpoint, message + ".",
           many ? "Mend the node behind the address that fails, or take it out of the name."
                : "Reload Postgres behind the older one, or take the address out of the name if it is another host.");
}

/// Own Postgres is so at its own address: what is said there need not be said of its name.
bool shown_directly(ProbeStatus status, const std::vector<model::JudgedProbe>& all) {
  return std::any_of(all.begin(), all.end(), [&](const model::JudgedProbe& one) {
    return !one.of->target.by_name() && one.verdict->status == status;
  });
}

/// How many of those endpoints answer, and how many there are.
template <class Chosen>
std::pair<std::size_t, std::size_t> answering(const std::vector<model::JudgedProbe>& all, Chosen chosen) {
  std::pair<std::size_t, std::size_t> counts;
  for (const auto& one : all) {
    if (!chosen(one.of->target)) continue;
    ++counts.second;
    const auto& addresses = one.verdict->addresses;
    if (std::any_of(addresses.begin(), addresses.end(), [](const auto& each) { return !is_transport(each.status); }))
      ++counts.first;
  }
  return counts;
}

/// Our own name leads nowhere from here, though own Postgres runs and the network works.
void find_hairpin(Wire& wire, const ProbeObservation& probe, const ProbeVerdict& verdict,
                  const std::vector<model::JudgedProbe>& all) {
  const auto [worst, number] = gravest(probe, verdict, [](ProbeStatus status, const AddressProbe& address) {
    return is_transport(status) && address.failures >= model::probe_failures_to_report;
  });
  const auto own = answering(all, [](const model::ProbeTarget& target) { return !target.by_name(); });
  const auto peers = answering(all, [](const auto& target) { return target.scope == model::ProbeScope::peer; });
  if (!worst || own.first == 0 || peers.first == 0) return;
  wire.say(Code::self_unreachable, Area::names, std::nullopt, probe.target.host,
           headline("This node's own name " + endpoint_text(probe.target.host, probe.target.port),
                    "can't be connected to from this pod", worst->status, number, verdict.addresses.size()) +
               worst->detail + " Own Postgres answers at its own address, and " + std::to_string(peers.first) + " of " +
               std::to_string(peers.second) + (peers.second == 1 ? " peer does" : " peers do") +
               "; many load balancers do not lead a connection back to the pod it comes from.",
           "Run \"pgd-agent probe " + probe.target.host +
               "\" on another node: if it works there, nothing needs to be done; else mend the Service or load "
               "balancer behind the name.");
}

bool away(ProbeStatus status) {
  return is_transport(status) || status == ProbeStatus::tls_not_offered || status == ProbeStatus::not_postgres ||
         status == ProbeStatus::handshake_failed;
}

void find_away(Wire& wire, const ProbeObservation& probe, const ProbeVerdict& verdict) {
  bool reached = false;
  for (const auto& address : probe.addresses) {
    reached = reached || address.served || !address.last->chain.empty();
  }
  const auto [worst, number] = gravest(probe, verdict, [](ProbeStatus status, const AddressProbe& address) {
    return away(status) && address.failures >= model::probe_failures_to_report;
  });
  if (!worst) return;
  // Postgres starts after the agent, and may take its time on the first start of a node.
  const auto grace = wire.policy.names.pending_grace;
  if (is_transport(worst->status) && !reached && wire.now.uptime < grace) {
    const auto at = wire.now.wall + (grace - wire.now.uptime);
    earliest(wire.next_change, at);
    return;
  }
  const auto endpoint = endpoint_text(probe.target.host, probe.target.port);
  wire.say(Code::own_postgres_unreachable, Area::server, model::Source::served, endpoint,
           headline("This node's Postgres at " + endpoint, "can't be probed", worst->status, number,
                    verdict.addresses.size()) +
               worst->detail,
           worst->remedy);
}

}  // namespace

void Wire::say(Code code, Area area, std::optional<model::Source> source, std::string subject, std::string message,
               std::string remedy) {
  const auto grave = severity(code, {}, mode);
  if (!grave) return;
  add({code, *grave, area, source, std::move(subject), std::move(message), std::move(remedy), false, std::nullopt});
}

void Wire::add(Finding finding) {
  const auto known = [&](const Finding& other) { return other.same_trouble(finding); };
  if (std::none_of(findings.begin(), findings.end(), known)) findings.push_back(std::move(finding));
}

const model::SecretObservation* Wire::mounted(model::SecretRole role) const {
  for (const auto& secret : snapshot.secrets) {
    if (secret->role == role && secret->source == model::Source::mounted) return secret.get();
  }
  return nullptr;
}

void find_in_peer(Wire& wire, const model::JudgedProbe& judged) {
  const auto& probe = *judged.of;
  const auto& verdict = *judged.verdict;
  if (judged.elsewhere) wire.add(*judged.elsewhere);
  // That the name does not match follows from it.
  if (!judged.elsewhere || verdict.status != ProbeStatus::name_mismatch) find_unreachable(wire, probe, verdict);
  find_refused(wire, probe, verdict);
  find_differing(wire, probe, verdict);
}

void find_in_own_name(Wire& wire, const model::JudgedProbe& judged, const std::vector<model::JudgedProbe>& all) {
  if (judged.elsewhere) return wire.add(*judged.elsewhere);
  const auto& probe = *judged.of;
  const auto& verdict = *judged.verdict;
  find_differing(wire, probe, verdict);
  if (verdict.status == ProbeStatus::dns_failed || shown_directly(verdict.status, all)) return;
  if (!is_transport(verdict.status)) {
    find_unreachable(wire, probe, verdict);
    return find_refused(wire, probe, verdict);
  }
  find_hairpin(wire, probe, verdict, all);
}

void find_in_self(Wire& wire, const ProbeObservation& probe, const ProbeVerdict& verdict) {
  find_away(wire, probe, verdict);
  find_refused(wire, probe, verdict);
  for (std::size_t i = 0; i < verdict.addresses.size() && i < probe.addresses.size(); ++i) {
    if (!serves_another_leaf(wire, probe.addresses[i])) continue;
    for (const auto& finding : verdict.addresses[i].findings) wire.add(finding);
  }
}

bool serves_another_leaf(const Wire& wire, const AddressProbe& address) {
  if (address.last->chain.empty()) return false;
  const auto* mounted = wire.mounted(model::SecretRole::server);
  const auto* leaf = mounted && mounted->bundle ? mounted->bundle->leaf() : nullptr;
  return !leaf || leaf->fingerprint_sha256 != address.last->chain.front()->fingerprint_sha256;
}

}  // namespace rules
