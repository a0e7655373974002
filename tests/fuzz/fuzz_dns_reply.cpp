// Any bytes as a reply: bounded, and never addresses without noerror.
#include <cstdlib>

#include "agent/sources/dns_reply.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto family : model::all_families) {
    const auto reply = sources::parse_reply({data, size}, family);
    if (reply.addresses.size() > 256 || reply.cnames.size() > 16) std::abort();
    if (reply.addresses.empty() == (reply.status == model::DnsStatus::noerror)) std::abort();
  }
  return 0;
}
