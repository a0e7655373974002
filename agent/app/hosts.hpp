// What a name has without DNS: addresses of the hosts file, or itself where it is an address. Asks no server.
#pragma once
#include <optional>
#include <string>

#include "agent/model/dns.hpp"
#include "agent/rules/hosts_file.hpp"

namespace app {

/// The hosts file as it is now: once per sweep or command. What can't be read, or is over 1 MiB, counts as empty, as it
/// does for glibc.
rules::HostsFile read_hosts(const std::string& path = "/etc/hosts");

/// The answer for a name that is an address (rules/name_syntax): itself, without TTL and without a question.
std::optional<model::Lookup> lookup_of_address(const std::string& name);

}  // namespace app
