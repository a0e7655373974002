// A real DNS server (knotd) on a loopback port of its own, with the zones a test writes. Throws where knotd is not
// installed: a test that needs it must fail then, not be skipped.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

#include "agent/model/dns.hpp"
#include "tests/support/temp_dir.hpp"

namespace support {

class Knot {
 public:
  /// Starts with these zones (name -> zone file text; "$TTL", SOA and NS of the zone are put in front) and waits until
  /// it answers.
  explicit Knot(const std::map<std::string, std::string>& zones);
  ~Knot();
  Knot(const Knot&) = delete;
  Knot& operator=(const Knot&) = delete;

  [[nodiscard]] model::DnsServerAddress address() const { return {"127.0.0.1", port_}; }
  /// Its own counters, by knot's names: "server-operation[query]", "response-code[NOERROR]", "request-protocol[udp4]".
  [[nodiscard]] std::map<std::string, std::uint64_t> statistics() const;

 private:
  bool start();
  void stop();
  [[nodiscard]] bool answers() const;

  TempDir dir_;
  std::uint16_t port_ = 0;
  std::string zone_list_;
  pid_t pid_ = -1;
};

}  // namespace support
