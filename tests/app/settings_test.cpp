#include "agent/app/settings.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "agent/app/manifest.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

std::string group(const std::string& name, int instances, const std::string& more = "") {
  return "apiVersion: pgd.k8s.enterprisedb.io/v1beta1\nkind: PGDGroup\nmetadata:\n  name: " + name +
         "\nspec:\n  instances: " + std::to_string(instances) +
         "\n  connectivity:\n    dns:\n      domain: example.test\n    tls:\n      mode: verify-full\n" + more;
}

/// A configuration and its manifest in a directory of their own.
struct Files {
  support::TempDir dir;
  std::string config = dir / "config.toml", manifest = dir / "group.yaml";

  explicit Files(const std::string& node = "a-1") { write_config("node = \"" + node + "\""); }
  void write_config(const std::string& more) const {
    support::write_file(config, "[group]\nmanifest = \"" + manifest + "\"\n" + more + "\n");
  }
  [[nodiscard]] app::Settings settings() const {
    return {config, [](std::string_view) { return std::nullopt; }};
  }
};

}  // namespace

TEST_CASE("the manifest answers what the configuration leaves to it") {
  Files files;
  files.write_config("node = \"a-2\"\nextra_names = [\"lb.example.test\"]");
  support::write_file(files.manifest, group("a", 3,
                                            "      serverCert:\n        certManager:\n          spec:\n"
                                            "            renewBefore: 24h\n            dnsNames: [x.example.test]\n"));
  auto settings = files.settings();
  const auto reading = settings.read();
  CHECK(reading.error.empty());
  REQUIRE(reading.config);
  const auto& read = reading.config->group.spelled;
  CHECK(read.name == "a");
  CHECK(read.node == "a-2");
  CHECK(read.nodes == std::vector<std::string>{"a-1", "a-2", "a-3"});
  CHECK(read.mode == model::TlsMode::verify_full);
  CHECK(read.primary.domain == "example.test");
  CHECK(read.extra_names == std::vector<std::string>{"lb.example.test"});
  CHECK(read.certificate_names == std::vector<std::string>{"x.example.test"});
  CHECK(reading.config->secrets.renew_before == std::chrono::hours{24});
  CHECK(settings.manifest_path() == files.manifest);

  files.write_config("node = \"a-2\"\nnodes = [\"a-2\", \"a-7\"]\n[secrets]\nrenew_before = \"1h\"");
  const auto own = settings.read();
  REQUIRE(own.config);
  CHECK(own.config->group.spelled.nodes == std::vector<std::string>{"a-2", "a-7"});
  CHECK(own.config->secrets.renew_before == std::chrono::hours{1});
}

TEST_CASE("a changed manifest is a new reading, an unchanged one is not") {
  const Files files;
  support::write_file(files.manifest, group("a", 2));
  auto settings = files.settings();
  const auto first = settings.read();
  CHECK(settings.read().hash == first.hash);
  support::write_file(files.manifest, group("a", 3));
  const auto second = settings.read();
  CHECK(second.hash != first.hash);
  CHECK(second.config->group.spelled.nodes.size() == 3);
}

TEST_CASE("a bad manifest keeps the last good one, whatever the configuration does") {
  const Files files;
  support::write_file(files.manifest, group("a", 2));
  auto settings = files.settings();
  const auto good = settings.read();
  for (const auto* bad : {"a: [", "kind: ConfigMap\n", "", "a: &x 1\nb: *x\n"}) {
    support::write_file(files.manifest, bad);
    const auto reading = settings.read();
    INFO(bad);
    CHECK(reading.error.starts_with(files.manifest + ":"));
    CHECK(reading.hash == good.hash);
    REQUIRE(reading.config);
    CHECK(reading.config->group.spelled.nodes.size() == 2);
  }
  std::filesystem::remove(files.manifest);
  CHECK(settings.read().hash == good.hash);
  files.write_config("node = \"a-1\"\nextra_names = [\"lb.example.test\"]");
  const auto changed = settings.read();
  CHECK_FALSE(changed.error.empty());
  CHECK(changed.hash != good.hash);
  CHECK(changed.config->group.spelled.nodes.size() == 2);
  CHECK(changed.config->group.spelled.extra_names.size() == 1);
  support::write_file(files.manifest, group("a", 2));
  CHECK(settings.read().error.empty());
}

TEST_CASE("without any good manifest the rest of the configuration is in force") {
  const Files files;
  auto settings = files.settings();
  const auto reading = settings.read();
  CHECK(reading.error.starts_with(files.manifest + ": "));
  REQUIRE(reading.config);
  CHECK(reading.config->group.spelled.name.empty());
  CHECK(reading.config->group.spelled.node == "a-1");
}

TEST_CASE("a bad configuration keeps the last good one and its manifest") {
  const Files files;
  support::write_file(files.manifest, group("a", 2));
  auto settings = files.settings();
  const auto good = settings.read();
  support::write_file(files.config, "listen = 5\n");
  auto reading = settings.read();
  CHECK(reading.error.starts_with(files.config + ":1:"));
  CHECK(reading.hash == good.hash);
  CHECK(settings.read().error == reading.error);
  support::write_file(files.manifest, group("a", 5));
  reading = settings.read();
  CHECK(reading.config->group.spelled.nodes.size() == 5);
  CHECK_FALSE(reading.error.empty());
  files.write_config("node = \"a-1\"");
  CHECK(settings.read().error.empty());
  std::filesystem::remove(files.config);
  CHECK(settings.read().error.starts_with(files.config + ": "));
}

TEST_CASE("of several groups the one this node belongs to") {
  const Files files("b-2");
  support::write_file(files.manifest, group("a", 3) + "---\n" + group("b", 2) + "---\nkind: Secret\n");
  auto settings = files.settings();
  const auto read = settings.read().config->group.spelled;
  CHECK(read.name == "b");
  REQUIRE(read.peers.size() == 1);
  CHECK(read.peers[0].nodes == std::vector<std::string>{"a-1", "a-2", "a-3"});
  // Just added: the manifest does not know it yet.
  files.write_config("node = \"a-4\"");
  CHECK(settings.read().config->group.spelled.name == "a");
  files.write_config("node = \"c-1\"");
  const auto reading = settings.read();
  CHECK(reading.error.find("several PGDGroups (a, b)") != std::string::npos);
}

TEST_CASE("a group of more names than can be watched is refused") {
  const Files files;
  std::string text = group("a", 1000);
  std::string entries = "      additional:\n";
  for (int i = 0; i < 20; ++i) entries += "      - domain: d" + std::to_string(i) + ".test\n";
  text.insert(text.find("    tls:"), entries);
  support::write_file(files.manifest, text);
  auto settings = files.settings();
  CHECK(settings.read().error.find("come to 21084 names, at most 10000") != std::string::npos);
}

TEST_CASE("a manifest too large is refused unread") {
  const Files files;
  support::write_file(files.manifest, group("a", 2) + std::string(300'000, '#'));
  auto settings = files.settings();
  CHECK(settings.read().error.find("larger") != std::string::npos);
}
