#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "agent/cli/commands.hpp"
#include "agent/sources/dns_server.hpp"
#include "common/files.hpp"

namespace cli {

model::BuildInfo build_info() {
  return {PGD_AGENT_VERSION, PGD_AGENT_REVISION, OpenSSL_version(OPENSSL_VERSION_STRING), sources::cares_version()};
}

config::Environment environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (!value) return std::nullopt;
    return value;
  };
}

int fail(const std::string& what, const std::string& why) {
  std::cerr << "pgd-agent: " << what << ": " << why << '\n';
  return 2;
}

std::optional<config::Config> load_config(const std::string& path) {
  const auto file = common::read_file_at(AT_FDCWD, path, config::longest_text);
  if (!file) {
    fail("configuration", path + ": " + file.error().message);
    return std::nullopt;
  }
  auto parsed = config::parse(file->bytes, path, environment());
  if (parsed) return std::move(*parsed);
  for (const auto& diagnostic : parsed.error()) fail("configuration", diagnostic.to_text());
  return std::nullopt;
}

bool colour() {
  const char* no_color = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) == 1 && (!no_color || *no_color == '\0');
}

}  // namespace cli
