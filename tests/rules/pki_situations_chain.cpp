// Situations of trust, purpose, strength and names.
#include "tests/rules/pki_world.hpp"

namespace pki_world {
namespace {

using namespace std::chrono_literals;
using support::KeyKind;

void client(World& w) {
  w.role = model::SecretRole::client;
  w.recipe = Recipe{"streaming_replica"}.client();
}

Minted middle_of(const Minted& root) { return Recipe{"middle"}.ca().issued_by(root); }
Minted same_name_other_key() { return Recipe{"root"}.ca().self_signed(); }

}  // namespace

std::vector<Situation> chain_situations() {
  return {
      {"an intermediate behind the leaf",
       [](World& w) {
         const auto middle = middle_of(w.root);
         w.issue(middle, {middle});
       },
       "", "=", "="},
      {"intermediate and root in the CA file",
       [](World& w) {
         const auto middle = middle_of(w.root);
         w.issue(middle), w.ca_file = middle.pem() + w.root.pem();
       },
       "", "=", "="},
      {"the root behind the leaf too", [](World& w) { w.issue(w.root, {w.root}); }, "", "=", "="},
      {"issued by a CA unknown", [](World& w) { w.issue(Recipe{"elsewhere"}.ca().self_signed()); }, "C:untrusted", "=",
       ""},
      {"issued by a CA unknown, which is behind it",
       [](World& w) {
         const auto other = Recipe{"elsewhere"}.ca().self_signed();
         w.issue(other, {other});
       },
       "C:untrusted", "=", ""},
      {"issued by a CA unknown that its own copy holds",
       [](World& w) {
         const auto other = Recipe{"elsewhere"}.ca().self_signed();
         w.issue(other), w.copy = other.pem();
       },
       "C:untrusted W:ca-copy-differs", "=", ""},
      {"self-signed", [](World& w) { w.leaf(w.recipe.self_signed()); }, "C:untrusted", "=", ""},
      {"self-signed and in the CA file",
       [](World& w) {
         w.leaf(w.recipe.basic_constraints("critical,CA:TRUE").key_usage("digitalSignature,keyCertSign").self_signed()),
             w.ca_file = w.cert;
       },
       "C:connection-manager-refuses W:leaf-is-ca", "=", "="},
      {"self-signed, no CA, and in the CA file", [](World& w) { w.leaf(w.recipe.self_signed()), w.ca_file = w.cert; },
       "W:ca/anchor-not-ca", "=", ""},
      {"self-signed, no CA, and in the CA file beside a CA",
       [](World& w) { w.leaf(w.recipe.self_signed()), w.ca_file = w.root.pem() + w.cert; }, "W:ca/anchor-not-ca", "=",
       ""},
      {"self-signed with SHA-1 and in the CA file",
       [](World& w) {
         w.leaf(w.recipe.digest("SHA1")
                    .basic_constraints("critical,CA:TRUE")
                    .key_usage("digitalSignature,keyCertSign")
                    .self_signed()),
             w.ca_file = w.cert;
       },
       "C:connection-manager-refuses I:ca/weak-signature W:leaf-is-ca", "=",
       "C:connection-manager-refuses W:leaf-is-ca W:weak-signature"},
      {"CA that ends first, beside its twin that lasts",
       [](World& w) {
         w.root = Recipe{"root"}.ca().lives(24h * 85).self_signed();
         w.ca_file = w.root.pem() + Recipe{"root"}.ca().key(w.root.key).self_signed().pem();
       },
       "", "=", "="},
      {"CA with another key under its name", [](World& w) { w.ca_file = same_name_other_key().pem(); },
       "C:ca-key-changed", "=", ""},
      {"the same without key identifiers",
       [](World& w) {
         w.root = Recipe{"root"}.ca().no_subject_key_id().self_signed();
         w.recipe.authority_key_id("");
         w.ca_file = Recipe{"root"}.ca().no_subject_key_id().self_signed().pem();
       },
       "C:ca-key-changed", "=", ""},
      {"the same, with the old root behind the leaf",
       [](World& w) { w.issue(w.root, {w.root}), w.ca_file = same_name_other_key().pem(); }, "C:ca-key-changed", "=",
       ""},
      {"the same, the old CA still in the leaf's Secret",
       [](World& w) { w.copy = w.root.pem(), w.ca_file = same_name_other_key().pem(); },
       "C:ca-key-changed W:ca-copy-differs", "=", ""},
      {"CA renewed with its key", [](World& w) { w.ca_file = Recipe{"root"}.ca().key(w.root.key).self_signed().pem(); },
       "", "=", "="},
      {"old and new CA of one name together", [](World& w) { w.ca_file = same_name_other_key().pem() + w.root.pem(); },
       "", "=", "="},
      {"intermediate with another key under its name",
       [](World& w) { w.issue(middle_of(w.root), {middle_of(w.root)}); }, "C:ca-key-changed", "=", ""},
      {"intermediate left out, its own copy of the CA is the anchor",
       [](World& w) { w.issue(middle_of(w.root)), w.copy = w.root.pem(); }, "C:incomplete-chain", "=", ""},
      {"intermediate left out, and held by the copy",
       [](World& w) {
         const auto middle = middle_of(w.root);
         w.issue(middle), w.copy = middle.pem();
       },
       "C:incomplete-chain W:ca-copy-differs", "=", ""},
      {"intermediate left out, as the identifiers say",
       [](World& w) { w.recipe.authority_key_id("keyid,issuer:always"), w.issue(middle_of(w.root)); },
       "C:incomplete-chain", "=", ""},
      {"intermediate left out, as its name says",
       [](World& w) { w.issue(Recipe{"Acme Issuing CA"}.ca().issued_by(w.root)); }, "C:incomplete-chain", "=", ""},
      {"second intermediate left out",
       [](World& w) {
         const auto upper = Recipe{"Intermediate 1"}.ca().issued_by(w.root);
         const auto lower = Recipe{"lower"}.ca().issued_by(upper);
         w.issue(lower, {lower});
       },
       "C:incomplete-chain", "=", ""},
      {"only the intermediate in the CA file",
       [](World& w) {
         const auto middle = middle_of(w.root);
         w.issue(middle), w.ca_file = middle.pem();
       },
       "C:partial-chain-only", "=", ""},
      {"only the intermediate in the CA file, and behind the leaf",
       [](World& w) {
         const auto middle = middle_of(w.root);
         w.issue(middle, {middle}), w.ca_file = middle.pem();
       },
       "C:partial-chain-only", "=", ""},
      {"issued by a certificate that is no CA",
       [](World& w) {
         const auto middle = Recipe{"middle"}.issued_by(w.root);
         w.issue(middle, {middle});
       },
       "C:untrusted", "=", ""},
      {"a CA that may not have intermediates",
       [](World& w) {
         w.root = Recipe{"root"}.ca().basic_constraints("critical,CA:TRUE,pathlen:0").self_signed();
         const auto middle = middle_of(w.root);
         w.issue(middle, {middle});
       },
       "C:untrusted", "=", ""},
      {"a CA that excludes the name",
       [](World& w) {
         w.root = Recipe{"root"}.ca().name_constraints("critical,excluded;DNS:n1.example").self_signed();
       },
       "C:untrusted", "=", ""},
      {"a leaf in the CA file", [](World& w) { w.ca_file = Recipe{"not a ca"}.issued_by(w.root).pem(); },
       "C:ca/anchor-not-ca", "=", ""},
      {"another's self-signed leaf in the CA file",
       [](World& w) { w.ca_file = Recipe{"not a ca"}.self_signed().pem(); }, "C:untrusted W:ca/anchor-not-ca", "=", ""},
      {"a leaf beside the CA", [](World& w) { w.ca_file = w.root.pem() + Recipe{"not a ca"}.self_signed().pem(); },
       "W:ca/anchor-not-ca", "=", ""},
      {"issued by an anchor that is no CA", [](World& w) { w.root = Recipe{"root"}.self_signed(); },
       "C:untrusted W:ca/anchor-not-ca", "=", ""},
      {"issued by an anchor that is no CA, beside a good one",
       [](World& w) {
         w.root = Recipe{"root"}.self_signed(), w.ca_file = w.root.pem() + Recipe{"new"}.ca().self_signed().pem();
       },
       "C:untrusted W:ca/anchor-not-ca", "=", ""},
      {"CA without the right to sign certificates",
       [](World& w) { w.root = Recipe{"root"}.ca().key_usage("critical,digitalSignature").self_signed(); },
       "C:untrusted W:ca/anchor-not-ca", "=", ""},
      {"a copy with a damaged block",
       [](World& w) { w.copy = w.root.pem() + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"; },
       "W:ca-copy-differs", "=", ""},
      {"a copy of less than the CA file",
       [](World& w) { w.copy = w.root.pem(), w.ca_file = w.root.pem() + Recipe{"new"}.ca().self_signed().pem(); }, "",
       "=", "="},
      {"trusted certificate labels",
       [](World& w) {
         const auto leaf = w.recipe.issued_by(w.root);
         w.key = leaf.key_pem(), w.cert = leaf.trusted_pem(), w.ca_file = w.root.trusted_pem();
       },
       "", "=", "="},
      {"all at once",
       [](World& w) { w.recipe.dns({"x.example"}), w.issue(Recipe{"elsewhere"}.ca().self_signed()), w.now = day(91); },
       "C:expired C:name-not-covered C:untrusted", "C:expired C:untrusted W:name-not-covered",
       "C:expired I:name-not-covered"},
      {"a client that is well: no SAN, no SKI", [](World& w) { client(w), w.recipe.no_subject_key_id(); }, "", "=",
       "="},
      {"a client of a CA unknown", [](World& w) { client(w), w.issue(Recipe{"elsewhere"}.ca().self_signed()); },
       "C:untrusted", "=", ""},
  };
}

std::vector<Situation> content_situations() {
  return {
      {"a server with clientAuth", [](World& w) { w.recipe.client(); }, "C:connection-manager-refuses C:wrong-purpose",
       "=", "C:connection-manager-refuses"},
      {"a client with serverAuth", [](World& w) { client(w), w.recipe.extended_usage("serverAuth"); },
       "C:wrong-purpose", "=", "="},
      {"both usages", [](World& w) { w.recipe.extended_usage("serverAuth,clientAuth"); }, "", "=", "="},
      {"a server whose key may only sign certificates", [](World& w) { w.recipe.key_usage("critical,keyCertSign"); },
       "C:wrong-purpose", "=", ""},
      {"no extended usage", [](World& w) { w.recipe.extended_usage(""); }, "C:connection-manager-refuses", "=", "="},
      {"no extended usage, PGD 5", [](World& w) { w.recipe.extended_usage(""), w.policy.pgd_version = 5; },
       "I:connection-manager-refuses", "=", "="},
      {"an intermediate for clients only",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().extended_usage("clientAuth").issued_by(w.root);
         w.issue(middle, {middle});
       },
       "C:wrong-purpose", "=", ""},
      {"a leaf that is a CA",
       [](World& w) { w.recipe.basic_constraints("critical,CA:TRUE").key_usage("digitalSignature,keyCertSign"); },
       "C:connection-manager-refuses W:leaf-is-ca", "=", "="},
      {"a client that is a CA",
       [](World& w) {
         client(w), w.recipe.basic_constraints("critical,CA:TRUE").key_usage("digitalSignature,keyCertSign");
       },
       "W:leaf-is-ca", "=", "="},
      {"no basic constraints", [](World& w) { w.recipe.basic_constraints(""); }, "C:connection-manager-refuses", "=",
       "="},
      {"X.509 v1", [](World& w) { w.recipe = Recipe{"n1.example"}.version(1); },
       "C:connection-manager-refuses W:no-san", "=", "="},

      {"leaf signed with SHA-1", [](World& w) { w.recipe.digest("SHA1"); },
       "C:connection-manager-refuses C:weak-signature", "=", "C:connection-manager-refuses W:weak-signature"},
      {"leaf signed with MD5",
       [](World& w) { w.root = Recipe{"root"}.ca().kind(KeyKind::rsa2048).self_signed(), w.recipe.digest("MD5"); },
       "C:connection-manager-refuses C:weak-signature", "=", "C:connection-manager-refuses W:weak-signature"},
      {"intermediate signed with SHA-1",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().digest("SHA1").issued_by(w.root);
         w.issue(middle, {middle});
       },
       "C:weak-signature", "=", "W:weak-signature"},
      {"intermediate signed with SHA-1 in the CA file",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().digest("SHA1").issued_by(w.root);
         w.issue(middle), w.ca_file = middle.pem() + w.root.pem();
       },
       "C:weak-signature I:ca/weak-signature", "=", ""},
      {"root signed with SHA-1", [](World& w) { w.root = Recipe{"root"}.ca().digest("SHA1").self_signed(); },
       "I:ca/weak-signature", "=", ""},
      {"root signed with SHA-1, behind the leaf too",
       [](World& w) { w.root = Recipe{"root"}.ca().digest("SHA1").self_signed(), w.issue(w.root, {w.root}); },
       "I:ca/weak-signature", "=", ""},
      {"leaf with RSA 1024", [](World& w) { w.recipe.kind(KeyKind::rsa1024); }, "C:weak-key", "=", "W:weak-key"},
      {"leaf with P-192", [](World& w) { w.recipe.kind(KeyKind::p192); }, "C:weak-key", "=", "W:weak-key"},
      {"intermediate with RSA 1024",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().kind(KeyKind::rsa1024).issued_by(w.root);
         w.issue(middle, {middle});
       },
       "C:weak-key", "=", "W:weak-key"},
      {"root in use with RSA 1024", [](World& w) { w.root = Recipe{"root"}.ca().kind(KeyKind::rsa1024).self_signed(); },
       "C:weak-key I:ca/weak-key", "=", ""},
      {"root with RSA 1024 beside the one in use",
       [](World& w) { w.ca_file = w.root.pem() + Recipe{"weak"}.ca().kind(KeyKind::rsa1024).self_signed().pem(); },
       "I:ca/weak-key", "=", ""},
      {"Ed25519 throughout",
       [](World& w) {
         w.root = Recipe{"root"}.ca().kind(KeyKind::ed25519).self_signed(), w.recipe.kind(KeyKind::ed25519);
       },
       "", "=", "="},
      {"a client signed with SHA-1", [](World& w) { client(w), w.recipe.digest("SHA1"); }, "C:weak-signature", "=",
       "="},

      {"no SAN, the common name covers", [](World& w) { w.recipe = Recipe{"n1.example"}; },
       "C:connection-manager-refuses W:no-san", "=", "="},
      {"no SAN, nothing covers", [](World& w) { w.recipe = Recipe{"node"}; },
       "C:connection-manager-refuses C:name-not-covered W:no-san",
       "C:connection-manager-refuses W:name-not-covered W:no-san",
       "C:connection-manager-refuses I:name-not-covered W:no-san"},
      {"a required name is missing", [](World& w) { w.targets.required_sans.push_back("group.example"); },
       "C:name-not-covered", "W:name-not-covered", "I:name-not-covered"},
      {"a proxy-r name is missing", [](World& w) { w.targets.required_read_sans = {"proxy-r.example"}; },
       "W:name-not-covered", "I:name-not-covered", "="},
      {"both are missing",
       [](World& w) {
         w.targets.required_sans.push_back("group.example"), w.targets.required_read_sans = {"proxy-r.example"};
       },
       "C:name-not-covered W:name-not-covered", "I:name-not-covered W:name-not-covered",
       "I:name-not-covered I:name-not-covered"},
      {"a wildcard covers, and is nobody's name", [](World& w) { w.recipe.dns({"*.example"}); }, "", "=", "="},
      {"a wildcard does not cover two labels",
       [](World& w) { w.recipe.dns({"*.example"}), w.targets.required_sans = {"n1.a.example"}; }, "C:name-not-covered",
       "W:name-not-covered", "I:name-not-covered"},
      {"a NUL in a name before the right one",
       [](World& w) { w.recipe.dns({std::string("n1.example\0.evil", 16), "n1.example"}); }, "C:name-not-covered",
       "W:name-not-covered", "I:name-not-covered"},
      {"another node's name too", [](World& w) { w.recipe.dns({"n1.example", "N2.example"}); }, "W:foreign-name", "=",
       "="},
      {"another node's certificate", [](World& w) { w.recipe.dns({"n2.example"}); },
       "C:name-not-covered W:foreign-name", "W:foreign-name W:name-not-covered", "I:name-not-covered W:foreign-name"},
      {"no names known", [](World& w) { w.recipe.dns({"whatever"}), w.targets_known = false; }, "", "=", "="},
      {"a client of another name", [](World& w) { client(w), w.recipe = Recipe{"app"}.client(); },
       "C:wrong-common-name", "=", "="},
      {"a client of another name that is configured",
       [](World& w) { client(w), w.recipe = Recipe{"app"}.client(), w.policy.client_common_name = "app"; }, "", "=",
       "="},
      {"a client without common name", [](World& w) { client(w), w.recipe = Recipe{""}.organisation("x").client(); },
       "C:wrong-common-name", "=", "="},
      {"a client whose name nobody asks for",
       [](World& w) { client(w), w.recipe = Recipe{"app"}.client(), w.policy.client_common_name = ""; }, "", "=", "="},
  };
}

}  // namespace pki_world
