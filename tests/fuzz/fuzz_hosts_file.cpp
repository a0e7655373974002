// Any text as a hosts file: every address is one.
#include <arpa/inet.h>

#include <cstdlib>

#include "agent/rules/hosts_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  unsigned char bytes[16];
  for (const auto& [name, addresses] : rules::parse_hosts({reinterpret_cast<const char*>(data), size})) {
    for (const auto& text : addresses) {
      if (inet_pton(text.find(':') == text.npos ? AF_INET : AF_INET6, text.c_str(), bytes) != 1) std::abort();
    }
  }
  return 0;
}
