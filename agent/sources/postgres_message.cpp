#include "agent/sources/postgres_message.hpp"

namespace sources {
namespace {

constexpr std::uint32_t ssl_request_code = 80877103;
constexpr std::uint32_t protocol_3_0 = 196608;
constexpr std::size_t header_size = 5;  // type and length
constexpr std::size_t longest_field = 200;

void put(std::string& to, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(number >> shift & 0xff);
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

/// ASCII only, one line, cut: a server's text goes to logs and pages.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, longest_field)) out += c >= ' ' && c <= '~' ? c : '?';
  return out;
}

/// Fields, each a type byte and a terminated string, and a final zero byte.
model::ServerError read_error(std::string_view body) {
  model::ServerError error;
  while (!body.empty() && body.front() != '\0') {
    const char type = body.front();
    const auto end = body.find('\0', 1);
    const auto value = printable(body.substr(1, end == std::string_view::npos ? end : end - 1));
    if (type == 'C') error.sqlstate = value;
    if (type == 'R') error.routine = value;
    if (type == 'M') error.message = value;
    if (end == std::string_view::npos) break;
    body.remove_prefix(end + 1);
  }
  return error;
}

}  // namespace

std::string ssl_request() {
  std::string message;
  put(message, 8);
  put(message, ssl_request_code);
  return message;
}

std::string startup_message(std::string_view user) {
  std::string body;
  put(body, protocol_3_0);
  const auto parameter = [&](std::string_view name, std::string_view value) {
    body.append(name).push_back('\0');
    body.append(value).push_back('\0');
  };
  parameter("user", user);
  parameter("replication", "true");
  parameter("application_name", "pgd-agent");
  body += '\0';
  std::string message;
  put(message, static_cast<std::uint32_t>(body.size() + 4));
  return message + body;
}

std::string terminate_message() {
  std::string message{'X'};
  put(message, 4);
  return message;
}

ServerMessage read_message(std::string_view bytes) {
  using Kind = ServerMessage::Kind;
  ServerMessage message;
  if (bytes.empty()) return message;
  const char type = bytes.front();
  if (std::string_view("REvNSKZ").find(type) == std::string_view::npos) {
    message.kind = Kind::foreign;
    return message;
  }
  if (bytes.size() < header_size) return message;
  const std::uint32_t length = number_at(bytes, 1);
  if (length < 4 || length > longest_server_message) {
    message.kind = Kind::foreign;
    return message;
  }
  if (bytes.size() < length + 1U) return message;
  message.size = length + 1U;
  const auto body = bytes.substr(header_size, length - 4U);
  if (type == 'E') {
    message.kind = Kind::error;
    message.error = read_error(body);
  } else if (type == 'R') {
    message.kind = body.size() < 4 ? Kind::foreign : Kind::authentication;
    if (body.size() >= 4) message.authentication = static_cast<int>(number_at(body, 0));
  } else {
    message.kind = Kind::other;
  }
  return message;
}

}  // namespace sources
