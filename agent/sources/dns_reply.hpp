// Reads a DNS reply: bytes from the network in, a model::DnsReply out. Pure, bounded, never throws; does no I/O.
#pragma once
#include <cstdint>
#include <span>

#include "agent/model/dns.hpp"

namespace sources {

/// The reply to a question for A (ipv4) or AAAA (ipv6) records, RFC 1035 §4. CNAMEs are followed from the question's
/// name in the message's order, as glibc does; addresses are sorted and unique, at most 256; a TTL is the least along
/// the path (RFC 2181 §8: top bit set = 0); `negative_ttl` is min(SOA TTL, SOA minimum), RFC 2308 §5, where the
/// authority section can be read. A header or an answer section that can't be, addresses of a wrong length and no
/// other, a reply still truncated and what is no reply at all are `formerr`; a lame server (as glibc tells: NOERROR,
/// empty, neither authoritative nor recursive) is `refused`; a response code outside the closed list is `servfail`.
/// `tcp` and `duration` are left to the caller.
model::DnsReply parse_reply(std::span<const std::uint8_t> message, model::Family family);

}  // namespace sources
