#include "tests/rules/pki_world.hpp"

#include <algorithm>

namespace pki_world {
namespace {

std::string present(const std::string& text) { return text == "-" ? "" : text; }

}  // namespace

void World::leaf(const Minted& minted, const std::vector<Minted>& others) {
  cert = minted.pem();
  for (const auto& other : others) cert += other.pem();
  if (key.empty()) key = minted.key_pem();
}

Secrets decode(World world) {
  if (world.cert.empty()) world.issue(world.root);
  if (world.ca_file.empty()) world.ca_file = world.root.pem();
  auto files = support::secret_files(present(world.cert), present(world.key), present(world.copy));
  files.problems = world.problems;
  files.rotatable = world.rotatable;
  if (files.key) {
    files.key->mode = 0100000 | world.key_mode;
    files.key->uid = world.key_uid;
  }
  if (files.cert) files.cert->uid = world.cert_uid.value_or(world.key_uid);
  auto ca_files = support::secret_files("", "", present(world.ca_file));
  ca_files.problems = world.ca_problems;
  ca_files.rotatable = world.ca_rotatable;
  return {rules::decode(std::move(files), world.role, world.source),
          rules::decode(std::move(ca_files), ca_of(world.role), world.source)};
}

std::vector<model::Finding> judge(const World& world, const Secrets& secrets, model::TlsMode mode, bool ca_mounted,
                                  common::WallTime now) {
  auto policy = world.policy;
  policy.mode = mode;
  rules::SecretInput input{.bundle = &secrets.leaf, .ca = ca_mounted ? &secrets.ca : nullptr, .policy = policy};
  input.targets = world.targets_known ? &world.targets : nullptr;
  input.own_node = "region-a-1";
  input.key_mismatch_settled = world.settled;
  input.now = now;
  auto findings = rules::judge_secret(input).findings;
  if (ca_mounted) {
    input.bundle = &secrets.ca;
    input.ca = nullptr;
    const auto more = rules::judge_secret(input).findings;
    findings.insert(findings.end(), more.begin(), more.end());
  }
  return findings;
}

std::string summary(const std::vector<model::Finding>& findings) {
  std::vector<std::string> words;
  for (const auto& finding : findings) {
    const char grave = static_cast<char>(std::toupper(name(finding.severity).front()));
    const bool ca = finding.area == model::Area::server_ca || finding.area == model::Area::client_ca;
    words.push_back(std::string(1, grave) + ":" + (ca ? "ca/" : "") + std::string(name(finding.code)));
  }
  std::sort(words.begin(), words.end());
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<Situation> all_situations() {
  std::vector<Situation> all;
  for (auto part : {file_situations(), date_situations(), chain_situations(), content_situations()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace pki_world
