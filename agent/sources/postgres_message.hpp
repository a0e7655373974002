// The few messages of the PostgreSQL protocol a probe needs (documentation §55.7): what it sends, and what a server
// says until it is logged in or refused. Knows no socket; every length is checked before it is believed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/model/probe.hpp"

namespace sources {

/// int32 8, int32 80877103; answered by one byte, "S" or "N".
std::string ssl_request();
/// Protocol 3.0 with `user`, replication=true (a walsender: no database is named) and application_name.
std::string startup_message(std::string_view user);
/// 'X'.
std::string terminate_message();

/// What was found at the front of a stream.
struct ServerMessage {
  enum class Kind {
    incomplete,      ///< more bytes are needed
    foreign,         ///< no message a server sends at this point, or one longer than any has
    authentication,  ///< 'R': `authentication` is its code
    error,           ///< 'E': `error`
    other            ///< ParameterStatus, BackendKeyData, ReadyForQuery, notices
  };
  Kind kind = Kind::incomplete;
  std::size_t size = 0;  ///< bytes to take off the front; 0 unless whole
  int authentication = 0;
  model::ServerError error{};
};

/// Longest message believed, as in libpq (fe-connect.c: 30,000 bytes of an error).
inline constexpr std::size_t longest_server_message = 30'000;

ServerMessage read_message(std::string_view bytes);

}  // namespace sources
