// The inside of judge_wire: findings of one endpoint, or of our own certificates, collected. Not for other rooms.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/policy.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/model/verdict.hpp"

namespace rules {

struct Wire {
  const model::Snapshot& snapshot;
  const model::Policy& policy;
  const model::Now now;
  model::TlsMode mode = model::TlsMode::verify_ca;  ///< effective, of connections to servers
  std::vector<model::Finding> findings{};
  std::optional<common::WallTime> next_change{};

  /// Unless the mode does not mind, or the same trouble is there already.
  void say(model::Code code, model::Area area, std::optional<model::Source> source, std::string subject,
           std::string message, std::string remedy);
  void add(model::Finding finding);
  /// The mounted Secret's observation, null where none is configured.
  [[nodiscard]] const model::SecretObservation* mounted(model::SecretRole role) const;
};

/// Scope peer: peer-unreachable, client-certificate-refused, backends-differ; points-elsewhere as it was judged.
void find_in_peer(Wire& wire, const model::JudgedProbe& judged);
/// Our own name: points-elsewhere, backends-differ; self-unreachable where own Postgres and a peer (of `all`) answer,
/// and of what own Postgres does not show at its own address as well, the peers' findings.
void find_in_own_name(Wire& wire, const model::JudgedProbe& judged, const std::vector<model::JudgedProbe>& all);
/// Scope self: own-postgres-unreachable, client-certificate-refused, and findings of a served leaf that is not the
/// mounted one.
void find_in_self(Wire& wire, const model::ProbeObservation& probe, const model::ProbeVerdict& verdict);

/// points-elsewhere, by the leaf that is served and never by addresses: it covers a node name of another node of the
/// group and none of this node's. A certificate that all nodes share covers this node, too.
std::optional<model::Finding> points_elsewhere(const Wire& wire, const model::ProbeObservation& probe);

/// ca-rotation-order of an endpoint's served chains that are not trusted. Costs signatures.
std::vector<model::Finding> rotation_order(const model::ProbeObservation& probe, const model::ProbeVerdict& verdict,
                                           const model::Bundle* ca, const model::Bundle* before, model::TlsMode mode,
                                           common::WallTime now);
/// Likewise of our mounted leaves, where one of the pair was rotated while we watched.
void find_own_rotation_order(Wire& wire, const std::vector<model::Finding>& secret_findings);

/// How a rotation of the client CA explains that a server does not know our certificate's CA; "" where it does not.
std::string refusal_by_rotation(const Wire& wire);

/// The self endpoint serves another leaf than is mounted, or none is.
bool serves_another_leaf(const Wire& wire, const model::AddressProbe& address);

}  // namespace rules
