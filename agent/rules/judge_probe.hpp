// What a connection of a PGD node to a probed endpoint would meet: an exchange's facts and the chain it collected to
// one status of the closed list, in the order in which libpq and Postgres would fail. Pure.
#pragma once
#include <optional>

#include "agent/model/pki.hpp"
#include "agent/model/policy.hpp"
#include "agent/model/probe.hpp"
#include "common/time.hpp"

namespace rules {

struct ProbeQuestion {
  const model::ProbeObservation& probe;
  const model::Bundle* ca = nullptr;  ///< server_ca as libpq's sslrootcert; null = not mounted, no chain is judged
  const model::CertificatePolicy& policy;
  common::WallTime now{};
};

struct ProbeJudgement {
  model::ProbeVerdict verdict;
  std::optional<common::WallTime> next_change{};  ///< the first instant > now at which time alone alters the verdict
};

/// The chain is judged by judge_secret with the host (scope peer, mode verify-full) as the name to cover. What the
/// server said of our certificate counts only where its own chain holds, as libpq gives up before.
ProbeJudgement judge_probe(const ProbeQuestion& question);

/// The same for one result; `host` "" = its names are not looked at.
model::AddressVerdict judge_result(const model::ProbeResult& result, const std::string& host, const model::Bundle* ca,
                                   const model::CertificatePolicy& policy, common::WallTime now);

}  // namespace rules
