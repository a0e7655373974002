// Situations of files, keys and dates.
#include "tests/rules/pki_world.hpp"

namespace pki_world {
namespace {

using namespace std::chrono_literals;
using model::ReadError;
using model::Source;
using support::KeyForm;
using support::KeyKind;

const char* const junk = "-----BEGIN CERTIFICATE-----\nMIIBtjCCAV!!\n-----END CERTIFICATE-----\n";

void written(World& w, std::uint32_t mode, std::uint32_t uid) {
  w.source = Source::written;
  w.key_mode = mode;
  w.key_uid = uid;
}

/// A CA that lives shorter than usual, and a leaf of it from one day to another.
void young(World& w, int ca_days, int leaf_from, int leaf_to, int now) {
  w.root = Recipe{"root"}.ca().lives(24h * ca_days).self_signed();
  w.recipe.valid(day(leaf_from), day(leaf_to));
  w.now = day(now);
}

}  // namespace

std::vector<Situation> file_situations() {
  return {
      {"all is well", [](World&) {}, "", "=", "="},
      {"no tls.crt", [](World& w) { w.cert = "-", w.key = Recipe{}.self_signed().key_pem(); }, "C:missing-file", "=",
       "="},
      {"no tls.key", [](World& w) { w.key = "-"; }, "C:missing-file", "=", "="},
      {"neither", [](World& w) { w.cert = w.key = "-"; }, "C:missing-file C:missing-file", "=", "="},
      {"no directory", [](World& w) { w.cert = w.key = "-", w.problems = {{"", ReadError::missing, ""}}; },
       "C:missing-file", "=", "="},
      {"tls.crt not readable",
       [](World& w) {
         w.cert = "-", w.key = Recipe{}.self_signed().key_pem(),
         w.problems = {{"tls.crt", ReadError::permission, "permission denied"}};
       },
       "C:unreadable", "=", "="},
      {"tls.key a directory", [](World& w) { w.key = "-", w.problems = {{"tls.key", ReadError::not_a_file, ""}}; },
       "C:unreadable", "=", "="},
      {"the leaf's block is bad", [](World& w) { w.cert = junk, w.key = Recipe{}.self_signed().key_pem(); },
       "C:malformed-pem", "=", "="},
      {"the intermediate's block is bad, and the chain breaks of it",
       [](World& w) { w.issue(Recipe{"middle"}.ca().issued_by(w.root)), w.cert += junk; }, "C:malformed-pem", "=", "="},
      {"no block in tls.crt", [](World& w) { w.cert = "# later\n", w.key = Recipe{}.self_signed().key_pem(); },
       "C:no-certificate", "=", "="},
      {"no ca.crt", [](World& w) { w.ca_file = "-"; }, "C:ca/missing-file", "=", ""},
      {"ca.crt too large", [](World& w) { w.ca_file = "-", w.ca_problems = {{"ca.crt", ReadError::too_large, ""}}; },
       "C:ca/unreadable", "=", ""},
      {"a bad block beside the right CA", [](World& w) { w.ca_file = w.root.pem() + junk; }, "C:ca/malformed-pem", "=",
       ""},
      {"a byte order mark at the start, which OpenSSL skips",
       [](World& w) {
         const auto leaf = w.recipe.issued_by(w.root);
         w.leaf(leaf), w.cert = "\xef\xbb\xbf" + leaf.pem();
       },
       "", "=", "="},
      {"a byte order mark in the second line: OpenSSL sees no certificate",
       [](World& w) {
         const auto leaf = w.recipe.issued_by(w.root);
         w.leaf(leaf), w.cert = "\n\xef\xbb\xbf" + leaf.pem();
       },
       "C:malformed-pem C:no-certificate", "=", "="},
      {"a blank before a second CA", [](World& w) { w.ca_file = w.root.pem() + " " + w.root.pem(); },
       "W:ca/malformed-pem", "=", ""},
      {"a blank before the only CA", [](World& w) { w.ca_file = " " + w.root.pem(); },
       "C:ca/no-certificate W:ca/malformed-pem", "=", ""},
      {"a CA whose end is no time beside the right one",
       [](World& w) { w.ca_file = w.root.pem() + Recipe{"x"}.ca().ends_at("20269931000000Z").self_signed().pem(); },
       "W:ca/malformed-pem", "=", ""},
      {"the right CA is the bad block", [](World& w) { w.ca_file = Recipe{"other"}.ca().self_signed().pem() + junk; },
       "C:ca/malformed-pem", "=", ""},
      {"no block in ca.crt", [](World& w) { w.ca_file = "none"; }, "C:ca/no-certificate", "=", ""},
      {"a client without its files", [](World& w) { w.role = model::SecretRole::client, w.cert = w.key = "-"; },
       "C:missing-file C:missing-file", "=", "="},

      {"another key", [](World& w) { w.key = Recipe{}.self_signed().key_pem(); }, "C:key-mismatch", "=", "="},
      {"another key, not settled", [](World& w) { w.key = Recipe{}.self_signed().key_pem(), w.settled = false; }, "",
       "=", "="},
      {"an RSA key to an EC certificate",
       [](World& w) { w.key = Recipe{}.kind(KeyKind::rsa2048).self_signed().key_pem(KeyForm::traditional); },
       "C:key-mismatch", "=", "="},
      {"encrypted PKCS#8", [](World& w) { w.key = Recipe{}.self_signed().key_pem(KeyForm::encrypted_pkcs8); },
       "C:key-encrypted", "=", "="},
      {"encrypted SEC1", [](World& w) { w.key = Recipe{}.self_signed().key_pem(KeyForm::encrypted_traditional); },
       "C:key-encrypted", "=", "="},
      {"no key in tls.key", [](World& w) { w.key = "nothing"; }, "C:malformed-pem", "=", "="},
      {"the certificate in tls.key", [](World& w) { w.key = w.root.pem(); }, "C:malformed-pem", "=", "="},
      {"SEC1 with parameters",
       [](World& w) {
         const auto leaf = w.recipe.issued_by(w.root);
         w.key = leaf.key_pem(KeyForm::with_parameters), w.leaf(leaf);
       },
       "", "=", "="},
      {"RSA, PKCS#1",
       [](World& w) {
         const auto leaf = w.recipe.kind(KeyKind::rsa2048).issued_by(w.root);
         w.key = leaf.key_pem(KeyForm::traditional), w.leaf(leaf);
       },
       "", "=", "="},
      {"key for everybody, mounted", [](World& w) { w.key_mode = 0644; }, "I:key-permissions", "=", "="},
      {"key for the group, mounted", [](World& w) { w.key_mode = 0640; }, "", "=", "="},
      {"key 0600, written", [](World& w) { written(w, 0600, 26); }, "", "=", "="},
      {"root's key 0640, written", [](World& w) { written(w, 0640, 0); }, "", "=", "="},
      {"own key 0640, written", [](World& w) { written(w, 0640, 26); }, "C:key-permissions", "=", "="},
      {"root's key 0644, written", [](World& w) { written(w, 0644, 0); }, "C:key-permissions", "=", "="},
      {"another user's key 0600, written", [](World& w) { written(w, 0600, 27), w.cert_uid = 26; }, "C:key-permissions",
       "=", "="},
      {"root's key 0640 beside the user's certificate, written", [](World& w) { written(w, 0640, 0), w.cert_uid = 26; },
       "", "=", "="},
      {"a key 0600 beside root's certificate, written", [](World& w) { written(w, 0600, 26), w.cert_uid = 0; }, "", "=",
       "="},
      {"another user's key, mounted", [](World& w) { w.key_uid = 27, w.cert_uid = 26; }, "", "=", "="},
      {"a mount that never follows", [](World& w) { w.rotatable = false; }, "W:not-rotatable", "=", "="},
      {"a CA mount that never follows", [](World& w) { w.ca_rotatable = false; }, "W:ca/not-rotatable", "=", ""},
      {"plain files where they are written",
       [](World& w) { written(w, 0600, 26), w.rotatable = w.ca_rotatable = false; }, "", "=", "="},
  };
}

std::vector<Situation> date_situations() {
  return {
      {"leaf expired", [](World& w) { w.now = day(91); }, "C:expired", "=", "="},
      {"leaf expires this second", [](World& w) { w.now = day(90); }, "C:expired", "=", "="},
      {"leaf in its last second", [](World& w) { w.now = day(90) - 1s; }, "C:expires-soon W:renewal-overdue", "=", "="},
      {"leaf starts in 3 minutes", [](World& w) { w.now = day(0) - 3min; }, "W:ca/not-yet-valid W:not-yet-valid", "=",
       "W:not-yet-valid"},
      {"leaf starts tomorrow", [](World& w) { w.recipe.valid(day(11), day(90)); }, "C:not-yet-valid", "=", "="},
      {"leaf overdue for renewal", [](World& w) { w.now = day(64); }, "W:renewal-overdue", "=", "="},
      {"leaf in its last sixth", [](World& w) { w.now = day(76); }, "W:expires-soon W:renewal-overdue", "=", "="},
      {"leaf in its last fifteenth", [](World& w) { w.now = day(85); }, "C:expires-soon W:renewal-overdue", "=", "="},
      {"a long leaf warns 30 days before",
       [](World& w) { w.recipe.valid(day(0), day(3000)), w.policy.renew_before = 24h, w.now = day(2971); },
       "W:expires-soon", "=", "="},
      {"renewBefore says earlier", [](World& w) { w.policy.renew_before = 24h * 40, w.now = day(54); },
       "W:renewal-overdue", "=", "="},
      {"renewBefore says later", [](World& w) { w.policy.renew_before = 24h * 10, w.now = day(70); }, "", "=", "="},
      {"renewBefore longer than the life counts as a third",
       [](World& w) { w.policy.renew_before = 24h * 120, w.now = day(40); }, "", "=", "="},
      {"intermediate expired",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().lives(24h * 9).issued_by(w.root);
         w.issue(middle, {middle});
       },
       "C:expired", "=", "="},
      {"intermediate expired in the CA file",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().lives(24h * 9).issued_by(w.root);
         w.issue(middle), w.ca_file = middle.pem() + w.root.pem();
       },
       "C:expired W:ca/expired", "=", ""},
      {"intermediate in the CA file starts tomorrow",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().valid(day(11), day(900)).issued_by(w.root);
         w.issue(middle), w.ca_file = middle.pem() + w.root.pem();
       },
       "C:not-yet-valid W:ca/not-yet-valid", "=", ""},
      {"intermediate starts tomorrow",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().valid(day(11), day(900)).issued_by(w.root);
         w.issue(middle, {middle});
       },
       "C:not-yet-valid", "=", "="},
      {"an expired certificate that the chain does without",
       [](World& w) { w.issue(w.root, {Recipe{"old"}.ca().lives(24h).self_signed()}); }, "W:expired", "=", "C:expired"},
      {"intermediate expires soon and first",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().lives(24h * 60).issued_by(w.root);
         w.issue(middle, {middle}), w.now = day(46);
       },
       "W:ca-expires-first W:expires-soon", "=", "W:expires-soon"},
      {"intermediate ends first, long before",
       [](World& w) {
         const auto middle = Recipe{"middle"}.ca().lives(24h * 60).issued_by(w.root);
         w.issue(middle, {middle});
       },
       "I:ca-expires-first", "=", ""},
      {"CA ends first, long before", [](World& w) { young(w, 85, 0, 90, 10); }, "I:ca-expires-first", "=", ""},
      {"CA ends first, soon", [](World& w) { young(w, 85, 0, 90, 64); },
       "W:ca-expires-first W:ca/expires-soon W:renewal-overdue", "=", "W:renewal-overdue"},
      {"CA and leaf of equal end", [](World& w) { young(w, 90, 0, 90, 10); }, "", "=", "="},
      {"CA in its last quarter", [](World& w) { young(w, 100, 70, 95, 76); }, "W:ca/expires-soon", "=", ""},
      {"CA in its last twelfth", [](World& w) { young(w, 100, 92, 99, 93); }, "C:ca/expires-soon", "=", ""},
      {"CA in its last twelfth beside one that outlives it",
       [](World& w) { young(w, 100, 92, 99, 93), w.ca_file = w.root.pem() + Recipe{"new"}.ca().self_signed().pem(); },
       "W:ca/expires-soon", "=", ""},
      {"CA expired", [](World& w) { young(w, 100, 92, 150, 101); }, "C:ca/expired", "=", ""},
      {"CA expired beside a good one that is in use",
       [](World& w) { w.ca_file = Recipe{"old"}.ca().lives(24h * 5).self_signed().pem() + w.root.pem(); },
       "W:ca/expired", "=", ""},
      {"CA in use expired beside a good one",
       [](World& w) { young(w, 100, 92, 150, 101), w.ca_file = w.root.pem() + Recipe{"new"}.ca().self_signed().pem(); },
       "C:expired W:ca/expired", "=", ""},
      {"both CAs expired",
       [](World& w) {
         young(w, 100, 92, 150, 101), w.ca_file = w.root.pem() + Recipe{"new"}.ca().lives(24h).self_signed().pem();
       },
       "C:ca/expired C:ca/expired", "=", ""},
      {"CA starts tomorrow", [](World& w) { w.root = Recipe{"root"}.ca().valid(day(11), day(900)).self_signed(); },
       "C:ca/not-yet-valid", "=", ""},
      {"CA in use starts tomorrow beside a good one",
       [](World& w) {
         w.root = Recipe{"root"}.ca().valid(day(11), day(900)).self_signed(),
         w.ca_file = w.root.pem() + Recipe{"new"}.ca().self_signed().pem();
       },
       "C:not-yet-valid W:ca/not-yet-valid", "=", ""},
      {"years that no clock holds",
       [](World& w) {
         w.recipe.ends_at("99991231235959Z"), w.root = Recipe{"root"}.ca().ends_at("99991231235959Z").self_signed();
       },
       "", "=", "="},
  };
}

}  // namespace pki_world
