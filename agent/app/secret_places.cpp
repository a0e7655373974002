#include "agent/app/secret_places.hpp"

#include "agent/rules/decode.hpp"

namespace app {
namespace {

/// CloudNativePG, pkg/postgres/configuration.go.
model::SecretFileNames written_names(model::SecretRole role) {
  const bool server = role == model::SecretRole::server || role == model::SecretRole::server_ca;
  if (server) return {"server.crt", "server.key", "server-ca.crt"};
  return {"streaming_replica.crt", "streaming_replica.key", "client-ca.crt"};
}

}  // namespace

std::vector<SecretPlace> secret_places(const config::Secrets& secrets) {
  std::vector<SecretPlace> places;
  for (const auto role : model::all_secret_roles) {
    const auto& directory = secrets.directory(role);
    if (directory.empty()) continue;
    places.push_back({role, model::Source::mounted, directory, {secrets.cert_file, secrets.key_file, secrets.ca_file}});
  }
  if (secrets.written.empty()) return places;
  for (const auto role : model::all_secret_roles) {
    places.push_back({role, model::Source::written, secrets.written, written_names(role)});
  }
  return places;
}

sources::SecretRequest request(const SecretPlace& place) {
  const bool leaf = !is_ca(place.role);
  // What lies beside a written leaf is the CA itself, which is judged in its own role, not the leaf's copy of it.
  const bool no_copy = leaf && place.source == model::Source::written;
  return {.directory = place.directory,
          .leaf = leaf,
          .cert_file = place.names.cert,
          .key_file = place.names.key,
          .ca_file = no_copy ? "" : place.names.ca};
}

model::BundleRef read_bundle(const SecretPlace& place) {
  return std::make_shared<const model::Bundle>(
      rules::decode(sources::read_secret(request(place)), place.role, place.source, place.names));
}

}  // namespace app
