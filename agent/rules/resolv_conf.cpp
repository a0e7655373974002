#include "agent/rules/resolv_conf.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/rules/name_syntax.hpp"

namespace rules {
namespace {

constexpr std::size_t max_servers = 3;                             // MAXNS
constexpr std::size_t max_search = 32;                             // ours: glibc has had no limit since 2.26
constexpr int max_ndots = 15, max_timeout = 30, max_attempts = 5;  // RES_MAXNDOTS, RES_MAXRETRANS, RES_MAXRETRY

constexpr std::string_view blanks = " \t";

std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  const auto word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

/// What follows `keyword` and a blank at the beginning of the line.
std::optional<std::string_view> after(std::string_view keyword, std::string_view line) {
  if (!line.starts_with(keyword) || line.size() == keyword.size()) return std::nullopt;
  line.remove_prefix(keyword.size());
  if (blanks.find(line.front()) == std::string_view::npos) return std::nullopt;
  return line;
}

/// As atoi: what is no number counts as 0.
int limited(std::string_view digits, int limit) {
  int value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (ec == std::errc::result_out_of_range) return limit;
  return std::clamp(value, 0, limit);
}

/// Options are compared by their beginning, as glibc does.
void read_options(std::string_view rest, model::ResolverConfig& config) {
  for (auto word = next_word(rest); !word.empty(); word = next_word(rest)) {
    if (word.starts_with("ndots:")) {
      config.ndots = limited(word.substr(6), max_ndots);
    } else if (word.starts_with("timeout:")) {
      // 0 would mean not to wait at all; glibc then waits one second, too.
      config.timeout = std::chrono::seconds{std::max(1, limited(word.substr(8), max_timeout))};
    } else if (word.starts_with("attempts:")) {
      config.attempts = std::max(1, limited(word.substr(9), max_attempts));
    } else if (word.starts_with("rotate")) {
      config.rotate = true;
    } else if (word.starts_with("use-vc")) {
      config.use_tcp = true;
    } else if (word.starts_with("single-request")) {
      config.single_request = true;  // and single-request-reopen: on a new socket, as each of ours is anyway
    } else if (word.starts_with("no-aaaa")) {
      config.no_aaaa = true;
    } else if (word.starts_with("no-tld-query")) {
      config.no_tld_query = true;
    }
  }
}

/// glibc reads IPv4 by inet_aton ("10.1" is 10.0.0.1), IPv6 with an optional scope.
std::optional<model::DnsServerAddress> read_server(std::string_view word) {
  in_addr v4{};
  const bool no_rest = word.find_first_not_of("0123456789abcdefABCDEFxX.") == std::string_view::npos;
  if (no_rest && ::inet_aton(std::string(word).c_str(), &v4) != 0) {
    std::array<char, INET_ADDRSTRLEN> text{};
    return model::DnsServerAddress{::inet_ntop(AF_INET, &v4, text.data(), text.size())};
  }
  // IPv6 has two colons at least; a port or brackets are not resolv.conf's.
  if (std::count(word.begin(), word.end(), ':') < 2 || word.starts_with('[')) return std::nullopt;
  if (auto server = model::parse_server(word)) return *server;
  return std::nullopt;
}

/// Replaces the list where there is anything; glibc would ask for what is no name, too, and get nowhere.
void read_search(std::string_view rest, std::size_t limit, std::vector<std::string>& search) {
  std::vector<std::string> domains;
  for (auto word = next_word(rest); !word.empty() && domains.size() < limit; word = next_word(rest)) {
    if (word == "." || why_invalid(word).empty()) domains.emplace_back(word);
  }
  if (!domains.empty()) search = std::move(domains);
}

}  // namespace

model::ResolverConfig parse_resolv_conf(std::string_view text, std::string_view hostname, Patience unless_said) {
  model::ResolverConfig config;
  config.timeout = unless_said.timeout;
  config.attempts = unless_said.attempts;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line = line.substr(0, line.find('\0'));
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (auto servers = after("nameserver", line)) {
      const auto server = read_server(next_word(*servers));
      if (server && config.servers.size() < max_servers) config.servers.push_back(*server);
    } else if (const auto search = after("search", line)) {
      read_search(*search, max_search, config.search);
    } else if (const auto domain = after("domain", line)) {
      read_search(*domain, 1, config.search);
    } else if (const auto options = after("options", line)) {
      read_options(*options, config);
    }
  }
  if (config.servers.empty()) config.servers.push_back({"127.0.0.1"});
  const auto dot = hostname.find('.');
  if (config.search.empty() && dot != std::string_view::npos && dot + 1 < hostname.size()) {
    config.search.emplace_back(hostname.substr(dot + 1));
  }
  return config;
}

}  // namespace rules
