// Does a certificate hold for a host name, by libpq's rule (fe-secure-common.c, fe-secure-openssl.c of PostgreSQL 15
// and later)? Not X509_check_host, whose wildcards and common-name fallback differ.
#pragma once
#include <string>
#include <string_view>

#include "agent/model/pki.hpp"

namespace rules {

enum class HostMatch {
  match,
  no_match,
  malformed,  ///< a name of the certificate has a NUL inside: libpq gives up there, without fallback
};

/// `host` as the connection string spells it: compared without regard to ASCII case, nothing added or stripped. Subject
/// alternative names first, in order, stopping at the first match; the first common name only where no alternative name
/// is of the host's kind (DNS name, IP address). `*.` covers exactly one leading label, which libpq lets end in a dot.
HostMatch host_match(const model::Certificate& certificate, const std::string& host);

/// libpq's idea of an IP address: what inet_aton (so also "1", "10.1", "0x7f.1") or inet_pton(AF_INET6) accepts.
bool is_ip_address(const std::string& host);

/// One name of a certificate against a host, wildcard included. Neither holds a NUL.
bool name_matches(std::string_view pattern, std::string_view host);

}  // namespace rules
