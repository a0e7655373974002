// What the certificates are made of: signature, key, usages, what rustls asks for, and names.
#include <openssl/x509v3.h>

#include <algorithm>

#include "agent/rules/facts.hpp"
#include "agent/rules/host_match.hpp"
#include "agent/rules/verifying.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::Code;
using model::SecretRole;

constexpr int modern_pgd = 6;  ///< the first major version whose connection manager uses rustls
constexpr std::size_t names_told = 8;

struct Signature {
  int digest = NID_undef;
  int key = NID_undef;
  int bits = 0;
};

Signature signature_of(const Certificate& certificate) {
  Signature signature;
  std::uint32_t flags = 0;
  if (X509_get_signature_info(certificate.x509.get(), &signature.digest, &signature.key, &signature.bits, &flags) !=
      1) {
    signature.bits = -1;  // a kind this OpenSSL does not know: the chain's business
  }
  common::clear_errors();
  return signature;
}

std::string list(const std::vector<std::string>& items, std::size_t told = names_told) {
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < told; ++i) text += (i ? ", " : "") + items[i];
  if (items.size() > told) text += " and " + std::to_string(items.size() - told) + " more";
  return text;
}

bool has_san(const Certificate& certificate) {
  return X509_get_ext_by_NID(certificate.x509.get(), NID_subject_alt_name, -1) >= 0;
}

bool has_usage(const Certificate& certificate, std::uint32_t usage) {
  const auto flags = X509_get_extension_flags(certificate.x509.get());
  return (flags & EXFLAG_XKUSAGE) && (X509_get_extended_key_usage(certificate.x509.get()) & usage);
}

std::vector<std::string> what_rustls_refuses(const Certificate& leaf) {
  if (X509_get_version(leaf.x509.get()) != X509_VERSION_3) return {"it is not X.509 v3"};
  const auto flags = X509_get_extension_flags(leaf.x509.get());
  std::vector<std::string> reasons;
  if (flags & EXFLAG_CA) reasons.emplace_back("it is a CA");
  if (!(flags & EXFLAG_BCONS)) reasons.emplace_back("it lacks CA:FALSE");
  if (!has_san(leaf)) reasons.emplace_back("it has no subject alternative name");
  if (!has_usage(leaf, XKU_SSL_SERVER)) reasons.emplace_back("it lacks the extended key usage serverAuth");
  const auto signature = signature_of(leaf);
  if (signature.digest == NID_sha1) reasons.emplace_back("its signature uses SHA-1");
  if (signature.digest == NID_md5 || signature.digest == NID_md5_sha1) reasons.emplace_back("its signature uses MD5");
  if (signature.key == NID_dsa || leaf.key.starts_with("DSA")) reasons.emplace_back("it uses DSA");
  return reasons;
}

void verify_purpose(Verifying& verifying, const Certificate& leaf) {
  const bool server = verifying.bundle.role == SecretRole::server;
  const int purpose = server ? X509_PURPOSE_SSL_SERVER : X509_PURPOSE_SSL_CLIENT;
  const int allowed = X509_check_purpose(leaf.x509.get(), purpose, 0);
  common::clear_errors();
  if (allowed == 1) return;
  const auto flags = X509_get_extension_flags(leaf.x509.get());
  const std::string wanted = server ? "serverAuth" : "clientAuth";
  const bool extended =
      (flags & EXFLAG_XKUSAGE) && !has_usage(leaf, server ? XKU_SSL_SERVER | XKU_SGC : XKU_SSL_CLIENT);
  const std::string reason = allowed < 0 ? "its extensions can't be read"
                             : extended  ? "its extended key usage lacks " + wanted
                                         : "its key usage forbids TLS (no digitalSignature, for one)";
  verifying.say(
      Code::wrong_purpose, {}, leaf,
      subject_of(leaf) + " can't be used as a " + (server ? "server" : "client") + " certificate: " + reason + ".",
      "Issue it with key usage digitalSignature and extended key usage " + wanted +
          ", or mount the right Secret if server and client were swapped.");
}

void verify_connection_manager(Verifying& verifying, const Certificate& leaf) {
  const auto reasons = what_rustls_refuses(leaf);
  if (reasons.empty()) return;
  const bool serves = verifying.input.policy.pgd_version >= modern_pgd;
  verifying.say(Code::connection_manager_refuses, {.connection_manager = serves}, leaf,
                "PGD's connection manager (rustls) refuses " + subject_of(leaf) + ": " + list(reasons) + ".",
                "Issue it as X.509 v3 with CA:FALSE, subject alternative names, serverAuth and a SHA-256 signature.");
}

void verify_required(Verifying& verifying, const Certificate& leaf, const std::vector<std::string>& hosts,
                     bool proxy_read) {
  std::vector<std::string> missing;
  bool malformed = false;
  for (const auto& host : hosts) {
    const auto outcome = host_match(leaf, host);
    malformed = malformed || outcome == HostMatch::malformed;
    if (outcome != HostMatch::match) missing.push_back(printable(host));
  }
  if (missing.empty()) return;
  const std::string kind = proxy_read ? "proxy-r names" : "required names";
  std::string message = subject_of(leaf) + " does not cover " + list(missing) + " (" + std::to_string(missing.size()) +
                        " of " + std::to_string(hosts.size()) + " " + kind + ")";
  if (malformed) message += ", since one of its own names is malformed and libpq stops there";
  verifying.say(Code::name_not_covered, {.proxy_read = proxy_read},
                verifying.label(leaf) + (proxy_read ? " (proxy-r names)" : ""), message + ".",
                "Add the names to the certificate's dnsNames and issue it again.");
}

void verify_foreign(Verifying& verifying, const Certificate& leaf, const model::Targets& targets) {
  std::vector<std::string> foreign;
  for (const auto& name : targets.foreign_sans) {
    const auto same = [&](const std::string& san) { return !san.starts_with('*') && name_matches(san, name); };
    if (std::any_of(leaf.dns_names.begin(), leaf.dns_names.end(), same)) foreign.push_back(printable(name));
  }
  if (foreign.empty()) return;
  const std::string& node = verifying.input.own_node;
  verifying.say(Code::foreign_name, {}, leaf,
                subject_of(leaf) + " holds " + list(foreign) + ", which belongs to another node than " +
                    (node.empty() ? "this one" : printable(node)) + ".",
                "Mount this node's own server Secret, and issue each node a certificate with its own names.");
}

}  // namespace

void verify_strength(Verifying& verifying, const ChainVerdict* chain) {
  for (const auto& certificate : verifying.bundle.chain) {
    // Nobody checks the signature of a root, be it behind the leaf or the leaf itself where that is its own anchor.
    const bool own_anchor = chain && !chain->trouble && chain->path.size() == 1;
    const bool unchecked = certificate->position == model::Position::leaf ? own_anchor : certificate->self_issued;
    const SeverityFacts facts{.others_good = is_spare(*certificate, chain)};
    const auto signature = signature_of(*certificate);
    if (signature.bits >= 0 && signature.bits < security_bits && !unchecked) {
      verifying.say(Code::weak_signature, facts, *certificate,
                    subject_of(*certificate) + " is signed with " + certificate->signature +
                        ", which OpenSSL refuses at security level 2.",
                    "Issue it again with a SHA-256 signature.");
    }
    EVP_PKEY* key = X509_get0_pubkey(certificate->x509.get());
    common::clear_errors();
    if (key && EVP_PKEY_get_security_bits(key) < security_bits) {
      verifying.say(Code::weak_key, facts, *certificate,
                    subject_of(*certificate) + " has the key " + certificate->key +
                        ", which OpenSSL refuses at security level 2.",
                    "Issue it again with a new key: ECDSA P-256, or RSA 2048 or more.");
    }
  }
}

void verify_usage(Verifying& verifying) {
  const auto* leaf = verifying.bundle.leaf();
  if (!leaf) return;
  verify_purpose(verifying, *leaf);
  if (X509_get_extension_flags(leaf->x509.get()) & EXFLAG_CA) {
    verifying.say(Code::leaf_is_ca, {}, *leaf,
                  subject_of(*leaf) + " is a CA certificate (CA:TRUE), so its key can sign others.",
                  "Issue a leaf certificate with CA:FALSE, and mount that.");
  }
  if (verifying.bundle.role == SecretRole::server) verify_connection_manager(verifying, *leaf);
}

void verify_names(Verifying& verifying) {
  const auto* leaf = verifying.bundle.leaf();
  if (!leaf) return;
  if (verifying.bundle.role == SecretRole::client) {
    const std::string& wanted = verifying.input.policy.client_common_name;
    if (wanted.empty() || leaf->common_name == wanted) return;
    verifying.say(Code::wrong_common_name, {}, *leaf,
                  "The client certificate's common name is \"" + printable(leaf->common_name) +
                      "\", but the nodes expect \"" + printable(wanted) + "\".",
                  "Issue it with that common name, or tell the agent the name that pg_ident maps.");
    return;
  }
  if (!has_san(*leaf)) {
    verifying.say(
        Code::no_san, {}, *leaf,
        subject_of(*leaf) + " has no subject alternative name; libpq falls back to its common name, others do not.",
        "Issue it again with the names of the node, group and proxy services as DNS names.");
  }
  if (!verifying.input.targets) return;
  verify_required(verifying, *leaf, verifying.input.targets->required_sans, false);
  verify_required(verifying, *leaf, verifying.input.targets->required_read_sans, true);
  verify_foreign(verifying, *leaf, *verifying.input.targets);
}

}  // namespace rules
