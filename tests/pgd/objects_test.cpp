// What follows from manifests of every shape, as it is: tests/pgd/manifests/<name>, tests/golden/pgd/<name>.txt.
#include "agent/pgd/objects.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/pgd/names.hpp"
#include "tests/support/golden.hpp"

namespace {

using model::NameRole;
using pgd::Manifest;
using Texts = std::vector<std::string>;

std::vector<std::filesystem::path> manifest_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/tests/pgd/manifests")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Manifest> read(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  auto manifests = pgd::read_manifests(text.str());
  INFO(file.filename().string() << ": " << (manifests.has_error() ? manifests.error().why : std::string("read")));
  REQUIRE(manifests.has_value());
  return std::move(*manifests);
}

std::string name_lines(const Manifest& manifest) {
  std::string text;
  for (const auto& name : pgd::targets(pgd::to_group(manifest)).names) {
    text += name.fqdn + " " + std::string(model::name(name.role));
    text += name.target_node.empty() ? "\n" : " " + name.target_node + "\n";
  }
  return text;
}

std::string certificate_lines(const Manifest& manifest, const Texts& nodes) {
  std::string text;
  for (const auto& node : nodes) {
    text += node + ":";
    for (const auto& name : pgd::certificate_names(manifest, node)) text += " " + name;
    text += "\n";
  }
  return text;
}

std::string documents(const std::vector<pgd::YamlNode>& objects) {
  std::string text;
  for (const auto& object : objects) text += "---\n" + pgd::to_yaml(object);
  return text;
}

std::string everything(const std::vector<Manifest>& manifests) {
  std::string text;
  for (const auto& manifest : manifests) {
    const Texts nodes = pgd::node_names(manifest);
    text += "group " + manifest.name + (manifest.ns.empty() ? "" : " in " + manifest.ns) + "\n";
    text += "\nnames\n" + name_lines(manifest);
    text += "\nnames in the server certificate of\n" + certificate_lines(manifest, nodes);
    text += "\nservices\n" + documents(pgd::services(manifest, nodes));
    text += "\ncertificates\n" + documents(pgd::certificates(manifest, nodes)) + "\n";
  }
  return text;
}

/// What the certificate page writes out: `${name}${hostSuffix}.${domain}`, composed here once more and naively.
Texts by_formula(const Manifest& manifest, const Texts& bases) {
  std::vector<model::DnsEntry> entries{manifest.primary};
  entries.insert(entries.end(), manifest.additional.begin(), manifest.additional.end());
  Texts names;
  for (const auto& [domain, suffix] : entries) {
    for (const auto& base : bases) {
      std::string name = base;
      name += suffix;
      if (!domain.empty()) name += "." + domain;
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

Texts sorted(Texts texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace

TEST_CASE("names, services and certificates of manifests of every shape") {
  const auto files = manifest_files();
  REQUIRE(files.size() >= 24);
  for (const auto& file : files) {
    DYNAMIC_SECTION(file.filename().string()) {
      const auto manifests = read(file);
      REQUIRE_FALSE(manifests.empty());
      support::check_golden("pgd/" + file.stem().string() + ".txt", everything(manifests));
    }
  }
}

TEST_CASE("no golden is left over from a manifest that is gone") {
  std::vector<std::string> stems;
  for (const auto& file : manifest_files()) stems.push_back(file.stem().string());
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/tests/golden/pgd")) {
    INFO(entry.path().filename().string());
    CHECK(std::find(stems.begin(), stems.end(), entry.path().stem().string()) != stems.end());
  }
}

TEST_CASE("every manifest's names are those of the documented formula") {
  for (const auto& file : manifest_files()) {
    INFO(file.filename().string());
    for (const auto& manifest : read(file)) {
      Texts services;
      for (const auto& node : pgd::node_names(manifest)) {
        services.push_back(node + "-node");
        Texts bases{node + "-node", manifest.name + "-group"};
        if (manifest.instances > 0) bases.push_back(manifest.name + "-proxy");
        Texts expected = by_formula(manifest, bases);
        auto actual = pgd::certificate_names(manifest, node);
        REQUIRE(actual.size() >= expected.size());
        actual.resize(expected.size());  // the user's own follow
        CHECK(actual == expected);
      }
      services.push_back(manifest.name + "-group");
      if (manifest.has_proxy()) services.push_back(manifest.name + "-proxy");
      if (manifest.has_proxy_read()) services.push_back(manifest.name + "-proxy-r");
      Texts expected = by_formula(manifest, services), actual;
      for (const auto& name : pgd::targets(pgd::to_group(manifest)).names) {
        if (name.role != NameRole::discovery && name.role != NameRole::extra) actual.push_back(name.fqdn);
      }
      CHECK(actual == sorted(expected));
    }
  }
}

TEST_CASE("what is rendered is read back as the same text") {
  for (const auto& file : manifest_files()) {
    INFO(file.filename().string());
    for (const auto& manifest : read(file)) {
      const Texts nodes = pgd::node_names(manifest);
      for (const auto& objects : {pgd::services(manifest, nodes), pgd::certificates(manifest, nodes)}) {
        const auto again = pgd::read_yaml(documents(objects));
        REQUIRE(again.has_value());
        CHECK(documents(*again) == documents(objects));
      }
    }
  }
}
