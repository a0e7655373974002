#include "agent/app/hosts.hpp"

#include <fcntl.h>

#include "agent/rules/name_syntax.hpp"
#include "common/files.hpp"

namespace app {

rules::HostsFile read_hosts(const std::string& path) {
  const auto file = common::read_file_at(AT_FDCWD, path, std::size_t{1} << 20);
  return file ? rules::parse_hosts(file->bytes) : rules::HostsFile{};
}

std::optional<model::Lookup> lookup_of_address(const std::string& name) {
  const std::string address = rules::numeric_address(name);
  if (address.empty()) return std::nullopt;
  model::Lookup lookup;
  const bool six = address.find(':') != std::string::npos;
  lookup.of(six ? model::Family::ipv4 : model::Family::ipv6).status = model::DnsStatus::nodata;
  auto& family = lookup.of(six ? model::Family::ipv6 : model::Family::ipv4);
  family.status = model::DnsStatus::noerror;
  family.addresses.push_back({address, std::chrono::seconds{0}});
  lookup.answered_as = name;
  return lookup;
}

}  // namespace app
