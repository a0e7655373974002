// A DNS server whose every answer a test decides: UDP and TCP on one loopback port, on the test's own io_context. Not
// for anything but tests: it answers whoever asks.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"

namespace boost::asio {
class io_context;
}

namespace support {

struct DnsQuestion {
  std::string name;  ///< lower case, without a trailing dot
  std::uint16_t type = 1;
  bool tcp = false;
  [[nodiscard]] bool ipv6() const { return type == 28; }
};

struct DnsAnswer {
  int rcode = 0;
  std::vector<std::string> addresses = {};  ///< of the type asked for
  std::uint32_t ttl = 30;
  std::vector<std::string> cnames = {};           ///< the path from the question's name; addresses belong to its end
  std::optional<std::uint32_t> soa_minimum = {};  ///< an SOA record (TTL 3600) in the authority section
  bool truncated = false;                         ///< over UDP only: TC set, no records
  bool recursive = true;                          ///< RA set
  std::chrono::milliseconds delay{0};
  std::vector<std::uint8_t> raw = {};  ///< sent instead of all that, with the first two bytes made the question's id
};

/// The bytes of an answer to a question, as the server sends them over UDP (over TCP: without the length).
std::vector<std::uint8_t> dns_message(std::uint16_t id, const DnsQuestion& question, const DnsAnswer& answer);

class FakeDns {
 public:
  /// Nothing = silence.
  using Handler = std::function<std::optional<DnsAnswer>(const DnsQuestion&)>;

  FakeDns(boost::asio::io_context& io, Handler handler, const std::string& address = "127.0.0.1");
  ~FakeDns();
  FakeDns(const FakeDns&) = delete;
  FakeDns& operator=(const FakeDns&) = delete;

  [[nodiscard]] model::DnsServerAddress address() const;
  /// Drops every nth question over UDP; 0 = none.
  void drop_every(int n);
  /// Closes both ports: who asks now gets an ICMP error.
  void stop();

  [[nodiscard]] const std::vector<DnsQuestion>& seen() const;  ///< in order, dropped ones too
  [[nodiscard]] int dropped() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// A loopback UDP port where nobody listens (and nobody is likely to).
std::uint16_t closed_port();

}  // namespace support
