// names, lint, render and check-config on files: what they print and how they end.
#include <catch2/catch_test_macros.hpp>

#include "agent/config/parse.hpp"
#include "agent/pgd/yaml.hpp"
#include "tests/cli/running.hpp"
#include "tests/support/temp_dir.hpp"

using running::run;

namespace {

const std::string good = R"(apiVersion: pgd.k8s.enterprisedb.io/v1beta1
kind: PGDGroup
metadata:
  name: region-a
  namespace: region-a
spec:
  instances: 2
  witnessInstances: 1
  cnp:
    storage:
      size: 1Gi
  pgd:
    parentGroup:
      name: world
      create: true
  connectivity:
    dns:
      domain: region-a.svc.cluster.local
    tls:
      mode: verify-full
      serverCert:
        caCertSecret: server-ca
        certManager:
          spec:
            issuerRef:
              name: server-ca
      clientCert:
        caCertSecret: client-ca
        preProvisioned:
          streamingReplica:
            secretRef: replication
)";

struct File {
  support::TempDir dir;
  std::string path = dir / "group.yaml";
  explicit File(const std::string& text) { support::write_file(path, text); }
  [[nodiscard]] const char* name() const { return path.c_str(); }
};

}  // namespace

TEST_CASE("names of a group, of one of its nodes, and of a node that is nobody's") {
  const File file(good);
  const auto all = run({"names", "--group", file.name()});
  CHECK(all.status == 0);
  CHECK(all.out.find("region-a-3-node.region-a.svc.cluster.local") != std::string::npos);
  CHECK(all.out.find("CN=streaming_replica, in Secret replication") != std::string::npos);
  const auto one = run({"names", "--group", file.name(), "--node", "region-a-2"});
  CHECK(one.status == 0);
  CHECK(one.out.find("region-a-3-node") == std::string::npos);
  const auto none = run({"names", "--group", file.name(), "--node", "region-b-1"});
  CHECK(none.status == 2);
  CHECK(none.err == "pgd-agent: names: --node region-b-1: no PGDGroup of the file has that node\n");
}

TEST_CASE("lint ends with 0, 1 or 2") {
  const File file(good);
  const auto fine = run({"lint", "--group", file.name()});
  CHECK(fine.out == "ok: nothing found wrong with 1 PGDGroup\n");
  CHECK(fine.status == 0);
  std::string text = good;
  text.replace(text.find("verify-full"), 11, "required");
  const File wrong(text);
  const auto found = run({"lint", "--group", wrong.name()});
  CHECK(found.status == 1);
  CHECK(found.out.find(wrong.path + ":20: critical lint-mode-required  region-a .spec.connectivity.tls.mode\n") !=
        std::string::npos);
  const File broken("a: [");
  const auto unread = run({"lint", "--group", broken.name()});
  CHECK(unread.status == 2);
  CHECK(unread.err.starts_with("pgd-agent: lint: " + broken.path + ":"));
  const File other("kind: Secret\n");
  CHECK(run({"lint", "--group", other.name()}).err ==
        "pgd-agent: lint: " + other.path + ": holds no PGDGroup of pgd.k8s.enterprisedb.io\n");
  CHECK(run({"lint", "--group", "/nowhere/g.yaml"}).status == 2);
}

TEST_CASE("render prints objects that read back, and a configuration that parses") {
  const File file(good);
  const auto services = run({"render", "services", "--group", file.name()});
  CHECK(services.status == 0);
  CHECK(services.out.starts_with(
      "# A preview: the PGD operator makes and owns these objects. Do not apply them.\n---\n"));
  const auto objects = pgd::read_yaml(services.out);
  REQUIRE(objects.has_value());
  CHECK(objects->size() == 6);
  const auto certificates = run({"render", "certificates", "--group", file.name(), "--node", "region-a-1"});
  CHECK(pgd::read_yaml(certificates.out)->size() == 1);

  const auto config = run({"render", "config", "--group", file.name(), "--node", "region-a-1"});
  CHECK(config.status == 0);
  const auto parsed = config::parse(config.out, "f", [](std::string_view) { return std::nullopt; });
  REQUIRE(parsed.has_value());
  CHECK(parsed->group.spelled.nodes == std::vector<std::string>{"region-a-1", "region-a-2", "region-a-3"});
  CHECK(parsed->group.spelled.mode == model::TlsMode::verify_full);
  CHECK(parsed->group.spelled.proxy_read);
}

TEST_CASE("check-config reads the manifest too") {
  const File manifest(good);
  const File config("[group]\nmanifest = \"" + manifest.path + "\"\nnode = \"region-a-1\"\n");
  CHECK(run({"check-config", config.name()}).status == 0);
  support::write_file(manifest.path, "kind: Secret\n");
  const auto rejected = run({"check-config", config.name()});
  CHECK(rejected.status == 2);
  CHECK(rejected.err.starts_with("pgd-agent: manifest: " + manifest.path + ": "));
}
