// How grave a code is, by TLS mode: the documentation's table as one pure function. Decides no facts.
#pragma once
#include <optional>

#include "agent/model/finding.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"

namespace rules {

/// What a severity depends on, apart from code and mode. Each code reads only what concerns it.
struct SeverityFacts {
  model::SecretRole role = model::SecretRole::server;
  model::Source source = model::Source::mounted;
  model::Position position = model::Position::leaf;
  bool others_good = false;  ///< anchors: another one does the duty; intermediates: the chain does without this one
  /// not-yet-valid: within the clock skew; ca-expires-first: before the CA's warning window; malformed-pem: Postgres
  /// takes the file all the same, and the leaf is not lost
  bool mild = false;
  bool pressing = false;                              ///< expires-soon, drift: past the critical threshold
  bool proxy_read = false;                            ///< name-not-covered: proxy_read names only
  bool connection_manager = true;                     ///< PGD 6 or later: rustls serves the certificate
  model::NameRole name_role = model::NameRole::node;  ///< name-invalid, not-resolving
  bool taken = false;                                 ///< malformed-pem: Postgres takes the file all the same
};

/// The mode whose column applies: `require` is `verify-ca` once the server's CA file is there (libpq verifies where the
/// root file exists), and for the client roles always (Postgres verifies a client certificate whatever sslmode the
/// client has).
model::TlsMode effective_mode(model::TlsMode mode, model::SecretRole role, bool server_ca_present);

/// Nothing where the mode does not mind.
std::optional<model::Severity> severity(model::Code code, const SeverityFacts& facts, model::TlsMode effective_mode);

/// Postgres itself would refuse what this code says, so a mounted Secret with it holds the startup gate;
/// malformed-pem only where it is said of the whole file.
bool holds_startup(model::Code code);

}  // namespace rules
