// What would fail if a file became the CA now: the answer of `check --ca-next FILE`.
#pragma once
#include <string>

namespace model {

/// One certificate that is served or mounted.
struct Rehearsal {
  std::string who;  ///< "region-b-1-node.dc-b.lab.test:5432 (10.0.0.7)", "client certificate", "server certificate"
  bool holds_now = false;   ///< verifies under the CA file in force
  bool holds_next = false;  ///< would verify under FILE
  std::string why;          ///< why not, "" while it would
  std::string step;         ///< what to do first, "" while it would
};

}  // namespace model
