#include "agent/config/config.hpp"

#include <arpa/inet.h>

#include <charconv>

namespace config {
namespace {

bool is_numeric(const std::string& address, int family) {
  in6_addr ignored{};
  return inet_pton(family, address.c_str(), &ignored) == 1;
}

}  // namespace

common::Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto fail = [&](const char* why) {
    return common::Error{"\"" + std::string(text.substr(0, 80)) + "\": expected " + why};
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']'))
    return fail("an address and a port, such as \"[::]:9188\"");
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);

  Endpoint endpoint;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (error != std::errc{} || end != digits.data() + digits.size())
    return fail("a port from 0 to 65535 after the last colon");

  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  endpoint.address = host;
  const bool v6 = is_numeric(endpoint.address, AF_INET6);
  if (v6 && !brackets) return fail("an IPv6 address in brackets, such as \"[::1]:9188\"");
  if (!v6 && !is_numeric(endpoint.address, AF_INET))
    return fail("a numeric address, such as \"127.0.0.1\" or \"[::]\"");
  return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return (v6 ? "[" + endpoint.address + "]" : endpoint.address) + ":" + std::to_string(endpoint.port);
}

model::Policy policy(const Config& config) {
  model::Policy policy;
  policy.certificates.mode = config.group.spelled.mode;
  policy.certificates.pgd_version = config.group.pgd_version;
  policy.certificates.client_common_name = config.secrets.client_common_name;
  if (config.secrets.renew_before) {
    policy.certificates.renew_before = std::chrono::duration_cast<std::chrono::seconds>(*config.secrets.renew_before);
  }
  policy.certificates.mismatch_debounce = config.secrets.mismatch_debounce;
  policy.names.down_after = config.dns.down_after;
  policy.names.pending_grace = config.dns.pending_grace;
  policy.probes.drift_grace = config.probe.drift_grace;
  policy.probes.drift_critical_after = config.probe.drift_critical_after;
  policy.gates.startup_names = config.gates.startup_names;
  policy.gates.startup_quorum = config.gates.startup_quorum;
  policy.gates.startup_max_wait = config.gates.startup_max_wait;
  policy.gates.ready_checks = config.gates.ready_checks;
  return policy;
}

model::Group group(const Config& config) { return config.group.spelled; }

}  // namespace config
