// One probe of one address: what does a Postgres server there say, phase by phase, up to TLS and, where asked for, to a
// login? Connects without verifying and collects what is presented; never sends a password or a query. Never throws for
// what a server or the network does.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "agent/model/probe.hpp"
#include "agent/sources/identity.hpp"

namespace sources {

struct PostgresQuestion {
  std::string address;  ///< numeric, IPv4 or IPv6 (scope id allowed)
  std::uint16_t port = 5432;
  std::string server_name;  ///< SNI, as libpq sends it: the host unless it is an address; "" = none
  model::ClientCertificate level = model::ClientCertificate::handshake;
  model::Negotiation negotiation = model::Negotiation::postgres;
  IdentityRef identity;                   ///< null, or level off: none is offered
  std::string user{"streaming_replica"};  ///< level login
  std::chrono::milliseconds timeout{10'000};
  std::chrono::milliseconds connect_timeout{3'000};
};

struct PostgresAnswer {
  model::Exchange exchange;
  std::vector<std::string> chain_der;  ///< leaf first
};

/// TCP; SSLRequest and exactly one byte (libpq's fe-connect.c; CVE-2021-23222: more before TLS is foreign); TLS; then
/// close_notify and reading to the end, for a TLS 1.3 server tells its rejection of our certificate only then; or at
/// level login a StartupMessage with replication=true, answers up to the first that decides, Terminate. A healthy
/// server logs nothing of it (log_connections: one line).
boost::asio::awaitable<PostgresAnswer> probe_postgres(PostgresQuestion question);

}  // namespace sources
