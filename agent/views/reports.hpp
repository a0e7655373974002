// What the one-shot commands found, as values: the input of their JSON and of their terminal tables. `check` needs none
// of its own: it shows a world, or a rehearsal.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/finding.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"
#include "agent/model/probe.hpp"

namespace views {

/// `verify`: certificate files judged as Postgres or libpq would.
struct VerifyReport {
  model::TlsMode mode = model::TlsMode::verify_ca;
  model::Purpose purpose = model::Purpose::server;
  common::WallTime at{};
  std::vector<model::Finding> findings;
  std::vector<model::CertificateRef> certificates;  ///< the chain, then the anchors
};

/// `resolve`: one name as it was asked for.
struct ResolvedName {
  std::string fqdn;
  std::optional<model::NameRole> role{};  ///< absent for a name that is not the configuration's
  model::Lookup lookup;
  std::vector<model::ServerAnswer> servers{};  ///< the same name at each server alone
};

/// `names`: what follows from one PGDGroup manifest.
struct GroupNames {
  std::string group;
  std::string ns;  ///< "" = the manifest names none
  model::TlsMode mode = model::TlsMode::verify_ca;
  std::vector<std::string> nodes;
  struct Service {
    model::NameRole role = model::NameRole::group;
    std::string node;  ///< "" unless role is node
    std::string service;
    std::vector<std::string> fqdns;  ///< the primary entry's, then the additional ones'
  };
  std::vector<Service> services;  ///< by role, then node
  std::vector<std::string> discovery;
  struct ServerCertificate {
    std::string node;
    std::vector<std::string> dns_names;
  };
  std::vector<ServerCertificate> server_certificates;
  std::string client_common_name;
  std::string client_secret;  ///< pre-provisioned, or of the manifest's status; "" = not known
};

/// `lint`: one finding about a manifest.
struct LintItem {
  std::string code;
  model::Severity severity = model::Severity::warning;
  std::string group;  ///< metadata.name of the PGDGroup
  std::string path;
  int line = 0;
  std::string message;
  std::string remedy;
};

/// `probe`: one endpoint, every address.
struct ProbeReport {
  model::ProbeObservation probe;
  model::ProbeVerdict verdict;
  std::vector<model::Finding> findings;  ///< of the CA file given
};

/// One error in text input, for standard error: `place` is "file:line:column" or a path.
struct Problem {
  std::string place;
  std::string why;
};

}  // namespace views
