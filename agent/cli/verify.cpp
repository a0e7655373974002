#include "agent/rules/verify.hpp"

#include <fcntl.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "agent/cli/commands.hpp"
#include "agent/rules/decode.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/tables.hpp"
#include "common/files.hpp"

namespace cli {
namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20;

common::Result<common::FileContent> read(const std::string& path) {
  auto file = common::read_file_at(AT_FDCWD, path, longest_file);
  if (!file) return common::Error{path + ": " + file.error().message};
  return std::move(*file);
}

common::Result<model::Bundle> leaf_bundle(const Verify& options) {
  model::SecretFiles files;
  auto cert = read(options.cert);
  if (!cert) return cert.error();
  files.cert = model::SecretFile{std::move(cert->bytes), cert->mode, cert->uid};
  if (!options.key.empty()) {
    auto key = read(options.key);
    if (!key) return key.error();
    files.key = model::SecretKeyFile{common::SecretBytes(std::move(key->bytes)), key->mode, key->uid};
  }
  const auto role = options.purpose == model::Purpose::server ? model::SecretRole::server : model::SecretRole::client;
  const std::string key_name = options.key.empty() ? "(no key)" : options.key;
  auto bundle = rules::decode(std::move(files), role, model::Source::mounted, {options.cert, key_name, options.ca});
  // A key that was not given is not judged.
  if (options.key.empty()) {
    std::erase_if(bundle.file_problems, [&](const auto& problem) { return problem.file == key_name; });
  }
  return bundle;
}

common::Result<model::Bundle> ca_bundle(const Verify& options) {
  model::SecretFiles files;
  auto ca = read(options.ca);
  if (!ca) return ca.error();
  files.ca = model::SecretFile{std::move(ca->bytes), ca->mode, ca->uid};
  const auto role =
      options.purpose == model::Purpose::server ? model::SecretRole::server_ca : model::SecretRole::client_ca;
  return rules::decode(std::move(files), role, model::Source::mounted, {options.cert, options.key, options.ca});
}

}  // namespace

int verify(const Verify& options) {
  const auto leaf = leaf_bundle(options);
  if (!leaf) return fail("verify", leaf.error().message);
  std::optional<model::Bundle> ca;
  if (!options.ca.empty()) {
    auto read = ca_bundle(options);
    if (!read) return fail("verify", read.error().message);
    ca = std::move(*read);
  }

  views::VerifyReport report;
  report.mode = options.mode.value_or(options.hosts.empty() ? model::TlsMode::verify_ca : model::TlsMode::verify_full);
  report.purpose = options.purpose;
  report.at = options.at.value_or(common::WallTime{std::chrono::system_clock::now()});
  model::CertificatePolicy policy;
  policy.mode = report.mode;
  policy.client_common_name = options.common_name;
  model::Targets targets;
  targets.required_sans = options.hosts;
  const auto judge = [&](const model::Bundle& bundle, const model::Bundle* trusted) {
    auto judged = rules::judge_secret({.bundle = &bundle,
                                       .ca = trusted,
                                       .policy = policy,
                                       .targets = &targets,
                                       .own_node = "",
                                       .key_mismatch_settled = true,
                                       .now = report.at});
    std::move(judged.findings.begin(), judged.findings.end(), std::back_inserter(report.findings));
  };
  judge(*leaf, ca ? &*ca : nullptr);
  report.certificates = leaf->chain;
  if (ca) {
    judge(*ca, nullptr);
    report.certificates.insert(report.certificates.end(), ca->anchors.begin(), ca->anchors.end());
  }
  // Plain files are what is judged here: that they are no Secret volume is no finding.
  std::erase_if(report.findings, [](const auto& finding) { return finding.code == model::Code::not_rotatable; });
  report.findings = views::sorted(std::move(report.findings));
  std::cout << (options.output == Output::json ? views::verify_json(report) : views::verify_table(report, colour()));
  return views::none_critical(report.findings) ? 0 : 1;
}

}  // namespace cli
