// The chain a live server presented, judged as libpq would at that handshake: by the same rules as the files. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/model/policy.hpp"
#include "agent/rules/probe_answer.hpp"

namespace rules {

struct ServedQuestion {
  const std::vector<model::CertificateRef>& chain;  ///< leaf first; never empty
  std::string host{};                               ///< name that libpq looks for in verify-full; "" = none
  const model::Bundle* ca = nullptr;                ///< server_ca; null = not mounted: trust is not judged
  const model::CertificatePolicy& policy;
  const model::Targets* targets = nullptr;  ///< names our own Postgres must cover: for findings, not for the status
  common::WallTime now{};
};

struct ServedJudgement {
  /// Why libpq gives up there, in the order of untrusted, wrong_purpose, not_yet_valid, expired, name_mismatch; ok
  /// where it does not. The detail is the sentence of the finding, without the address. With `require` and no CA libpq
  /// verifies nothing, so neither does this. A CA file that can't be read is its own trouble and hides trust.
  Answer answer;
  std::vector<model::Finding> findings;  ///< area server, source served
  std::optional<common::WallTime> next_change{};
};

ServedJudgement judge_served(const ServedQuestion& question);

/// "server-ca" as libpq's sslrootcert: the mounted one, or where none is configured the one Postgres was given.
model::BundleRef root_file(const std::vector<std::shared_ptr<const model::SecretObservation>>& secrets);

}  // namespace rules
