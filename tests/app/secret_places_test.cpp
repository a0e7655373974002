// Where each copy of a secret lies, and under which names.
#include "agent/app/secret_places.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

using app::secret_places;
using model::SecretRole;
using model::Source;

namespace {

/// "mounted server /directory cert key ca".
std::vector<std::string> told(const config::Secrets& secrets) {
  std::vector<std::string> out;
  for (const auto& place : secret_places(secrets)) {
    out.push_back(std::string(name(place.source)) + ' ' + std::string(name(place.role)) + ' ' + place.directory + ' ' +
                  place.names.cert + ' ' + place.names.key + ' ' + place.names.ca);
  }
  return out;
}

}  // namespace

TEST_CASE("mounted secrets come in the order of their roles, those without a directory are left out") {
  config::Secrets secrets;
  secrets.cert_file = "c";
  secrets.key_file = "k";
  secrets.ca_file = "a";
  CHECK(told(secrets) == std::vector<std::string>{"mounted server /etc/pgd-agent/server c k a",
                                                  "mounted server_ca /etc/pgd-agent/server-ca c k a",
                                                  "mounted client /etc/pgd-agent/client c k a",
                                                  "mounted client_ca /etc/pgd-agent/client-ca c k a"});
  secrets.server = secrets.client_ca = "";
  CHECK(told(secrets) == std::vector<std::string>{"mounted server_ca /etc/pgd-agent/server-ca c k a",
                                                  "mounted client /etc/pgd-agent/client c k a"});
  secrets.server_ca = secrets.client = "";
  CHECK(told(secrets).empty());
}

TEST_CASE("what is written for Postgres has CloudNativePG's names, whatever the Secrets' keys are called") {
  config::Secrets secrets;
  secrets.server = secrets.server_ca = secrets.client = secrets.client_ca = "";
  secrets.cert_file = "c";
  secrets.written = "/controller/certificates";
  CHECK(told(secrets) ==
        std::vector<std::string>{
            "written server /controller/certificates server.crt server.key server-ca.crt",
            "written server_ca /controller/certificates server.crt server.key server-ca.crt",
            "written client /controller/certificates streaming_replica.crt streaming_replica.key client-ca.crt",
            "written client_ca /controller/certificates streaming_replica.crt streaming_replica.key client-ca.crt"});
}

TEST_CASE("a key is read for a leaf alone, and a written leaf has no copy of the CA beside it") {
  config::Secrets secrets;
  secrets.written = "/w";
  for (const auto& place : secret_places(secrets)) {
    INFO(name(place.source) << ' ' << name(place.role));
    const auto request = app::request(place);
    const bool leaf = !is_ca(place.role);
    CHECK(request.leaf == leaf);
    CHECK(request.directory == place.directory);
    CHECK(request.cert_file == place.names.cert);
    CHECK(request.key_file == place.names.key);
    CHECK(request.ca_file == (leaf && place.source == Source::written ? "" : place.names.ca));
  }
}

TEST_CASE("a bundle is what lies there now") {
  const support::TempDir dir;
  const auto ca = support::Recipe("CA").ca().self_signed();
  const auto leaf = support::Recipe("n1").issued_by(ca);
  config::Secrets secrets;
  secrets.server = secrets.server_ca = secrets.client = secrets.client_ca = "";
  secrets.written = dir / "written";
  support::write_plain_secret(secrets.written, {{"server.crt", leaf.pem()},
                                                {"server.key", leaf.key_pem()},
                                                {"server-ca.crt", ca.pem()},
                                                {"streaming_replica.crt", "nothing"}});
  const auto places = secret_places(secrets);
  REQUIRE(places.size() == 4);
  const auto server = app::read_bundle(places[0]);
  REQUIRE(server->leaf() != nullptr);
  CHECK(server->leaf()->fingerprint_sha256 == common::sha256_hex(leaf.der()));
  CHECK(server->key == model::KeyState::matches);
  CHECK(server->anchors.empty());
  const auto server_ca = app::read_bundle(places[1]);
  REQUIRE(server_ca->anchors.size() == 1);
  CHECK(server_ca->anchors[0]->fingerprint_sha256 == common::sha256_hex(ca.der()));
  CHECK(server_ca->chain.empty());
  CHECK(app::read_bundle(places[2])->leaf() == nullptr);
  CHECK(app::read_bundle(places[3])->anchors.empty());
}
