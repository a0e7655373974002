#include "agent/rules/verify.hpp"

#include <algorithm>
#include <iostream>
#include <optional>

#include "agent/cli/commands.hpp"
#include "agent/cli/pem_files.hpp"
#include "agent/rules/decode.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/summary.hpp"
#include "agent/views/tables.hpp"

namespace cli {
namespace {

common::Result<model::Bundle> leaf_bundle(const Verify& options) {
  auto files = read_pem_files({options.cert, options.key, ""});
  if (!files) return files.error();
  const auto role = options.purpose == model::Purpose::server ? model::SecretRole::server : model::SecretRole::client;
  const std::string key_name = options.key.empty() ? "(no key)" : options.key;
  auto bundle = rules::decode(std::move(*files), role, model::Source::mounted, {options.cert, key_name, options.ca});
  // A key that was not given is not judged.
  if (options.key.empty()) {
    std::erase_if(bundle.file_problems, [&](const auto& problem) { return problem.file == key_name; });
  }
  return bundle;
}

common::Result<model::Bundle> ca_bundle(const Verify& options) {
  auto files = read_pem_files({"", "", options.ca});
  if (!files) return files.error();
  const auto role =
      options.purpose == model::Purpose::server ? model::SecretRole::server_ca : model::SecretRole::client_ca;
  return rules::decode(std::move(*files), role, model::Source::mounted, {options.cert, options.key, options.ca});
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
