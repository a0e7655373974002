// Probes for tests: what a server presented and answered, made of minted certificates; and the Secrets beside them.
#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/model/snapshot.hpp"
#include "agent/rules/decode.hpp"
#include "tests/rules/pki_world.hpp"

namespace wire_world {

using pki_world::day;
using support::Minted;
using support::Recipe;

inline std::vector<model::CertificateRef> chain(const std::vector<Minted>& certificates) {
  std::vector<std::string> der;
  for (const auto& one : certificates) der.push_back(one.der());
  return rules::decode_chain(der);
}

inline std::shared_ptr<model::Bundle> leaf_bundle(const Minted& leaf,
                                                  model::SecretRole role = model::SecretRole::server,
                                                  model::Source source = model::Source::mounted) {
  return std::make_shared<model::Bundle>(
      rules::decode(support::secret_files(leaf.pem(), leaf.key_pem(), ""), role, source));
}

inline std::shared_ptr<model::Bundle> ca_bundle(const std::vector<Minted>& anchors,
                                                model::SecretRole role = model::SecretRole::server_ca,
                                                model::Source source = model::Source::mounted) {
  std::string pem;
  for (const auto& one : anchors) pem += one.pem();
  return std::make_shared<model::Bundle>(rules::decode(support::secret_files("", "", pem), role, source));
}

inline std::shared_ptr<const model::SecretObservation> secret(model::BundleRef bundle,
                                                              model::BundleRef before = nullptr) {
  model::SecretObservation seen;
  seen.role = bundle->role;
  seen.source = bundle->source;
  seen.directory = bundle->directory;
  seen.watch_active = true;
  seen.bundle = std::move(bundle);
  seen.before = std::move(before);
  return std::make_shared<const model::SecretObservation>(std::move(seen));
}

/// A TLS 1.3 handshake that went through with our certificate, to the end.
inline model::ProbeResult fine(std::vector<model::CertificateRef> served, common::WallTime at,
                               std::string address = "10.0.0.7") {
  model::ProbeResult result;
  result.at = at;
  result.exchange.address = std::move(address);
  result.exchange.end = model::WireEnd::finished;
  result.exchange.phase = model::ProbePhase::authenticate;
  result.exchange.tls_version = "TLSv1.3";
  result.exchange.certificate_requested = result.exchange.certificate_sent = true;
  result.client_fingerprint = "c1";
  result.chain = std::move(served);
  return result;
}

/// One that never came so far.
inline model::ProbeResult broken(model::WireEnd end, model::ProbePhase phase, common::WallTime at,
                                 std::string address = "10.0.0.7") {
  model::ProbeResult result;
  result.at = at;
  result.exchange.address = std::move(address);
  result.exchange.end = end;
  result.exchange.phase = phase;
  return result;
}

inline model::ProbeResultRef ref(model::ProbeResult result) {
  return std::make_shared<const model::ProbeResult>(std::move(result));
}

inline model::ProbeTarget peer(std::string host = "b-1-node.example", model::NameRole role = model::NameRole::node) {
  return {std::move(host), 5432, model::ProbeScope::peer, role, "region-b", "b-1"};
}
inline model::ProbeTarget self(std::uint16_t port = 5432) {
  return {"127.0.0.1", port, model::ProbeScope::self, model::NameRole::node, "region-a", "a-1"};
}

}  // namespace wire_world
