#include "agent/rules/postgres_says.hpp"

namespace rules {
namespace {

using model::Bundle;
using model::Code;
using model::SecretRole;

/// The server reads it, else libpq does.
bool read_by_server(const Bundle& bundle) {
  return bundle.role == SecretRole::server || bundle.role == SecretRole::client_ca;
}

std::string path(const Bundle& bundle, const std::string& file) {
  return "\"" + (bundle.directory.empty() ? file : bundle.directory + "/" + file) + "\"";
}

std::string of_key(const Bundle& bundle, Code code) {
  const std::string key = "private key file " + path(bundle, bundle.names.key);
  const bool server = read_by_server(bundle);
  switch (code) {
    case Code::missing_file:
      return server ? "could not access " + key + ": No such file or directory" : "certificate present, but not " + key;
    case Code::unreadable:
    case Code::malformed_pem: return "could not load " + key;
    case Code::key_mismatch: return "could not load " + key + ": key values mismatch";
    case Code::key_encrypted:
      return server ? key + " cannot be reloaded because it requires a passphrase" : "could not load " + key;
    case Code::key_permissions:
      if (refuses_key_owner(bundle))
        return key + " must be owned by the " + (server ? "database" : "current") + " user or root";
      return key + " has group or world access";
    default: return "";
  }
}

std::string of_certificate(const Bundle& bundle, Code code) {
  const std::string at = path(bundle, bundle.names.cert);
  const std::string no_load =
      (read_by_server(bundle) ? "could not load server certificate file " : "could not read certificate file ") + at;
  switch (code) {
    // libpq goes without a certificate where there is none; then it is the peer that complains.
    case Code::missing_file:
      return read_by_server(bundle) ? no_load + ": No such file or directory"
                                    : "connection requires a valid client certificate";
    case Code::unreadable:
    case Code::malformed_pem: return no_load;
    case Code::no_certificate: return no_load + ": no start line";
    default: return "";
  }
}

std::string of_ca(const Bundle& bundle, Code code) {
  const std::string at = "root certificate file " + path(bundle, bundle.names.ca);
  const std::string no_load = (read_by_server(bundle) ? "could not load " : "could not read ") + at;
  switch (code) {
    case Code::missing_file:
      return read_by_server(bundle) ? no_load + ": No such file or directory" : at + " does not exist";
    case Code::unreadable:
    case Code::malformed_pem: return no_load;
    case Code::no_certificate: return no_load + ": no certificate or crl found";
    default: return "";
  }
}

}  // namespace

bool refuses_key_mode(const Bundle& bundle) { return (bundle.key_mode & (bundle.key_uid == 0 ? 0037U : 0077U)) != 0; }

bool refuses_key_owner(const Bundle& bundle) {
  return bundle.key_uid != 0 && bundle.cert_uid && *bundle.cert_uid != 0 && *bundle.cert_uid != bundle.key_uid;
}

std::string refusal(const Bundle& bundle, Code code, const std::string& file) {
  if (is_ca(bundle.role)) return of_ca(bundle, code);
  return file == bundle.names.key ? of_key(bundle, code) : of_certificate(bundle, code);
}

std::string consequence(const Bundle& bundle, const std::string& refusal) {
  if (read_by_server(bundle))
    return "on a reload Postgres logs: " + refusal + ", and keeps what it had; it does not start with this";
  return "connections from this node fail: " + refusal;
}

}  // namespace rules
