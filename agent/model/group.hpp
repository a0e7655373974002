// The PGD group as the agent needs it: who the nodes are, under which domains, and the names to resolve. Nouns only;
// how names are composed is pgd/.
#pragma once
#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// `.spec.connectivity.tls.mode`; `required` is read as `require`.
enum class TlsMode { verify_full, verify_ca, require };
constexpr std::string_view name(TlsMode mode) {
  switch (mode) {
    case TlsMode::verify_full: return "verify-full";
    case TlsMode::verify_ca: return "verify-ca";
    case TlsMode::require: return "require";
  }
  return "";
}

/// One way of reaching every service of the group: `<service><host_suffix>[.<domain>]`.
struct DnsEntry {
  std::string domain;
  std::string host_suffix;
  friend bool operator==(const DnsEntry&, const DnsEntry&) = default;
};

/// What a name stands for; an FQDN has the first that applies.
enum class NameRole { node, group, proxy, proxy_read, discovery, extra };
inline constexpr std::array all_name_roles{NameRole::node,       NameRole::group,     NameRole::proxy,
                                           NameRole::proxy_read, NameRole::discovery, NameRole::extra};
constexpr std::string_view name(NameRole role) {
  switch (role) {
    case NameRole::node: return "node";
    case NameRole::group: return "group";
    case NameRole::proxy: return "proxy";
    case NameRole::proxy_read: return "proxy_read";
    case NameRole::discovery: return "discovery";
    case NameRole::extra: return "extra";
  }
  return "";
}

/// A name the agent resolves. `fqdn` is as written (lower case, no trailing dot added or removed).
struct Name {
  std::string fqdn;
  NameRole role = NameRole::extra;
  std::string target_group;  ///< group the name leads to; "" for discovery and extra names of unknown groups
  std::string target_node;   ///< node it leads to; "" unless role is node
  bool own = false;          ///< this node's, or this group's group/proxy name
  friend auto operator<=>(const Name&, const Name&) = default;
};

struct Group {
  std::string name;
  std::string ns;
  std::string node;                ///< this pod's node, e.g. "region-a-1"
  std::vector<std::string> nodes;  ///< every node of the group
  TlsMode mode = TlsMode::verify_ca;
  DnsEntry primary;
  std::vector<DnsEntry> additional;
  bool proxy = true;
  bool proxy_read = false;
  std::vector<std::string> discovery;
  std::vector<std::string> extra_names;
  std::vector<std::string> certificate_names;  ///< further names the operator asks for: certManager.spec.dnsNames
  std::vector<Group> peers;                    ///< other groups of the same manifest: their names are watched
  friend bool operator==(const Group&, const Group&) = default;
};

/// What follows from a Group (pgd::targets): the names to watch and the names the server certificate must cover.
struct Targets {
  std::vector<Name> names;  ///< sorted by fqdn, unique
  std::vector<std::string>
      required_sans;  ///< own node, group and proxy names, in the operator's order, then the user's
  std::vector<std::string> required_read_sans;  ///< proxy_read names: a lesser severity (policy.md)
  std::vector<std::string>
      foreign_sans;  ///< node names of the group's other nodes: in our certificate they are foreign
  friend bool operator==(const Targets&, const Targets&) = default;
};

}  // namespace model
