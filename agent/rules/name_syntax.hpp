// Tells whether a name can be asked of DNS at all. Asks nobody.
#pragma once
#include <string>
#include <string_view>

namespace rules {

/// Why `fqdn` is no host name, as the end of a sentence ("label \"…\" is longer than 63 characters"); "" where it is
/// fine: letters, digits, hyphens inside labels (RFC 1123 §2.1) and underscores as resolvers allow; labels ≤ 63, all ≤
/// 253 characters (RFC 1035 §2.3.4), a trailing dot allowed. What getaddrinfo would read as an IPv4 address is no name.
std::string why_invalid(std::string_view fqdn);

}  // namespace rules
