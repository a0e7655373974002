// A pod and the installation's settings → the JSON Patch that injects the agent. Adds and never changes what is there:
// no image, no mount of the pod's own, no volume of the operator's, which it compares with what it made. Pure.
#pragma once
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/inject/containers.hpp"
#include "agent/inject/pod.hpp"
#include "agent/inject/settings.hpp"

namespace inject {

struct Injection {
  Outcome outcome = Outcome::skipped;
  std::string reason;                 ///< why not injected
  std::string node;                   ///< whose pod it is
  Plan plan;                          ///< where injected
  boost::json::array patch;           ///< RFC 6902, `add` only; empty unless injected
  std::vector<std::string> warnings;  ///< for whoever makes the pod
};

/// `version`: what the annotation pgd-agent.io/status tells. Without an image in the settings nothing is injected: a
/// pod whose image can't be pulled does not start.
Injection inject(const boost::json::object& pod, const Settings& settings, std::string_view version);

}  // namespace inject
