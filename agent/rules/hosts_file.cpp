#include "agent/rules/hosts_file.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace rules {
namespace {

constexpr std::size_t most_pairs = 10'000;        // ours
constexpr std::string_view blanks = " \t\v\f\r";  // isspace in the C locale, within a line

std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const auto word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

/// As getnameinfo writes it, "" where it is none.
std::string numeric(std::string_view word) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const std::string address(word);
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, address.c_str(), bytes.data()) == 1) {
      return ::inet_ntop(family, bytes.data(), text.data(), text.size()) ? text.data() : "";
    }
  }
  return "";
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

}  // namespace

HostsFile parse_hosts(std::string_view text) {
  HostsFile hosts;
  std::size_t pairs = 0;
  while (!text.empty() && pairs < most_pairs) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find_first_of(std::string_view("#\0", 2)));
    const std::string address = numeric(next_word(line));
    if (address.empty()) continue;
    for (auto name = next_word(line); !name.empty() && pairs < most_pairs; name = next_word(line), ++pairs) {
      hosts[lower(name)].push_back(address);
    }
  }
  for (auto& [name, addresses] : hosts) {
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  }
  return hosts;
}

std::vector<std::string> addresses_in(const HostsFile& hosts, std::string_view name) {
  const auto found = hosts.find(lower(name));
  return found == hosts.end() ? std::vector<std::string>{} : found->second;
}

}  // namespace rules
