#include "agent/rules/probe_answer.hpp"

#include <algorithm>
#include <array>

#include "agent/rules/facts.hpp"

namespace rules {
namespace {

using model::Exchange;
using model::ProbePhase;
using model::ProbeStatus;
using model::ServerError;
using model::WireEnd;

// RFC 8446 §6.
constexpr int close_notify = 0, handshake_failure = 40, bad_certificate = 42, unsupported_certificate = 43,
              certificate_revoked = 44, certificate_expired = 45, certificate_unknown = 46, unknown_ca = 48,
              access_denied = 49, decrypt_error = 51, certificate_required = 116;

std::string_view step(ProbePhase phase) {
  switch (phase) {
    case ProbePhase::connect: return "connecting";
    case ProbePhase::sslrequest: return "the SSLRequest";
    case ProbePhase::handshake: return "the TLS handshake";
    case ProbePhase::authenticate: return "authentication";
  }
  return "";
}

std::string where(const Exchange& exchange) { return endpoint_text(exchange.address, exchange.port); }

/// " (what the system or OpenSSL said)", where it said something.
std::string aside(const Exchange& exchange) {
  return exchange.detail.empty() ? "" : " (" + printable(exchange.detail) + ")";
}

std::string alert_text(int alert) {
  const auto known = alert_name(alert);
  return known.empty() ? "the TLS alert " + std::to_string(alert)
                       : "the TLS alert " + std::string(known) + " (" + std::to_string(alert) + ")";
}

std::string quoted(const ServerError& error) {
  std::string text = "SQLSTATE " + printable(error.sqlstate, 16);
  if (!error.message.empty()) text += " \"" + printable(error.message) + "\"";
  if (!error.routine.empty()) text += " (" + printable(error.routine, 64) + ")";
  return text;
}

Answer of_alert(const Exchange& exchange) {
  const int alert = exchange.alert;
  const std::string said = where(exchange) + " answered our client certificate with " + alert_text(alert);
  if (exchange.certificate_sent) {
    switch (alert) {
      case unknown_ca:
        return {ProbeStatus::client_cert_untrusted,
                said + ": its client CA file does not lead to our certificate's CA.",
                "Put the CA of our client certificate into that node's client CA Secret, and let Postgres reload it."};
      case certificate_expired:
        return {ProbeStatus::client_cert_expired, said + ": it is, or its CA is, past its end by that node's clock.",
                "Renew the client certificate, or the CA it was issued by, and check that node's clock."};
      case bad_certificate:
        return {ProbeStatus::client_cert_rejected,
                said + ": so does OpenSSL if a certificate is not yet valid by that node's clock, or too weak for it.",
                "Check that node's clock and the certificate's key and signature; its log says which."};
      case unsupported_certificate:
        return {ProbeStatus::client_cert_rejected, said + ": its usages do not allow it for a client.",
                "Issue the client certificate with extended key usage clientAuth."};
      case certificate_revoked:
        return {ProbeStatus::client_cert_rejected, said + ": it is on that node's revocation list.",
                "Issue a new client certificate, or take it off the list (ssl_crl_file) if it should not be there."};
      case certificate_unknown:
      case access_denied:
      case decrypt_error:
        return {
            ProbeStatus::client_cert_rejected, said + ".",
            "Look into that node's Postgres log for the reason, and verify the pair of client certificate and key."};
      default: break;
    }
  }
  const bool none_sent = exchange.certificate_requested && !exchange.certificate_sent;
  if (alert == certificate_required || (alert == handshake_failure && none_sent)) {
    return {ProbeStatus::client_cert_required,
            where(exchange) + " wants a client certificate and got none: it answered with " + alert_text(alert) + ".",
            "Mount the client certificate (secrets.client), or name it with --cert and --key."};
  }
  return {ProbeStatus::handshake_failed,
          where(exchange) + " broke off the TLS handshake with " + alert_text(alert) + aside(exchange) + ".",
          "Compare what both sides allow: ssl_min_protocol_version, ssl_max_protocol_version and ssl_ciphers there."};
}

std::string why_role_rejected(const ServerError& error) {
  if (error.sqlstate == "42501") return "the role lacks the attribute REPLICATION";
  if (error.sqlstate == "3D000") return "the database does not exist";
  if (error.routine == "auth_failed") return "pg_ident.conf does not map the certificate's common name to the role";
  if (error.routine == "ClientAuthentication")
    return "pg_hba.conf has no line that lets the role in by certificate, or rejects it";
  if (error.routine == "InitializeSessionUserId") return "the role does not exist or may not log in";
  return "it does not let the role in";
}

std::string remedy_of_role(const ServerError& error) {
  if (error.sqlstate == "42501") return "Give the role REPLICATION on that node.";
  if (error.sqlstate == "3D000") return "Name a database that exists, or none for a replication connection.";
  if (error.routine == "InitializeSessionUserId") return "Create the role on that node with LOGIN and REPLICATION.";
  if (error.routine == "ClientAuthentication")
    return "Give that node's pg_hba.conf a hostssl line with method cert for the role, above those that reject it.";
  return "Compare the certificate's common name with that node's pg_ident.conf and pg_hba.conf.";
}

bool about_the_role(const ServerError& error) {
  constexpr std::array<std::string_view, 4> codes{"28000", "28P01", "42501", "3D000"};
  return std::find(codes.begin(), codes.end(), error.sqlstate) != codes.end();
}

Answer of_error(const Exchange& exchange, const ServerError& error) {
  const std::string said = where(exchange) + " answered " + quoted(error);
  if (exchange.phase != ProbePhase::authenticate || says_unavailable(error)) {
    return {ProbeStatus::server_unavailable, said + ".",
            "Wait if Postgres is starting or stopping; otherwise look into that node's log for what it lacks."};
  }
  if (error.sqlstate == "28000" && error.routine == "ClientAuthentication" && !exchange.certificate_sent) {
    return {ProbeStatus::client_cert_required, said + ": it lets nobody in without a client certificate.",
            "Mount the client certificate (secrets.client), or name it with --cert and --key."};
  }
  return {ProbeStatus::role_rejected, said + ": " + why_role_rejected(error) + ".", remedy_of_role(error)};
}

Answer of_authentication(const Exchange& exchange, int code) {
  const bool password = code == 3 || code == 5 || code == 10;
  return {ProbeStatus::role_rejected,
          where(exchange) + " asks for " +
              (password ? "a password" : "another authentication (code " + std::to_string(code) + ")") +
              " instead of using the certificate.",
          "Put a hostssl line with method cert for the role above the line of pg_hba.conf that asks for it."};
}

Answer of_end(const Exchange& exchange) {
  const std::string at = where(exchange);
  const std::string during{step(exchange.phase)};
  switch (exchange.end) {
    case WireEnd::finished: return {};
    case WireEnd::refused:
      return {ProbeStatus::connect_refused, at + " refused the connection" + aside(exchange) + ".",
              "Start Postgres there, or correct the name or port that leads to it."};
    case WireEnd::timeout:
      if (exchange.phase == ProbePhase::connect) {
        return {ProbeStatus::connect_timeout, at + " did not answer the connection attempt" + aside(exchange) + ".",
                "Check that the host is up and that no firewall or NetworkPolicy drops the packets."};
      }
      return {ProbeStatus::handshake_timeout, at + " was silent during " + during + aside(exchange) + ".",
              "Look whether Postgres there hangs or is overloaded, or whether something between holds packets back."};
    case WireEnd::unreachable:
      return {ProbeStatus::unreachable, at + " can't be reached" + aside(exchange) + ".",
              "Check routes and network policies between this pod and that address."};
    case WireEnd::closed:
      return {ProbeStatus::closed, at + " closed the connection during " + during + aside(exchange) + ".",
              "Look into the log there; a load balancer without a healthy backend does so too."};
    case WireEnd::declined:
      return {ProbeStatus::tls_not_offered, at + " answered the SSLRequest with \"N\": it offers no TLS.",
              "Set ssl = on there with its certificate and key, and reload or restart Postgres."};
    case WireEnd::foreign:
      return {ProbeStatus::not_postgres,
              at + " answered " + during + " with bytes that Postgres does not send" + aside(exchange) + ".",
              "Correct the name or port, which leads to another service."};
    case WireEnd::server_error:
      return {ProbeStatus::server_unavailable, at + " answered " + during + " with an error" + aside(exchange) + ".",
              "Look into that node's Postgres log."};
    case WireEnd::alert:
    case WireEnd::tls_failed:
      return {
          ProbeStatus::handshake_failed, at + ": the TLS handshake failed" + aside(exchange) + ".",
          "Compare what both sides allow: ssl_min_protocol_version, ssl_max_protocol_version and ssl_ciphers there."};
  }
  return {};
}

}  // namespace

Answer answer_of(const Exchange& exchange) {
  if (exchange.alert > close_notify) return of_alert(exchange);
  if (exchange.error) return of_error(exchange, *exchange.error);
  if (exchange.authentication && *exchange.authentication != 0)
    return of_authentication(exchange, *exchange.authentication);
  return of_end(exchange);
}

std::string_view alert_name(int alert) {
  switch (alert) {
    case close_notify: return "close_notify";
    case 10: return "unexpected_message";
    case 20: return "bad_record_mac";
    case 21: return "decryption_failed";
    case 22: return "record_overflow";
    case 30: return "decompression_failure";
    case handshake_failure: return "handshake_failure";
    case 41: return "no_certificate";
    case bad_certificate: return "bad_certificate";
    case unsupported_certificate: return "unsupported_certificate";
    case certificate_revoked: return "certificate_revoked";
    case certificate_expired: return "certificate_expired";
    case certificate_unknown: return "certificate_unknown";
    case 47: return "illegal_parameter";
    case unknown_ca: return "unknown_ca";
    case access_denied: return "access_denied";
    case 50: return "decode_error";
    case decrypt_error: return "decrypt_error";
    case 60: return "export_restriction";
    case 70: return "protocol_version";
    case 71: return "insufficient_security";
    case 80: return "internal_error";
    case 86: return "inappropriate_fallback";
    case 90: return "user_canceled";
    case 100: return "no_renegotiation";
    case 109: return "missing_extension";
    case 110: return "unsupported_extension";
    case 111: return "certificate_unobtainable";
    case 112: return "unrecognized_name";
    case 113: return "bad_certificate_status_response";
    case 114: return "bad_certificate_hash_value";
    case 115: return "unknown_psk_identity";
    case certificate_required: return "certificate_required";
    case 120: return "no_application_protocol";
    default: return "";
  }
}

bool says_unavailable(const ServerError& error) { return !about_the_role(error); }

std::string endpoint_text(std::string_view host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return (ipv6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port);
}

}  // namespace rules
