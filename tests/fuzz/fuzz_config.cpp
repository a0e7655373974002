// Any text is a Config or a list of errors, quickly; what was accepted reads back as the same Config.
#include <cstdlib>

#include "agent/config/effective.hpp"
#include "agent/config/parse.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const config::Environment environment = [](std::string_view name) { return std::optional(std::string(name)); };
  const auto parsed = config::parse(text, "fuzz.toml", environment);
  if (parsed && config::parse(config::effective(*parsed), "effective.toml", environment) != parsed) std::abort();
  if (!parsed && parsed.error().empty()) std::abort();
  return 0;
}
