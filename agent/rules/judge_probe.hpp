// What a connection of a PGD node to a probed endpoint would meet: an exchange's facts and the chain it collected to
// one status of the closed list, in the order in which libpq and Postgres would fail. Pure.
#pragma once
#include <optional>
#include <string>

#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/probe.hpp"
#include "common/time.hpp"

namespace rules {

struct ProbeQuestion {
  const model::ProbeObservation& probe;
  const model::Bundle* ca = nullptr;  ///< server_ca as libpq's sslrootcert; null = not mounted, no trust is judged
  const model::CertificatePolicy& policy;
  common::WallTime now{};
  const model::Targets* targets = nullptr;  ///< scope self: names the served leaf must cover, for its findings
};

struct ProbeJudgement {
  model::ProbeVerdict verdict;
  std::optional<common::WallTime> next_change{};  ///< the first instant > now at which time alone alters the verdict
};

/// The chain is judged by judge_secret with the host (scope peer, mode verify-full) as the name to cover. What the
/// server said of our certificate counts only where its own chain holds, as libpq gives up before. A kept login counts
/// beside a newer handshake that is ok, as far as only a login can tell (the role, a required certificate) and while
/// the same client certificate is offered.
ProbeJudgement judge_probe(const ProbeQuestion& question);

/// The same for one result; `host` "" = its names are not looked at.
model::AddressVerdict judge_result(const model::ProbeResult& result, const std::string& host, const model::Bundle* ca,
                                   const model::CertificatePolicy& policy, common::WallTime now);

/// How grave a status is beside others of the same endpoint, 0 = gravest: certificates of either side, then what is
/// not our TLS or Postgres, then the network, then ok.
int gravity(model::ProbeStatus status);

/// Statuses that tell of the network or of a server that is away: they may pass by themselves.
bool is_transport(model::ProbeStatus status);
/// Of our client certificate or its role: client_cert_…, role_rejected.
bool is_refusal(model::ProbeStatus status);

/// The newest result with a chain, unless the address has not answered for so long that it says nothing of what is
/// served now; null where there is none.
const model::ProbeResult* newest_chain(const model::AddressProbe& address);

}  // namespace rules
