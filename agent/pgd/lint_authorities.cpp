#include <algorithm>

#include "agent/pgd/go_duration.hpp"
#include "agent/pgd/lint_parts.hpp"

namespace pgd {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds default_duration = std::chrono::hours(2160);

bool is_authority(const Spot& document) {
  return (document / "kind").text() == "Certificate" &&
         (document / "apiVersion").text().starts_with("cert-manager.io/") && (document / "spec" / "isCA").is_true();
}

/// The longest that one of the group's certificates lives which this CA signs; none where it signs none of them.
std::optional<nanoseconds> longest_signed(const Manifest& manifest, const Spot& authority) {
  const std::string secret = (authority / "spec" / "secretName").text(),
                    ns = (authority / "metadata" / "namespace").text();
  if (secret.empty() || (!ns.empty() && !manifest.ns.empty() && ns != manifest.ns)) return {};
  std::optional<nanoseconds> longest;
  const auto consider = [&](const std::string& ca_secret, const std::optional<CertificateTemplate>& certificate) {
    if (ca_secret != secret || !certificate) return;
    const auto life = parse_go_duration(certificate->duration);
    const nanoseconds lives = certificate->duration.empty() || !life ? default_duration : *life;
    if (!longest || lives > *longest) longest = lives;
  };
  consider(manifest.server_ca_secret, manifest.server_certificate);
  consider(manifest.client_ca_secret, manifest.client_certificate);
  return longest;
}

void judge(const std::vector<Manifest>& manifests, const Spot& authority, Report& report) {
  std::optional<nanoseconds> longest;
  std::string group;
  for (const auto& manifest : manifests) {
    if (const auto lives = longest_signed(manifest, authority); lives && (!longest || *lives > *longest)) {
      longest = lives;
      group = manifest.name;
    }
  }
  if (!longest) return;
  const std::string name = (authority / "metadata" / "name").text();
  const Spot at = authority / "spec" / "duration", rotation = authority / "spec" / "privateKey" / "rotationPolicy";
  const auto given = parse_go_duration(at.text());
  const nanoseconds own = at.given() && given ? *given : default_duration;
  if (own <= *longest) {
    report.add("lint-ca-life", at,
               "CA " + in_quotes(name) + " lives " + go_duration(own) + ", no longer than certificates of group " +
                   in_quotes(group) + " with " + go_duration(*longest) + ".");
  }
  if (rotation.text() != "Never") {
    report.add("lint-ca-key-rotation", rotation,
               "CA " + in_quotes(name) + " may get a new key when it is renewed: rotationPolicy is " +
                   (rotation.given() ? in_quotes(rotation.text()) : "not set") + ".");
  }
}

}  // namespace

void lint_authorities(const std::vector<Manifest>& manifests, const std::vector<YamlNode>& documents, Report& report) {
  for (const auto& document : documents) {
    const Spot root(document);
    if (!is_authority(root)) continue;
    judge(manifests, Spot(document, "Certificate/" + (root / "metadata" / "name").text()), report);
  }
}

}  // namespace pgd
