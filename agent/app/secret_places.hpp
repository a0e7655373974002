// Where each copy of a secret lies: the agent's own mounts, and the files the instance manager writes for Postgres
// (CloudNativePG's names). The one place that knows.
#pragma once
#include <vector>

#include "agent/config/config.hpp"
#include "agent/model/pki.hpp"
#include "agent/sources/secret_files.hpp"

namespace app {

struct SecretPlace {
  model::SecretRole role = model::SecretRole::server;
  model::Source source = model::Source::mounted;
  std::string directory;
  model::SecretFileNames names;
};

/// Those configured: mounted ones in role order, then the written ones.
std::vector<SecretPlace> secret_places(const config::Secrets& secrets);

sources::SecretRequest request(const SecretPlace& place);

/// Read and decoded now.
model::BundleRef read_bundle(const SecretPlace& place);

}  // namespace app
