// Reads /etc/hosts as glibc's "files" does (nss/nss_files/files-hosts.c, with `multi on`), so that a name it holds is
// known without asking DNS. Never fails: a line glibc skips is skipped. Reads no file.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

/// Addresses by name in lower case, as numeric text. A trailing dot is part of a name here, as in glibc.
using HostsFile = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A line is an IPv4 address (four decimal parts) or an IPv6 address without scope, then names; # begins a comment.
/// At most 10,000 (name, address) pairs are kept.
HostsFile parse_hosts(std::string_view text);

/// The addresses getaddrinfo takes for `name` of both families: sorted, each once; none where DNS would be asked.
std::vector<std::string> addresses_in(const HostsFile& hosts, std::string_view name);

}  // namespace rules
