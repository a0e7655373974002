#include "lint_cases.hpp"

namespace lint_cases {
namespace {

constexpr auto critical = model::Severity::critical, warning = model::Severity::warning, info = model::Severity::info;

const std::string client_issued =
    good.substr(good.find("        certManager:"), good.find("      serverCert:") - good.find("        certManager:"));
const std::string provisioned =
    "        preProvisioned:\n          streamingReplica:\n            secretRef: replica\n";

Change in_server(const std::string& field) { return {"            isCA: false\n", "            " + field + "\n"}; }
Change in_client(const std::string& field) { return {"            duration: 2160h\n", "            " + field + "\n"}; }

}  // namespace

std::vector<Mistake> certificate_mistakes() {
  return {
      {"no client certificate",
       {{client_issued, ""}},
       {{"lint-client-certificate-missing", critical, "clientCert:", "certManager"}}},
      {"pre-provisioned by nothing",
       {{client_issued, "        preProvisioned: {}\n"}},
       {{"lint-client-certificate-missing", critical, "preProvisioned", "secretRef"}}},
      {"two client certificates",
       {{client_issued, client_issued + provisioned}},
       {{"lint-client-certificate-both", warning, "preProvisioned", "preProvisioned"}}},
      {"duration in days",
       {{"duration: 2160h", "duration: 90d"}},
       {{"lint-duration", critical, "duration: 90d", "90d"}}},
      {"duration without a unit",
       {{"duration: 2160h", "duration: \"2160\""}},
       {{"lint-duration", critical, "duration:", "2160"}}},
      {"renewBefore in days",
       {{"renewBefore: 720h", "renewBefore: 30d"}},
       {{"lint-duration", critical, "renewBefore", "30d"}}},
      {"duration is a number",
       {{"duration: 2160h", "duration: 2160"}},
       {{"lint-wrong-type", critical, "duration:", "2160"}}},
      {"short duration",
       {{"duration: 2160h", "duration: 30m"}, {"renewBefore: 720h", "renewBefore: 10m"}},
       {{"lint-duration-too-short", critical, "duration: 30m", "30m"}}},
      {"short renewBefore",
       {{"renewBefore: 720h", "renewBefore: 1m"}},
       {{"lint-renew-before-too-short", critical, "renewBefore", "1m"}}},
      {"renewed before issued",
       {{"duration: 2160h", "duration: 720h"}},
       {{"lint-renew-before-too-long", critical, "renewBefore", "720h0m0s"}}},
      {"renewed before issued by default",
       {{"            duration: 2160h\n", ""}, {"renewBefore: 720h", "renewBefore: 2160h"}},
       {{"lint-renew-before-too-long", critical, "renewBefore", "2160h0m0s"}}},
      {"server not for servers",
       {{"- server auth", "- client auth"}},
       {{"lint-usages", critical, "usages:\n            - digital", "server auth"}}},
      {"client not for clients",
       {{"- client auth", "- server auth"}},
       {{"lint-usages", critical, "usages:\n            - server auth", "client auth"}}},
      {"server is a CA", {in_server("isCA: true")}, {{"lint-certificate-is-ca", critical, "isCA", "isCA"}}},
      {"client is a CA", {in_client("isCA: yes")}, {{"lint-certificate-is-ca", warning, "isCA: yes", "isCA"}}},
      {"client of another name",
       {in_client("commonName: replicator")},
       {{"lint-client-common-name", warning, "commonName", "replicator"}}},
      {"long common name",
       {in_server("commonName: " + std::string(65, 'x'))},
       {{"lint-common-name-too-long", critical, "commonName", std::string(65, 'x')}}},
      {"one secret for all nodes",
       {in_server("secretName: west-server")},
       {{"lint-shared-secret", warning, "secretName", "west-server"}}},
      {"leaf over its CA",
       {in_client("secretName: client-ca")},
       {{"lint-secret-overwritten", critical, "secretName", "client-ca"}}},
      {"pre-provisioned by the CA",
       {{client_issued, provisioned}, {"secretRef: replica", "secretRef: client-ca"}},
       {{"lint-secret-overwritten", critical, "secretRef", "client-ca"}}},
      {"ECDSA size", {{"size: 256", "size: 2048"}}, {{"lint-key-size", critical, "size: 2048", "2048"}}},
      {"RSA size",
       {{"algorithm: ECDSA", "algorithm: RSA"}, {"size: 256", "size: 1024"}},
       {{"lint-key-size", critical, "size: 1024", "1024"}}},
      {"unknown kind of issuer",
       {{"kind: Issuer", "kind: VaultIssuer"}},
       {{"lint-issuer-kind", critical, "VaultIssuer", "VaultIssuer"}}},
      {"address among the names",
       {{"- db.example.com", "- 192.0.2.7"}},
       {{"lint-san", warning, "192.0.2.7", "192.0.2.7"}}},
      {"URL among the names",
       {{"- db.example.com", "- https://db.example.com"}},
       {{"lint-san", warning, "https:", "https://db.example.com"}}},
      {"name with a trailing dot",
       {{"- db.example.com", "- db.example.com."}},
       {{"lint-san", warning, "db.example.com.", "db.example.com."}}},
      {"name among the addresses",
       {{"- 192.0.2.1", "- db.example.org"}},
       {{"lint-san", critical, "db.example.org", "db.example.org"}}},
      {"name twice",
       {{"- db.example.com", "- db.example.com\n            - DB.example.com"}},
       {{"lint-redundant-name", info, "DB.example.com", "DB.example.com"}}},
      {"name that the operator adds",
       {{"- db.example.com", "- west-group.db.svc.cluster.local"}},
       {{"lint-redundant-name", info, "            - west-group.db", "west-group.db.svc.cluster.local"}}},
      {"old spelling and its consequences, once",
       {{client_issued, "        certManager:\n          issuerRef:\n            name: client-issuer\n"}},
       {{"lint-old-spelling", critical, "issuerRef:\n            name", "issuerRef"}}},
  };
}

}  // namespace lint_cases
