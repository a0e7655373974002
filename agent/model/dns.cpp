#include "agent/model/dns.hpp"

namespace model {

std::string to_text(const DnsServerAddress& server) {
  const bool v6 = server.address.find(':') != std::string::npos;
  return (v6 ? "[" + server.address + "]" : server.address) + ":" + std::to_string(server.port);
}

}  // namespace model
