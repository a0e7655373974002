// Probed endpoints and drift of the hand-made worlds: an endpoint for nearly every way in which one can fail.
#include "world.hpp"

#include <algorithm>

#include "world_parts.hpp"

namespace support {

using namespace std::chrono_literals;
using model::ClientCertificate;
using model::NameRole;
using model::ProbePhase;
using model::ProbeScope;
using model::ProbeStatus;
using model::WireEnd;
using std::chrono::microseconds;

namespace {

using Chain = std::vector<model::CertificateRef>;

Chain served(const char* leaf, const char* not_before, const char* not_after, char mark) {
  model::Certificate facts = *certificate(model::Position::leaf, 0, leaf, "CN=PGD issuing CA", not_before, not_after);
  facts.fingerprint_sha256 = std::string(64, mark);
  facts.dns_names = {std::string(leaf).substr(3) + ".example.com"};
  return {std::make_shared<const model::Certificate>(facts),
          certificate(model::Position::intermediate, 1, "CN=PGD issuing CA", "CN=PGD root CA,O=Example",
                      "2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z")};
}

model::ProbeTarget own() { return {"127.0.0.1", 5432, ProbeScope::self, NameRole::node, "region-a", "region-a-1"}; }
model::ProbeTarget peer(const char* group, const char* node) {
  return {std::string(node) + "-node.example.com", 5432, ProbeScope::peer, NameRole::node, group, node};
}

/// An exchange that went through, our certificate accepted.
model::ProbeResult good(const char* address, Chain chain, ClientCertificate level = ClientCertificate::handshake) {
  model::ProbeResult result;
  result.at = noon() - 20s;
  result.chain = std::move(chain);
  result.client_fingerprint = std::string(64, 'e');
  model::Exchange& exchange = result.exchange;
  exchange.address = address;
  exchange.level = level;
  exchange.end = WireEnd::finished;
  exchange.phase = ProbePhase::authenticate;
  exchange.phases = {420us, 310us, 2'150us, 890us};
  exchange.tls_version = "TLSv1.3";
  exchange.cipher = "TLS_AES_256_GCM_SHA384";
  exchange.alpn = "postgresql";
  exchange.certificate_requested = exchange.certificate_sent = true;
  if (level == ClientCertificate::login) exchange.authentication = 0;
  exchange.duration = 3'770us;
  return result;
}

/// An exchange that ended in `phase`.
model::ProbeResult failed(const char* address, WireEnd end, ProbePhase phase, const char* detail) {
  model::ProbeResult result = good(address, {});
  model::Exchange& exchange = result.exchange;
  exchange.end = end;
  exchange.phase = phase;
  exchange.detail = detail;
  exchange.certificate_requested = exchange.certificate_sent = false;
  for (std::size_t i = static_cast<std::size_t>(phase) + 1; i < exchange.phases.size(); ++i) exchange.phases[i].reset();
  if (end == WireEnd::timeout) exchange.phases[static_cast<std::size_t>(phase)] = 10s;
  exchange.duration = 0us;
  for (const auto& took : exchange.phases) exchange.duration += took.value_or(0us);
  exchange.tls_version = exchange.cipher = exchange.alpn = "";
  result.client_fingerprint = "";
  return result;
}

model::AddressProbe at_address(const model::ProbeResult& result) {
  model::AddressProbe address;
  address.address = result.exchange.address;
  address.last = std::make_shared<const model::ProbeResult>(result);
  if (result.exchange.level == ClientCertificate::login) address.login = address.last;
  return address;
}

class Endpoints {
 public:
  /// `worst`: index of the address that decides.
  void add(const model::ProbeTarget& target, std::vector<model::ProbeResult> results,
           std::vector<model::AddressVerdict> verdicts, std::size_t worst = 0) {
    model::ProbeObservation probe{target, {}, noon() - 20s, results.empty()};
    model::ProbeVerdict verdict;
    verdict.target = target;
    for (std::size_t i = 0; i < results.size(); ++i) {
      probe.addresses.push_back(at_address(results[i]));
      verdicts[i].address = results[i].exchange.address;
      if (results[i].chain.empty()) continue;
      const common::WallTime end = results[i].chain.front()->not_after;
      verdict.not_after = std::min(verdict.not_after.value_or(end), end);
    }
    const model::AddressVerdict& deciding = verdicts[worst];
    verdict.status = deciding.status;
    verdict.address = deciding.address;
    verdict.detail = deciding.detail;
    verdict.remedy = deciding.remedy;
    if (deciding.status == ProbeStatus::ok || deciding.status == ProbeStatus::role_rejected)
      verdict.accepted_at_handshake = true;
    if (deciding.status == ProbeStatus::ok && results[worst].exchange.level == ClientCertificate::login)
      verdict.accepted_at_login = true;
    if (deciding.status == ProbeStatus::client_cert_untrusted) verdict.accepted_at_handshake = false;
    if (deciding.status == ProbeStatus::role_rejected) verdict.accepted_at_login = false;
    if (!results.empty()) verdict.addresses = std::move(verdicts);
    observed.push_back(std::make_shared<const model::ProbeObservation>(probe));
    judged.push_back({observed.back(), nullptr, std::nullopt, std::make_shared<const model::ProbeVerdict>(verdict)});
  }
  void add_untried(const model::ProbeTarget& target) {
    observed.push_back(std::make_shared<const model::ProbeObservation>(model::ProbeObservation{target, {}}));
  }

  std::vector<model::ProbeObservationRef> observed;
  std::vector<model::JudgedProbe> judged;
};

model::AddressVerdict bad(ProbeStatus status, const char* detail, const char* remedy) {
  return {"", status, detail, remedy, {}};
}

model::Finding expired_there() {
  model::Finding found{model::Code::expired,
                       model::Severity::critical,
                       model::Area::peers,
                       model::Source::served,
                       "leaf",
                       "The certificate CN=region-b-1-node expired 2026-02-20T00:00:00Z, 9 days ago.",
                       "Renew it and let Postgres reload.",
                       false,
                       std::nullopt};
  return found;
}

Endpoints rich_endpoints() {
  Endpoints all;
  const model::AddressVerdict fine{};
  auto self = good("127.0.0.1", served("CN=region-a-1-node", "2025-09-08T12:00:00Z", "2026-03-08T11:00:00Z", 'd'),
                   ClientCertificate::login);
  self.exchange.alpn = "";
  all.add(own(), {self}, {fine});
  const Chain a2 = served("CN=region-a-2-node", "2026-01-10T00:00:00Z", "2026-04-10T00:00:00Z", '2');
  all.add(peer("region-a", "region-a-2"),
          {good("10.1.0.12", a2), failed("fd00::12", WireEnd::timeout, ProbePhase::handshake, "no ServerHello")},
          {fine, bad(ProbeStatus::handshake_timeout, "fd00::12 took TCP and answered \"S\", then was silent for 10 s.",
                     "Look for a packet filter or an MTU problem between the two, and at the load of the peer.")},
          1);
  all.add(
      peer("region-a", "region-a-3"), {},
      {bad(ProbeStatus::dns_failed, "region-a-3-node.example.com has no address to probe.", "Mend the name first.")});
  auto old = good("192.0.2.21", served("CN=region-b-1-node", "2025-11-22T00:00:00Z", "2026-02-20T00:00:00Z", '3'));
  auto expired =
      bad(ProbeStatus::expired, "The certificate CN=region-b-1-node expired 2026-02-20T00:00:00Z, 9 days ago.",
          "Renew it and let Postgres reload.");
  expired.findings = {expired_there()};
  all.add(peer("region-b", "region-b-1"), {old}, {expired});
  const Chain b2 = served("CN=region-b-2-node", "2026-01-10T00:00:00Z", "2026-04-11T00:00:00Z", '4');
  auto alert = good("192.0.2.22", b2);
  alert.exchange.end = WireEnd::alert;
  alert.exchange.alert = 48;
  alert.exchange.detail = "tlsv1 alert unknown ca";
  const auto untrusted = bad(ProbeStatus::client_cert_untrusted,
                             "192.0.2.22 does not trust our client certificate: alert 48 (unknown_ca).",
                             "Add the CA of CN=streaming_replica to the peer's client CA bundle.");
  auto alert_too = alert;
  alert_too.exchange.address = "192.0.2.32";
  auto untrusted_too = untrusted;
  untrusted_too.detail = "192.0.2.32 does not trust our client certificate: alert 48 (unknown_ca).";
  all.add(peer("region-b", "region-b-2"), {alert, alert_too}, {untrusted, untrusted_too});
  all.add_untried(peer("region-b", "region-b-3"));
  auto role = good("192.0.2.31", served("CN=region-c-1-node", "2026-01-10T00:00:00Z", "2026-04-12T00:00:00Z", '5'),
                   ClientCertificate::login);
  role.exchange.end = WireEnd::server_error;
  role.exchange.authentication.reset();
  role.exchange.error = {"28000", "ClientAuthentication", "kein pg_hba.conf-Eintrag für <b>\x1b[31m\"evil\"\n"};
  all.add(peer("region-c", "region-c-1"), {role},
          {bad(ProbeStatus::role_rejected, "192.0.2.31 refuses the role of our certificate: SQLSTATE 28000.",
               "Let pg_hba.conf of the peer admit streaming_replica with cert.")});
  all.add(peer("region-c", "region-c-2"), {failed("192.0.2.33", WireEnd::declined, ProbePhase::sslrequest, "")},
          {bad(ProbeStatus::tls_not_offered, "192.0.2.33 answers \"N\": it offers no TLS.", "Set ssl = on there.")});
  return all;
}

}  // namespace

std::vector<model::ProbeObservationRef> rich_probes() { return rich_endpoints().observed; }
std::vector<model::JudgedProbe> rich_probe_verdicts() { return rich_endpoints().judged; }

std::vector<model::Drift> rich_drifts() {
  using model::Between;
  using model::SecretRole;
  return {{SecretRole::server, Between::mounted_written, 0, std::nullopt},
          {SecretRole::server, Between::mounted_served, 5432, noon() - 12min},
          {SecretRole::server, Between::written_served, 5432, noon() - 12min},
          {SecretRole::server_ca, Between::mounted_written, 0, std::nullopt},
          {SecretRole::client, Between::mounted_written, 0, noon() - 25s}};
}

void add_peers(model::World& world, std::size_t peers) {
  model::Snapshot snapshot = *world.snapshot;
  model::Verdict verdict = *world.verdict;
  Endpoints all;
  const Chain chain = served("CN=peer", "2026-01-10T00:00:00Z", "2026-04-10T00:00:00Z", '6');
  for (std::size_t i = 0; i < peers; ++i) {
    model::ProbeTarget target = peer("region-z", "region-z-1");
    target.host = "name-" + std::to_string(i) + ".example.com";
    // The status with every series there is of an endpoint.
    all.add(target, {good("192.0.2.1", chain, ClientCertificate::login)},
            {bad(ProbeStatus::role_rejected, "No.", "Yes.")});
  }
  for (const auto& probe : all.observed) snapshot.probes.push_back(probe);
  for (const auto& judged : all.judged) verdict.probes.push_back(judged);
  std::sort(snapshot.probes.begin(), snapshot.probes.end(),
            [](const auto& a, const auto& b) { return a->target < b->target; });
  std::sort(verdict.probes.begin(), verdict.probes.end(),
            [](const auto& a, const auto& b) { return a.verdict->target < b.verdict->target; });
  world = {std::make_shared<const model::Snapshot>(snapshot), std::make_shared<const model::Verdict>(verdict)};
}

std::vector<views::ProbeReport> probe_reports() {
  const Endpoints all = rich_endpoints();
  std::vector<views::ProbeReport> reports;
  for (const model::JudgedProbe& each : all.judged) reports.push_back({*each.of, *each.verdict, {}});
  reports.at(3).findings = {
      {model::Code::expires_soon, model::Severity::warning, model::Area::server_ca, model::Source::mounted, "anchor 0",
       "The CA certificate CN=PGD root CA expires in 20 days.", "Rotate the CA.", false, std::nullopt}};
  return reports;
}

std::vector<model::Rehearsal> rehearsal() {
  return {
      {"client certificate", true, true, "", ""},
      {"region-b-1-node.example.com:5432 (192.0.2.21)", true, false, "No anchor of the file issued CN=region-b-1-node.",
       "Issue region-b-1's certificate from the new CA, or keep the old CA in the file."},
      {"region-b-2-node.example.com:5432 (192.0.2.22)", false, true, "", ""},
      {"server certificate", false, false, "The leaf is not for servers.", "Issue it again with serverAuth."}};
}

}  // namespace support
