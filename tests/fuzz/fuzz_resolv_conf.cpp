// Any text as resolv.conf: glibc's limits hold.
#include <cstdlib>

#include "agent/rules/resolv_conf.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = rules::parse_resolv_conf({reinterpret_cast<const char*>(data), size});
  if (config.servers.empty() || config.servers.size() > 3 || config.search.size() > 32) std::abort();
  if (config.ndots < 0 || config.ndots > 15 || config.attempts < 1 || config.attempts > 5) std::abort();
  return 0;
}
