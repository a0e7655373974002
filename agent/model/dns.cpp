#include "agent/model/dns.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace model {
namespace {

/// The canonical spelling of a numeric address, or "" where it is none.
std::string canonical(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (::inet_pton(family, address.c_str(), bytes.data()) != 1) return "";
  if (!::inet_ntop(family, bytes.data(), out.data(), out.size())) return "";
  if (address.size() == text.size()) return out.data();
  const std::string_view scope = text.substr(address.size() + 1);
  const auto in_interface_name = [](char c) {
    return c > ' ' && c < 0x7f && c != '/' && c != ',' && c != ':' && c != '%';
  };
  if (family == AF_INET || scope.empty() || scope.size() >= IF_NAMESIZE) return "";
  if (!std::all_of(scope.begin(), scope.end(), in_interface_name)) return "";
  return std::string(out.data()) + "%" + std::string(scope);
}

}  // namespace

std::string to_text(const DnsServerAddress& server) {
  const bool v6 = server.address.find(':') != std::string::npos;
  return (v6 ? "[" + server.address + "]" : server.address) + ":" + std::to_string(server.port);
}

common::Result<DnsServerAddress> parse_server(std::string_view text) {
  const auto fail = [&] {
    return common::Error{
        "\"" + std::string(text) +
        "\": expected an IP address with an optional port, such as 10.0.0.10, 10.0.0.10:5353 or [fd00::10]:53"};
  };
  std::string_view host = text, port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return fail();
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    if (host.find(':') == std::string_view::npos) return fail();
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  DnsServerAddress server{canonical(host)};
  if (server.address.empty()) return fail();
  if (!port.empty()) {
    const char* const end = port.data() + port.size();
    const auto [read, ec] = std::from_chars(port.data() + 1, end, server.port);
    if (port.front() != ':' || ec != std::errc{} || read != end || server.port == 0) return fail();
  }
  return server;
}

}  // namespace model
