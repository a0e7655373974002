// What reads the written files would say of one it refuses, in the words of PostgreSQL 15, and what it does then: the
// server takes its own pair and the client CA (be-secure-openssl.c, be-secure-common.c), libpq the client's pair and
// the server CA (fe-secure-openssl.c). Pure.
#pragma once
#include <string>

#include "agent/model/finding.hpp"
#include "agent/model/pki.hpp"

namespace rules {

/// Why check_ssl_key_file_permissions refuses the key: 0600 for one of the database user, 0640 for one of root, and
/// nobody else's. The database user is taken to be whom the certificate beside it belongs to, unless that is root.
bool refuses_key_mode(const model::Bundle& bundle);
bool refuses_key_owner(const model::Bundle& bundle);

/// `could not load private key file "/controller/certificates/server.key": key values mismatch`; "" where the code is
/// no reason to refuse the file. `file` is the name the finding is about, as the bundle calls it.
std::string refusal(const model::Bundle& bundle, model::Code code, const std::string& file);

/// What follows from a refusal: "on a reload Postgres logs: …, and keeps what it had; it does not start with this".
std::string consequence(const model::Bundle& bundle, const std::string& refusal);

}  // namespace rules
