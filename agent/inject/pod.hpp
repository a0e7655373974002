// What of a pod decides whether and how it is injected: whose it is, what was asked of it, which of its lists are
// there. Reads the pod's JSON, of any shape; changes nothing.
#pragma once
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "agent/inject/settings.hpp"

namespace inject {

/// `skipped`: not ours. `refused`: ours, but it can't be injected without risk.
enum class Outcome { injected, skipped, refused };
constexpr std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::injected: return "injected";
    case Outcome::skipped: return "skipped";
    case Outcome::refused: return "refused";
  }
  return "";
}

struct Pod {
  Outcome outcome = Outcome::skipped;  ///< `injected`: is to be
  std::string reason;                  ///< why not, a short clause
  std::string group;                   ///< label k8s.pgd.enterprisedb.io/group
  std::string node;                    ///< label k8s.enterprisedb.io/cluster: a node is a Cluster of one instance
  Choices asked;                       ///< by annotation
  bool has_scratch_data = false;       ///< the volume that Postgres finds at /controller
  bool has_annotations = false, has_volumes = false, has_init_containers = false, has_containers = false;
};

/// Annotations that are not valid are left out and said in `problems`.
Pod read_pod(const boost::json::object& pod, std::vector<std::string>& problems);

}  // namespace inject
