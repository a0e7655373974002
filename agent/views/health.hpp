// The answers of /livez, /startupz and /readyz, in the manner of kube-apiserver: "ok", or a line a check. Shows what
// the verdict says of a gate; never judges anew.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/snapshot.hpp"

namespace views {

struct HealthRequest {
  model::Gate gate = model::Gate::live;  ///< live, startup or ready
  bool verbose = false;                  ///< list every check even where the gate passes
  bool json = false;
  std::vector<std::string> exclude{};  ///< checks not to count; names that match none are warned of
  std::optional<std::string> check{};  ///< this check alone
};

struct HealthAnswer {
  bool ok = false;    ///< 200 or 503
  bool found = true;  ///< false: there is no such check, 404
  std::string text;   ///< plain text or JSON, ends with a newline
};

/// Passing and not verbose is "ok". A failing gate always lists its checks. Excluding checks can only help a gate pass:
/// where it does, every check left passes. JSON: {gate, ok, released, checks:[{check, gate, ok, reason, since,
/// last_success}], excluded, note}; `released`: the startup gate opened because its time was up.
HealthAnswer health(const model::World& world, const HealthRequest& request);

}  // namespace views
