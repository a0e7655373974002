#include "agent/rules/judge_probe.hpp"

#include <algorithm>
#include <utility>

#include "agent/rules/earliest.hpp"
#include "agent/rules/probe_answer.hpp"
#include "agent/rules/served.hpp"

namespace rules {
namespace {

using common::WallTime;
using model::AddressProbe;
using model::AddressVerdict;
using model::Certificate;
using model::ProbeResult;
using model::ProbeStatus;

AddressVerdict combine(const ProbeResult& result, const ServedJudgement* served) {
  const auto& exchange = result.exchange;
  AddressVerdict verdict;
  verdict.address = exchange.address;
  if (served) verdict.findings = served->findings;
  Answer answer;
  if (served && served->answer.status != ProbeStatus::ok) {
    answer = served->answer;
    answer.detail = "What " + endpoint_text(exchange.address, exchange.port) + " presents fails: " + answer.detail;
  } else {
    answer = answer_of(exchange);
  }
  verdict.status = answer.status;
  verdict.detail = std::move(answer.detail);
  verdict.remedy = std::move(answer.remedy);
  return verdict;
}

bool same_chain(const ProbeResult& a, const ProbeResult& b) {
  return std::equal(a.chain.begin(), a.chain.end(), b.chain.begin(), b.chain.end(), [](const auto& x, const auto& y) {
    return x == y || x->fingerprint_sha256 == y->fingerprint_sha256;
  });
}

/// Judges results of one endpoint; equal chains, as of all addresses of a node, once.
class Judge {
 public:
  explicit Judge(const ProbeQuestion& question)
      : question_(question), host_(question.probe.target.by_name() ? question.probe.target.host : "") {}

  AddressVerdict operator()(const ProbeResult& result) { return combine(result, served(result)); }
  [[nodiscard]] std::optional<WallTime> next_change() const {
    std::optional<WallTime> first;
    for (const auto& [result, judged] : known_) earliest(first, judged.next_change);
    return first;
  }

 private:
  const ServedJudgement* served(const ProbeResult& result) {
    if (result.chain.empty()) return nullptr;
    for (const auto& [other, judged] : known_) {
      if (same_chain(*other, result)) return &judged;
    }
    known_.emplace_back(&result, judge_served({.chain = result.chain,
                                               .host = host_,
                                               .ca = question_.ca,
                                               .policy = question_.policy,
                                               .targets = question_.targets,
                                               .now = question_.now}));
    return &known_.back().second;
  }

  const ProbeQuestion& question_;
  std::string host_;
  std::vector<std::pair<const ProbeResult*, ServedJudgement>> known_;
};

/// A login of another client certificate tells nothing of the present one.
const ProbeResult* standing_login(const AddressProbe& address) {
  const auto& offered = address.last->client_fingerprint;
  if (!address.login || (!offered.empty() && address.login->client_fingerprint != offered)) return nullptr;
  return address.login.get();
}

/// What the server said after it had our certificate, if it got so far.
std::optional<bool> accepted_at_handshake(const ProbeResult& result, ProbeStatus status) {
  const auto& exchange = result.exchange;
  const bool alerted = exchange.alert > 0;
  if (alerted) {
    if (is_refusal(status)) return false;
    return std::nullopt;
  }
  const bool answered = exchange.end == model::WireEnd::finished || exchange.error || exchange.authentication;
  if (exchange.certificate_sent && answered && exchange.phase == model::ProbePhase::authenticate) return true;
  return std::nullopt;
}

std::optional<bool> accepted_at_login(const ProbeResult& result, ProbeStatus status) {
  if (is_refusal(status)) return false;
  if (result.exchange.authentication == 0) return true;
  return std::nullopt;
}

/// One refusal is a no, a yes needs all.
struct Acceptance {
  bool refused = false, unknown = false, any = false;
  void add(std::optional<bool> one) {
    any = true;
    if (!one) unknown = true;
    if (one == false) refused = true;
  }
  [[nodiscard]] std::optional<bool> result() const {
    if (refused) return false;
    if (!any || unknown) return std::nullopt;
    return true;
  }
};

}  // namespace

ProbeJudgement judge_probe(const ProbeQuestion& question) {
  const auto& probe = question.probe;
  ProbeJudgement judged;
  auto& verdict = judged.verdict;
  verdict.target = probe.target;
  if (probe.addresses.empty()) {
    verdict.status = ProbeStatus::dns_failed;
    verdict.detail = probe.target.host + " has no address, so there is nothing to connect to.";
    verdict.remedy = "Create the DNS record or the Service behind it, or correct the name.";
    return judged;
  }
  Judge judge{question};
  Acceptance handshake, login;
  for (const AddressProbe& address : probe.addresses) {
    auto here = judge(*address.last);
    handshake.add(accepted_at_handshake(*address.last, here.status));
    if (const auto* kept = standing_login(address)) {
      auto then = judge(*kept);
      login.add(accepted_at_login(*kept, then.status));
      // All else a login tells, a newer handshake tells better.
      const bool only_login_tells = is_refusal(then.status) && kept->exchange.alert <= 0;
      if (here.status == ProbeStatus::ok && only_login_tells) {
        then.findings = std::move(here.findings);
        here = std::move(then);
      }
    } else {
      login.add(std::nullopt);
    }
    if (const auto* result = newest_chain(address)) {
      const auto& leaf = *result->chain.front();
      if (leaf.position == model::Position::leaf) earliest(verdict.not_after, leaf.not_after);
    }
    if (gravity(here.status) < gravity(verdict.status)) {
      verdict.status = here.status;
      verdict.address = here.address;
      verdict.detail = here.detail;
      verdict.remedy = here.remedy;
    }
    verdict.addresses.push_back(std::move(here));
  }
  verdict.accepted_at_handshake = handshake.result();
  verdict.accepted_at_login = login.result();
  judged.next_change = judge.next_change();
  return judged;
}

AddressVerdict judge_result(const ProbeResult& result, const std::string& host, const model::Bundle* ca,
                            const model::CertificatePolicy& policy, WallTime now) {
  if (result.chain.empty()) return combine(result, nullptr);
  const auto served =
      judge_served({.chain = result.chain, .host = host, .ca = ca, .policy = policy, .targets = nullptr, .now = now});
  return combine(result, &served);
}

int gravity(ProbeStatus status) {
  switch (status) {
    case ProbeStatus::untrusted: return 0;
    case ProbeStatus::wrong_purpose: return 1;
    case ProbeStatus::not_yet_valid: return 2;
    case ProbeStatus::expired: return 3;
    case ProbeStatus::name_mismatch: return 4;
    case ProbeStatus::client_cert_untrusted: return 5;
    case ProbeStatus::client_cert_expired: return 6;
    case ProbeStatus::client_cert_rejected: return 7;
    case ProbeStatus::client_cert_required: return 8;
    case ProbeStatus::role_rejected: return 9;
    case ProbeStatus::handshake_failed: return 10;
    case ProbeStatus::tls_not_offered: return 11;
    case ProbeStatus::not_postgres: return 12;
    case ProbeStatus::handshake_timeout: return 13;
    case ProbeStatus::closed: return 14;
    case ProbeStatus::server_unavailable: return 15;
    case ProbeStatus::connect_timeout: return 16;
    case ProbeStatus::connect_refused: return 17;
    case ProbeStatus::unreachable: return 18;
    case ProbeStatus::dns_failed: return 19;
    case ProbeStatus::ok: return 20;
  }
  return 20;
}

bool is_transport(ProbeStatus status) {
  return gravity(status) > gravity(ProbeStatus::not_postgres) && status != ProbeStatus::ok &&
         status != ProbeStatus::dns_failed;
}

bool is_refusal(ProbeStatus status) {
  return gravity(status) >= gravity(ProbeStatus::client_cert_untrusted) &&
         gravity(status) <= gravity(ProbeStatus::role_rejected);
}

const ProbeResult* newest_chain(const AddressProbe& address) {
  if (!address.last->chain.empty()) return address.last.get();
  if (address.failures >= model::probe_failures_to_report || !address.served) return nullptr;
  return address.served.get();
}

}  // namespace rules
