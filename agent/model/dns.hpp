// What DNS said: one reply to one question, the combined answer to a lookup, and what has been observed of a name over
// time.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/group.hpp"
#include "common/result.hpp"
#include "common/time.hpp"

namespace model {

/// `noerror` has addresses; `nodata` is NOERROR without any of the asked type; `timeout` is silence; `unreachable` an
/// ICMP error or no route; `formerr` also a reply that does not parse.
enum class DnsStatus { noerror, nodata, nxdomain, servfail, refused, notimp, formerr, timeout, unreachable };
inline constexpr std::array all_dns_statuses{DnsStatus::noerror,  DnsStatus::nodata,  DnsStatus::nxdomain,
                                             DnsStatus::servfail, DnsStatus::refused, DnsStatus::notimp,
                                             DnsStatus::formerr,  DnsStatus::timeout, DnsStatus::unreachable};
constexpr std::string_view name(DnsStatus status) {
  switch (status) {
    case DnsStatus::noerror: return "noerror";
    case DnsStatus::nodata: return "nodata";
    case DnsStatus::nxdomain: return "nxdomain";
    case DnsStatus::servfail: return "servfail";
    case DnsStatus::refused: return "refused";
    case DnsStatus::notimp: return "notimp";
    case DnsStatus::formerr: return "formerr";
    case DnsStatus::timeout: return "timeout";
    case DnsStatus::unreachable: return "unreachable";
  }
  return "";
}

enum class Family { ipv4, ipv6 };
inline constexpr std::array all_families{Family::ipv4, Family::ipv6};
constexpr std::string_view name(Family family) { return family == Family::ipv4 ? "ipv4" : "ipv6"; }

/// A nameserver. `address` is a numeric IPv4 or IPv6 address (scope id allowed).
struct DnsServerAddress {
  std::string address;
  std::uint16_t port = 53;
  friend auto operator<=>(const DnsServerAddress&, const DnsServerAddress&) = default;
};
/// "10.0.0.10:53", "[::1]:53".
std::string to_text(const DnsServerAddress& server);
/// "10.0.0.10", "10.0.0.10:5353", "fd00::10", "[fd00::10]:53", "fe80::1%eth0"; numeric only, the address comes out in
/// its canonical spelling.
common::Result<DnsServerAddress> parse_server(std::string_view text);

/// resolv.conf after glibc's limits, or the configured servers.
struct ResolverConfig {
  std::vector<DnsServerAddress> servers;
  std::vector<std::string> search;
  int ndots = 1;                            ///< 0..15
  std::chrono::milliseconds timeout{1000};  ///< one question to one server
  int attempts = 2;                         ///< rounds over all servers
  bool rotate = false;
  bool use_tcp = false;         ///< options use-vc
  bool no_aaaa = false;         ///< options no-aaaa: AAAA is never asked and counts as nodata (glibc 2.36)
  bool single_request = false;  ///< options single-request, single-request-reopen: AAAA is asked after A
  bool no_tld_query = false;    ///< options no-tld-query: a name without a dot is never asked as it is
  friend bool operator==(const ResolverConfig&, const ResolverConfig&) = default;
};

struct Address {
  std::string text;  ///< numeric
  std::chrono::seconds ttl{0};
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// One server's reply to one (name, family) question.
struct DnsReply {
  DnsStatus status = DnsStatus::timeout;
  std::vector<Address> addresses;                      ///< sorted by text, at most 256
  std::vector<std::string> cnames;                     ///< path followed, at most 16
  std::optional<std::chrono::seconds> negative_ttl{};  ///< min(SOA TTL, SOA minimum), RFC 2308 §5
  bool tcp = false;
  std::chrono::microseconds duration{0};
  bool ends_search = false;  ///< NOERROR with records of whatever kind: glibc looks no further for the name
  bool unreadable = false;   ///< formerr for answer records cut off or spoilt, not by its code
};

/// One question as it was asked, for `resolve` and the page.
struct DnsQuery {
  std::string name;  ///< the candidate asked: search expanded
  Family family = Family::ipv4;
  std::string server;
  DnsStatus status = DnsStatus::timeout;
  std::chrono::microseconds duration{0};
  bool tcp = false;
};

/// One family's part of a lookup.
struct FamilyAnswer {
  DnsStatus status = DnsStatus::timeout;
  std::vector<Address> addresses;
  std::vector<std::string> cnames;
};

/// The combined answer to one name, as getaddrinfo would see it.
struct Lookup {
  FamilyAnswer ipv4;
  FamilyAnswer ipv6;
  std::string answered_as;        ///< the candidate that answered ("" where none did)
  std::vector<DnsQuery> queries;  ///< in the order asked, at most 64
  std::optional<std::chrono::seconds> negative_ttl{};
  std::chrono::microseconds duration{0};
  std::vector<std::string>
      hosts{};  ///< what the hosts file has for the name, sorted: libpq uses that and asks no server

  [[nodiscard]] const FamilyAnswer& of(Family family) const { return family == Family::ipv4 ? ipv4 : ipv6; }
  [[nodiscard]] FamilyAnswer& of(Family family) { return family == Family::ipv4 ? ipv4 : ipv6; }
  /// DNS's own answer: at least one address in either family.
  [[nodiscard]] bool resolved() const { return !ipv4.addresses.empty() || !ipv6.addresses.empty(); }
  /// getaddrinfo's: the hosts file answers, or DNS does.
  [[nodiscard]] bool usable() const { return !hosts.empty() || resolved(); }
};

/// The same name asked of one server alone, search list and all: a row of the truth table.
struct ServerAnswer {
  std::string server;  ///< "10.0.0.10:53"
  Lookup lookup;
};
struct Truth {
  common::WallTime at{};
  std::vector<ServerAnswer> servers;  ///< in the resolver's order
};

/// How a server has answered lately, over all names.
struct DnsServerState {
  std::string server;        ///< "10.0.0.10:53"
  int failures = 0;          ///< questions in a row without an answer (noerror, nodata, nxdomain)
  DnsStatus last_failure{};  ///< of those in a row, where there are any
  bool asked_last = false;   ///< was silent: not asked first until it answers again
  std::optional<common::WallTime> failing_since{};
  std::optional<common::WallTime> last_answer{};
  friend bool operator==(const DnsServerState&, const DnsServerState&) = default;
};

/// A name and what is known of it. Immutable once published.
struct NameObservation {
  Name name;
  common::WallTime first_seen{};
  std::optional<Lookup> last;      ///< absent until first looked up
  common::WallTime last_lookup{};  ///< when `last` ended
  std::optional<common::WallTime> last_success{};
  std::vector<std::string> last_addresses;  ///< libpq's, of the last success, sorted; a lost family's are kept
  int failures = 0;                         ///< in a row, since the last success
  std::uint64_t address_changes = 0;
  bool up = false;                               ///< with policy's `down_after` applied
  std::array<bool, 2> family_seen{};             ///< that family has answered before ([0] IPv4, [1] IPv6)
  std::string invalid;                           ///< why the name can't be asked; "" = it can
  std::vector<common::WallTime> recent_changes;  ///< of addresses, or up and down; newest last, at most 16
  std::shared_ptr<const Truth> truth;            ///< what each server says; null until asked
};

}  // namespace model
