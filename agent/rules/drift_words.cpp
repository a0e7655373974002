#include "agent/rules/drift_words.hpp"

#include <algorithm>

#include "agent/rules/facts.hpp"
#include "agent/rules/postgres_says.hpp"

namespace rules {
namespace {

using model::Bundle;
using model::Certificate;
using model::Finding;

const char* const reload =
    "Reload Postgres (SELECT pg_reload_conf()) and read its log for \"SSL configuration was not "
    "reloaded\"";
const char* const label =
    "label the Secret k8s.enterprisedb.io/reload, without which the operator does not notice "
    "that it changed";

std::string facts(const Certificate& certificate) {
  return "serial " + certificate.serial + " (expires " + common::to_rfc3339(certificate.not_after) + ")";
}

constexpr std::size_t anchors_told = 4;
std::string facts(const Bundle& bundle) {
  if (!is_ca(bundle.role)) return facts(*bundle.leaf());
  std::string text;
  for (std::size_t i = 0; i < bundle.anchors.size() && i < anchors_told; ++i)
    text += (i ? ", " : "") + facts(*bundle.anchors[i]);
  if (bundle.anchors.size() > anchors_told)
    text += " and " + std::to_string(bundle.anchors.size() - anchors_told) + " more";
  return text;
}

const Certificate& newest(const Bundle& bundle) {
  if (!is_ca(bundle.role)) return *bundle.leaf();
  return **std::max_element(bundle.anchors.begin(), bundle.anchors.end(),
                            [](const auto& a, const auto& b) { return a->not_before < b->not_before; });
}

/// The operator reads Secrets through the API and may be ahead of the kubelet, which follows within two minutes.
DriftWords mount_lags(std::string what) {
  return {std::move(what) + "; the mounted copy is the older one, so the volume here does not follow the Secret.",
          "Mount the Secret as a directory without subPath; if it is, look at the kubelet's log on this node."};
}

std::string secret_of(const Bundle& bundle) { return "the mounted " + std::string(name(bundle.role)) + " Secret"; }

/// The first trouble of a written file for which Postgres keeps what it had.
std::string why_refused(const Bundle* written, const std::vector<Finding>& findings) {
  if (!written) return "";
  for (const auto& finding : findings) {
    if (finding.source != model::Source::written || finding.area != area_of(written->role)) continue;
    if (finding.severity != model::Severity::critical) continue;
    const auto& key = written->names.key;
    auto said = refusal(*written, finding.code, finding.subject.starts_with(key) ? key : written->names.cert);
    if (!said.empty()) return said;
  }
  return "";
}

}  // namespace

DriftWords words_of_files(const Bundle& mounted, const Bundle& written, common::WallTime since) {
  const std::string file = is_ca(written.role) ? written.names.ca : written.names.cert;
  const std::string what = (written.directory.empty() ? file : written.directory + "/" + file) + " holds " +
                           facts(written) + " while " + secret_of(mounted) + " holds " + facts(mounted) + ", since " +
                           common::to_rfc3339(since);
  if (newest(written).not_before > newest(mounted).not_before) return mount_lags(what);
  return {what + "; the instance manager has not written the mounted one yet.",
          "Look at the Cluster's status and the operator's log, and " + std::string(label) + "."};
}

DriftWords words_of_served(const ServedDrift& drift) {
  const Bundle& should = drift.mounted ? *drift.mounted : *drift.written;
  const std::string what =
      "Postgres at " + drift.endpoint + " serves " + facts(drift.served) + " while " +
      (drift.mounted ? secret_of(should) : "its file " + should.directory + "/" + should.names.cert) + " holds " +
      facts(should) + ", since " + common::to_rfc3339(drift.since);
  if (drift.mounted && drift.served.not_before > should.leaf()->not_before) return mount_lags(what);
  auto refused = why_refused(drift.written, drift.secret_findings);
  if (refused.empty()) refused = why_refused(drift.client_ca, drift.secret_findings);
  if (!refused.empty()) {
    return {
        what + "; Postgres refuses what it was given: " + refused + ".",
        "Mend that file, and " + std::string("reload Postgres (SELECT pg_reload_conf()); it does not start with it.")};
  }
  const Certificate* given = drift.written ? drift.written->leaf() : nullptr;
  if (!given) {
    return {what +
                "; either the instance manager has not written the new one, or Postgres was not reloaded or refused "
                "it: the files that Postgres was given are not known here.",
            std::string(reload) + "; if that changes nothing, " + label + "."};
  }
  if (drift.mounted && given->fingerprint_sha256 != should.leaf()->fingerprint_sha256) {
    return {what + "; the instance manager has not written the mounted one to Postgres' files yet.",
            "Look at the Cluster's status and the operator's log, and " + std::string(label) + "."};
  }
  return {what + "; Postgres was not reloaded after its files changed.", std::string(reload) + "; also " + label + "."};
}

}  // namespace rules
