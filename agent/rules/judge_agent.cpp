// Findings of the agent itself and of its configuration.
#include <algorithm>

#include "agent/rules/judge.hpp"

namespace rules {

using model::Code;
using model::Finding;
using model::Severity;

std::vector<Finding> judge_agent(const model::Snapshot& snapshot) {
  std::vector<Finding> found;
  const auto say = [&](Code code, Severity severity, model::Area area, std::string subject, std::string message,
                       std::string remedy) {
    found.push_back({code, severity, area, std::nullopt, std::move(subject), std::move(message), std::move(remedy),
                     false, std::nullopt});
  };
  if (!snapshot.config.error.empty()) {
    const auto first = snapshot.config.error.substr(0, snapshot.config.error.find('\n'));
    say(Code::config_rejected, Severity::warning, model::Area::config, snapshot.config.path,
        (snapshot.config.loaded ? "The newest configuration is rejected and the last good one stays in force: "
                                : "There is no usable configuration: ") +
            first,
        "Run \"pgd-agent check-config\" for every error at once, mend the file; it is read again by itself.");
  }
  if (snapshot.group && !snapshot.group->node.empty() && !snapshot.group->nodes.empty()) {
    const auto& nodes = snapshot.group->nodes;
    if (std::find(nodes.begin(), nodes.end(), snapshot.group->node) == nodes.end()) {
      say(Code::group_stale, Severity::warning, model::Area::config, snapshot.group->node,
          "This node, " + snapshot.group->node + ", is not among the group's " + std::to_string(nodes.size()) +
              " nodes known here.",
          "Bring the node list (group.nodes, or the manifest) up to date; names of nodes missing from it are not "
          "watched.");
    }
  }
  if (!snapshot.resolver_error.empty()) {
    say(Code::server_failing, Severity::warning, model::Area::names, "resolv.conf", snapshot.resolver_error,
        "Restore /etc/resolv.conf or name the servers in dns.servers.");
  }
  for (const auto& secret : snapshot.secrets) {
    if (secret->watch_active || secret->watch_problem.empty()) continue;
    say(Code::watch_degraded, Severity::info, area_of(secret->role), secret->directory,
        "Changes of " + secret->directory + " are found by re-reading only: " + secret->watch_problem + ".",
        "Nothing urgent: rotations are still found, at the resync interval; raise fs.inotify.max_user_instances or "
        "max_user_watches on the host to see them at once.");
  }
  return found;
}

}  // namespace rules
