// What the one-shot commands found, as values: the input of their JSON and of their terminal tables. `check` needs none
// of its own: it shows a world.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/model/dns.hpp"
#include "agent/model/finding.hpp"
#include "agent/model/group.hpp"
#include "agent/model/pki.hpp"

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
};

/// One error in text input, for standard error: `place` is "file:line:column" or a path.
struct Problem {
  std::string place;
  std::string why;
};

}  // namespace views
