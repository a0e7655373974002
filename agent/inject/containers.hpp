// The containers and volumes that are injected: the one definition, for the webhook, the preview and the comparison
// with the admission policy. Pure; knows no pod but its names.
#pragma once
#include <array>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "agent/inject/settings.hpp"

namespace inject {

/// Everything decided for one pod: no choice is open any more.
struct Plan {
  std::string image, cpu, memory;
  Sidecar sidecar = Sidecar::native;
  std::string config;                  ///< ConfigMap
  std::array<std::string, 4> secrets;  ///< by model::SecretRole; "" = not mounted
  bool written = false;
  Gate gate = Gate::bounded;
  std::string gate_max_wait;
};

struct Additions {
  std::vector<boost::json::object> volumes;          ///< at the end of spec.volumes
  std::vector<boost::json::object> init_containers;  ///< at the end of spec.initContainers, after the operator's own
  std::vector<boost::json::object> containers;       ///< at the end of spec.containers; only Sidecar::container
};

/// Nothing here can keep a healthy Postgres from starting for longer than the gate's bound: no startupProbe and no
/// readinessProbe (a failing one makes the pod a crash loop or unready), Secrets and ConfigMap optional, the gate's
/// exit status always 0. Users and groups are the pod's own. Requests equal limits, so that a Guaranteed pod stays so.
Additions additions(const Plan& plan);

}  // namespace inject
