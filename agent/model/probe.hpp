// What Postgres servers did when they were probed: facts from the wire at one address, and what is known of an endpoint
// over time. Whether that is good is judged in rules/judge_probe.
#pragma once
#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/finding.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"
#include "common/time.hpp"

namespace model {

/// What a connection of another PGD node to that endpoint would meet; the first that applies in the order of a
/// connection. Silence is a timeout of the phase it fell into: after connecting always `handshake_timeout`.
enum class ProbeStatus {
  ok,
  dns_failed,
  connect_refused,
  connect_timeout,
  unreachable,
  tls_not_offered,
  not_postgres,
  closed,
  handshake_timeout,
  handshake_failed,
  untrusted,
  expired,
  not_yet_valid,
  wrong_purpose,
  name_mismatch,
  client_cert_required,
  client_cert_untrusted,
  client_cert_expired,
  client_cert_rejected,
  role_rejected,
  server_unavailable
};
inline constexpr std::array all_probe_statuses{ProbeStatus::ok,
                                               ProbeStatus::dns_failed,
                                               ProbeStatus::connect_refused,
                                               ProbeStatus::connect_timeout,
                                               ProbeStatus::unreachable,
                                               ProbeStatus::tls_not_offered,
                                               ProbeStatus::not_postgres,
                                               ProbeStatus::closed,
                                               ProbeStatus::handshake_timeout,
                                               ProbeStatus::handshake_failed,
                                               ProbeStatus::untrusted,
                                               ProbeStatus::expired,
                                               ProbeStatus::not_yet_valid,
                                               ProbeStatus::wrong_purpose,
                                               ProbeStatus::name_mismatch,
                                               ProbeStatus::client_cert_required,
                                               ProbeStatus::client_cert_untrusted,
                                               ProbeStatus::client_cert_expired,
                                               ProbeStatus::client_cert_rejected,
                                               ProbeStatus::role_rejected,
                                               ProbeStatus::server_unavailable};
constexpr std::string_view name(ProbeStatus status) {
  switch (status) {
    case ProbeStatus::ok: return "ok";
    case ProbeStatus::dns_failed: return "dns_failed";
    case ProbeStatus::connect_refused: return "connect_refused";
    case ProbeStatus::connect_timeout: return "connect_timeout";
    case ProbeStatus::unreachable: return "unreachable";
    case ProbeStatus::tls_not_offered: return "tls_not_offered";
    case ProbeStatus::not_postgres: return "not_postgres";
    case ProbeStatus::closed: return "closed";
    case ProbeStatus::handshake_timeout: return "handshake_timeout";
    case ProbeStatus::handshake_failed: return "handshake_failed";
    case ProbeStatus::untrusted: return "untrusted";
    case ProbeStatus::expired: return "expired";
    case ProbeStatus::not_yet_valid: return "not_yet_valid";
    case ProbeStatus::wrong_purpose: return "wrong_purpose";
    case ProbeStatus::name_mismatch: return "name_mismatch";
    case ProbeStatus::client_cert_required: return "client_cert_required";
    case ProbeStatus::client_cert_untrusted: return "client_cert_untrusted";
    case ProbeStatus::client_cert_expired: return "client_cert_expired";
    case ProbeStatus::client_cert_rejected: return "client_cert_rejected";
    case ProbeStatus::role_rejected: return "role_rejected";
    case ProbeStatus::server_unavailable: return "server_unavailable";
  }
  return "";
}

enum class ProbeScope { self, peer };
inline constexpr std::array all_probe_scopes{ProbeScope::self, ProbeScope::peer};
constexpr std::string_view name(ProbeScope scope) { return scope == ProbeScope::self ? "self" : "peer"; }

/// `sslrequest` does not happen with direct TLS; `authenticate` is what follows the handshake: a login, or waiting for
/// the server to close after close_notify, when a rejection of our certificate shows.
enum class ProbePhase { connect, sslrequest, handshake, authenticate };
inline constexpr std::array all_probe_phases{ProbePhase::connect, ProbePhase::sslrequest, ProbePhase::handshake,
                                             ProbePhase::authenticate};
constexpr std::string_view name(ProbePhase phase) {
  switch (phase) {
    case ProbePhase::connect: return "connect";
    case ProbePhase::sslrequest: return "sslrequest";
    case ProbePhase::handshake: return "handshake";
    case ProbePhase::authenticate: return "authenticate";
  }
  return "";
}

/// How far a probe goes with our client certificate: not at all, offered in the TLS handshake, or with a
/// StartupMessage (replication=true) after it.
enum class ClientCertificate { off, handshake, login };
constexpr std::string_view name(ClientCertificate level) {
  switch (level) {
    case ClientCertificate::off: return "off";
    case ClientCertificate::handshake: return "handshake";
    case ClientCertificate::login: return "login";
  }
  return "";
}
/// How TLS begins: after an SSLRequest, or at once (PostgreSQL 17 and later).
enum class Negotiation { postgres, direct };
constexpr std::string_view name(Negotiation how) { return how == Negotiation::postgres ? "postgres" : "direct"; }

/// How an exchange ended.
enum class WireEnd {
  finished,      ///< every phase asked for went through
  refused,       ///< TCP RST on connecting
  timeout,       ///< silence until the deadline
  unreachable,   ///< no route, or another error of the network
  closed,        ///< end of stream or a reset where an answer was due
  declined,      ///< "N": the server offers no TLS
  server_error,  ///< an ErrorResponse, or "E" in answer to SSLRequest
  foreign,       ///< bytes that Postgres does not send there
  alert,         ///< a TLS alert
  tls_failed     ///< our side of TLS gave up: no common version or cipher, bytes that are no TLS
};

/// An ErrorResponse's fields (protocol §55.8), printable and cut. `message` is localised: shown, never judged.
struct ServerError {
  std::string sqlstate;  ///< field C
  std::string routine;   ///< field R
  std::string message;   ///< field M
  friend bool operator==(const ServerError&, const ServerError&) = default;
};

/// One exchange with one address.
struct Exchange {
  std::string address;  ///< numeric
  std::uint16_t port = 5432;
  ClientCertificate level = ClientCertificate::handshake;
  WireEnd end = WireEnd::timeout;
  ProbePhase phase = ProbePhase::connect;  ///< the one it ended in
  int alert = -1;                          ///< the description of a TLS alert received (RFC 8446 §6), whenever it came
  std::string detail;                      ///< what the system, OpenSSL or the server said; "" where nothing
  std::array<std::optional<std::chrono::microseconds>, all_probe_phases.size()> phases{};  ///< of those begun
  std::string tls_version;                                                                 ///< "TLSv1.3"
  std::string cipher;
  std::string alpn;                    ///< as selected; "" = none
  bool certificate_requested = false;  ///< the server asked for a client certificate
  bool certificate_sent = false;
  std::optional<ServerError> error{};
  std::optional<int> authentication{};  ///< code of the AuthenticationRequest; 0 = logged in
  std::chrono::microseconds duration{0};
};

/// An exchange with the chain it collected, whatever the chain's state.
struct ProbeResult {
  common::WallTime at{};
  Exchange exchange;
  std::vector<CertificateRef> chain;  ///< leaf first; empty where TLS was not reached
  std::string client_fingerprint;     ///< of the leaf we offered, "" = none
};
using ProbeResultRef = std::shared_ptr<const ProbeResult>;

/// An endpoint that is probed.
struct ProbeTarget {
  std::string host;  ///< FQDN as in a connection string; self: the numeric address
  std::uint16_t port = 5432;
  ProbeScope scope = ProbeScope::peer;
  NameRole role = NameRole::node;
  std::string target_group;
  std::string target_node;
  bool own_name = false;  ///< scope self, by a name of this node: as the other nodes come in, through DNS

  /// Found through DNS, unlike our own Postgres by its address.
  [[nodiscard]] bool by_name() const { return scope == ProbeScope::peer || own_name; }
  friend auto operator<=>(const ProbeTarget&, const ProbeTarget&) = default;
};

/// One of the addresses behind an endpoint.
struct AddressProbe {
  std::string address;
  ProbeResultRef last;      ///< newest, of any level; never null
  ProbeResultRef login;     ///< newest of level login; null where there was none
  int failures = 0;         ///< exchanges in a row without an answer: no TLS, or none after it (rules/observe)
  ProbeResultRef served{};  ///< newest with a chain; null where there was none
};

/// An endpoint and what has been observed of it. Immutable once published.
struct ProbeObservation {
  ProbeTarget target;
  std::vector<AddressProbe> addresses;           ///< sorted; those its name has now
  std::optional<common::WallTime> last_probe{};  ///< absent until first tried
  bool unresolved = false;                       ///< last tried without any address to probe
};
using ProbeObservationRef = std::shared_ptr<const ProbeObservation>;

/// Judged: one address.
struct AddressVerdict {
  std::string address;
  ProbeStatus status = ProbeStatus::ok;
  std::string detail;             ///< one sentence, "" while ok
  std::string remedy;             ///< likewise
  std::vector<Finding> findings;  ///< of the served chain, source served
};

/// Judged: an endpoint, by the worst of its addresses.
struct ProbeVerdict {
  ProbeTarget target;
  ProbeStatus status = ProbeStatus::ok;
  std::string address;  ///< where that was met; "" where there was none
  std::string detail;
  std::string remedy;
  std::vector<AddressVerdict> addresses;        ///< as observed
  std::optional<common::WallTime> not_after{};  ///< the earliest end of a served leaf
  std::optional<bool> accepted_at_handshake{};  ///< our client certificate, by every address; absent = not known
  std::optional<bool> accepted_at_login{};
};
using ProbeVerdictRef = std::shared_ptr<const ProbeVerdict>;

/// Which two copies of a secret are compared.
enum class Between { mounted_written, mounted_served, written_served };
inline constexpr std::array all_betweens{Between::mounted_written, Between::mounted_served, Between::written_served};
constexpr std::string_view name(Between between) {
  switch (between) {
    case Between::mounted_written: return "mounted_written";
    case Between::mounted_served: return "mounted_served";
    case Between::written_served: return "written_served";
  }
  return "";
}

/// A comparison that could be made: leaf roles by the leaf's SHA-256, CA roles by the set of their anchors'.
struct Drift {
  SecretRole secret = SecretRole::server;
  Between between = Between::mounted_written;
  std::uint16_t port = 0;                   ///< where served; 0 = files alone
  std::optional<common::WallTime> since{};  ///< differing since; absent = equal
};

}  // namespace model
