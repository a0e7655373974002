// Tells whether a name can be asked of DNS at all, or is an address. Asks nobody.
#pragma once
#include <string>
#include <string_view>

namespace rules {

/// Why `fqdn` is no host name, as the end of a sentence ("label \"…\" is longer than 63 characters"); "" where it is
/// fine: letters, digits, hyphens inside labels (RFC 1123 §2.1) and underscores as resolvers allow; labels ≤ 63, all ≤
/// 253 characters (RFC 1035 §2.3.4), a trailing dot allowed. What getaddrinfo would read as an IPv4 address is no name.
std::string why_invalid(std::string_view fqdn);

/// Whether glibc would take an address for `name` (res_hnok): the characters of why_invalid, no leading hyphen; neither
/// lengths nor empty labels are looked at.
bool is_host_name(std::string_view name);

/// What getaddrinfo makes of an address where it expects a name ("127.1", "::1", "fe80::1%lo"), in its usual spelling;
/// "" where it would look the name up. Whether there is such an interface is not asked.
std::string numeric_address(std::string_view name);

}  // namespace rules
