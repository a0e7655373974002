#include <arpa/inet.h>

#include <algorithm>
#include <map>
#include <set>

#include "agent/pgd/go_duration.hpp"
#include "agent/pgd/lint_parts.hpp"
#include "agent/pgd/names.hpp"
#include "agent/rules/host_match.hpp"
#include "agent/rules/name_syntax.hpp"

namespace pgd {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// cert-manager's defaults and bounds (internal/apis/certmanager/validation).
constexpr nanoseconds default_duration = 2160h, least_duration = 1h, least_renew_before = 5min;
constexpr std::size_t longest_common_name = 64;
constexpr long long least_rsa = 2048, most_rsa = 8192;

/// What is wrong with a dNSName, "" where nothing is. A wildcard is the whole first label.
std::string why_no_name(std::string name) {
  if (name.empty()) return "is empty";
  if (rules::is_ip_address(name)) return "is an IP address";
  if (name.ends_with('.')) return "ends with a dot";
  if (name.starts_with("*.")) name.erase(0, 2);
  return rules::why_invalid(name).empty() ? "" : "is no host name";
}

bool is_address(const std::string& text) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, text.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

class Certificate {
 public:
  Certificate(const Lint& lint, bool server, Report& report)
      : lint_(lint),
        server_(server),
        spec_(lint.tls / (server ? "serverCert" : "clientCert") / "certManager" / "spec"),
        report_(report) {}

  void judge() {
    judge_times();
    judge_purpose();
    judge_common_name();
    judge_key();
    judge_names();
    judge_issuer();
    if (server_ && spec_.has("secretName") && lint_.nodes.size() > 1) {
      report_.add("lint-shared-secret", spec_ / "secretName",
                  "Secret " + in_quotes((spec_ / "secretName").text()) + " is to hold the certificate of every node.");
    }
  }

 private:
  /// The duration at a place, or what it is by default; none where it is no duration, which is told.
  std::optional<nanoseconds> duration(std::string_view field, nanoseconds otherwise) {
    const Spot at = spec_ / field;
    if (!at.given()) return otherwise;
    if (report_.has(at)) return {};
    const auto value = parse_go_duration(at.text());
    if (value) return *value;
    const std::string hours = in_hours(at.text());
    report_.add("lint-duration", at, in_quotes(field) + " " + in_quotes(at.text()) + " is no Go duration.",
                hours.empty() ? "" : "Write \"" + hours + "\".");
    return {};
  }

  void judge_times() {
    const auto life = duration("duration", default_duration);
    const auto renew = duration("renewBefore", least_renew_before);
    const Spot renew_at = spec_ / "renewBefore";
    if (life && *life < least_duration) {
      report_.add("lint-duration-too-short", spec_ / "duration",
                  "A duration of " + in_quotes((spec_ / "duration").text()) + " is less than 1h.");
    } else if (renew && *renew < least_renew_before) {
      report_.add("lint-renew-before-too-short", renew_at,
                  "renewBefore " + in_quotes(renew_at.text()) + " is less than 5m.");
    } else if (life && renew && renew_at.given() && *renew >= *life) {
      report_.add(
          "lint-renew-before-too-long", renew_at,
          "renewBefore " + in_quotes(renew_at.text()) + " is not less than the duration, " + go_duration(*life) + ".");
    }
  }

  void judge_purpose() {
    const std::string purpose = server_ ? "server auth" : "client auth";
    const auto usages = (spec_ / "usages").items();
    if (!usages.empty() &&
        std::none_of(usages.begin(), usages.end(), [&](const Spot& s) { return s.text() == purpose; })) {
      report_.add("lint-usages", spec_ / "usages", "The usages lack " + in_quotes(purpose) + ".");
    }
    if ((spec_ / "isCA").is_true()) {
      report_.add("lint-certificate-is-ca", server_ ? critical : warning, spec_ / "isCA",
                  std::string("The ") + (server_ ? "server" : "client") + " certificate is to be a CA by \"isCA\".");
    }
  }

  void judge_common_name() {
    const Spot at = spec_ / "commonName";
    const std::string name = at.text();
    if (name.size() > longest_common_name) {
      report_.add("lint-common-name-too-long", at,
                  "Common name " + in_quotes(name) + " has " + std::to_string(name.size()) + " bytes, more than 64.");
    } else if (!server_ && !name.empty() && name != "streaming_replica") {
      report_.add("lint-client-common-name", at, "Common name " + in_quotes(name) + " is not \"streaming_replica\".");
    }
  }

  void judge_key() {
    const std::string algorithm = (spec_ / "privateKey" / "algorithm").text();
    const Spot at = spec_ / "privateKey" / "size";
    const long long size = at.integer(0);
    if (size == 0 || algorithm == "Ed25519") return;
    const bool fits =
        algorithm == "ECDSA" ? size == 256 || size == 384 || size == 521 : size >= least_rsa && size <= most_rsa;
    if (fits) return;
    report_.add("lint-key-size", at,
                "cert-manager makes no " + std::string(algorithm == "ECDSA" ? "ECDSA" : "RSA") + " key of " +
                    std::to_string(size) + " bits.");
  }

  /// Node and group names, which documents of every version say the operator adds.
  [[nodiscard]] std::set<std::string> operator_names() const {
    std::set<std::string> names;
    for (const auto& entry : lint_.entries) {
      for (const auto& service : lint_.services) {
        const bool every = service.role == model::NameRole::group || lint_.nodes.size() == 1;
        if (every && service.role != model::NameRole::proxy && service.role != model::NameRole::proxy_read) {
          names.insert(fqdn(service.base, entry.entry));
        }
      }
    }
    return names;
  }

  void judge_names() {
    std::set<std::string> names = server_ ? operator_names() : std::set<std::string>{};
    auto given = (spec_ / "dnsNames").items();
    for (const auto& item : given) {
      if (report_.has(item)) continue;
      const std::string name = item.text();
      if (const std::string why = why_no_name(name); !why.empty()) {
        report_.add("lint-san", warning, item, "DNS name " + in_quotes(name) + " " + why + ".");
      } else if (!names.insert(fqdn(name, {})).second) {
        report_.add("lint-redundant-name", item, "DNS name " + in_quotes(name) + " is in the certificate already.");
      }
    }
    for (const auto& item : (spec_ / "ipAddresses").items()) {
      if (report_.has(item) || is_address(item.text())) continue;
      report_.add("lint-san", item, in_quotes(item.text()) + " is no IP address.");
    }
  }

  void judge_issuer() {
    const std::string kind = (spec_ / "issuerRef" / "kind").text(), group = (spec_ / "issuerRef" / "group").text();
    if (kind.empty() || kind == "Issuer" || kind == "ClusterIssuer" || (!group.empty() && group != "cert-manager.io"))
      return;
    report_.add("lint-issuer-kind", spec_ / "issuerRef" / "kind",
                "cert-manager has no issuers of kind " + in_quotes(kind) + ".");
  }

  const Lint& lint_;
  bool server_;
  Spot spec_;
  Report& report_;
};

void judge_client_source(const Lint& lint, Report& report) {
  const Spot client = lint.tls / "clientCert", provisioned = client / "preProvisioned";
  if (!client.given()) return;
  const bool issued = client.has("certManager");
  const bool given = !(provisioned / "streamingReplica" / "secretRef").text().empty();
  if (issued && given) {
    report.add("lint-client-certificate-both", provisioned, "Both \"certManager\" and \"preProvisioned\" are given.");
  } else if (!issued && !given && !report.has(provisioned / "streamingReplica" / "secretRef")) {
    report.add("lint-client-certificate-missing", provisioned.given() ? provisioned : client,
               "Neither \"certManager\" nor a \"secretRef\" of \"preProvisioned\" is given.");
  }
}

void judge_secrets(const Lint& lint, Report& report) {
  const Spot server = lint.tls / "serverCert", client = lint.tls / "clientCert";
  std::map<std::string, std::string> holders;  // what a Secret holds already
  holders[(server / "caCertSecret").text()] = "the server CA";
  holders.emplace((client / "caCertSecret").text(), "the client CA");
  const auto judge = [&](const Spot& at, const std::string& what) {
    const std::string name = at.text();
    if (name.empty()) return;
    const auto [holder, free] = holders.emplace(name, what);
    if (free) return;
    report.add("lint-secret-overwritten", at,
               "Secret " + in_quotes(name) + " is to hold " + what + ", but it holds " + holder->second + ".");
  };
  judge(server / "certManager" / "spec" / "secretName", "the server certificate");
  judge(client / "certManager" / "spec" / "secretName", "the client certificate");
  judge(client / "preProvisioned" / "streamingReplica" / "secretRef", "the client certificate");
}

}  // namespace

void lint_certificates(const Lint& lint, Report& report) {
  judge_client_source(lint, report);
  Certificate(lint, true, report).judge();
  Certificate(lint, false, report).judge();
  judge_secrets(lint, report);
}

}  // namespace pgd
