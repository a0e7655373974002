// Certificates for tests, made in process: a recipe says what shall be in one, right or wrong; making it takes
// microseconds (P-256) or a cached key (RSA). Nothing here is fit for anything but tests.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/model/pki.hpp"
#include "common/openssl.hpp"
#include "common/time.hpp"

namespace support {

/// The tests' day zero; validity that is not given starts here.
inline constexpr common::WallTime pki_epoch{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

enum class KeyKind { p256, rsa1024, rsa2048, ed25519, p192 };
/// `traditional` is PKCS#1 or SEC1 (Ed25519 has none: PKCS#8), `with_parameters` an EC PARAMETERS block before SEC1.
/// The passphrase of encrypted keys is "secret".
enum class KeyForm { pkcs8, traditional, with_parameters, encrypted_pkcs8, encrypted_traditional };

using SharedKey = std::shared_ptr<EVP_PKEY>;
/// A key of the kind. EC and Ed25519: a new one each time; RSA: from a pool of four.
SharedKey make_key(KeyKind kind);

/// A certificate and its key, as issued. A value; copies share.
struct Minted {
  common::X509Ref x509;
  SharedKey key;

  [[nodiscard]] std::string pem() const;
  /// With label "TRUSTED CERTIFICATE", accepted for server and client authentication.
  [[nodiscard]] std::string trusted_pem() const;
  [[nodiscard]] std::string der() const;
  [[nodiscard]] std::string key_pem(KeyForm form = KeyForm::pkcs8) const;
};

/// What shall be in a certificate. Without more: X.509 v3, P-256, SHA-256, CA:FALSE, digitalSignature, serverAuth, SKI
/// and AKI, valid for 90 days from pki_epoch.
class Recipe {
 public:
  explicit Recipe(std::string common_name = "leaf") : common_name_(std::move(common_name)) {}

  Recipe& organisation(std::string name) { return set(organisation_, std::move(name)); }
  Recipe& dns(std::vector<std::string> names) { return set(dns_, std::move(names)); }  ///< may hold NULs
  Recipe& ip(std::vector<std::string> addresses) { return set(ip_, std::move(addresses)); }
  Recipe& uri(std::string uri) { return set(uri_, std::move(uri)); }
  Recipe& extended_usage(std::string usage) { return set(extended_usage_, std::move(usage)); }  ///< "" = none
  Recipe& key_usage(std::string usage) { return set(key_usage_, std::move(usage)); }            ///< "" = none
  Recipe& client() { return extended_usage("clientAuth"); }
  /// CA:TRUE, keyCertSign and cRLSign, no extended usage, ten years.
  Recipe& ca();
  Recipe& basic_constraints(std::string value) { return set(basic_constraints_, std::move(value)); }  ///< "" = none
  Recipe& name_constraints(std::string value) { return set(name_constraints_, std::move(value)); }
  Recipe& valid(common::WallTime from, common::WallTime to) { return set(from_, from).set(to_, to); }
  /// From pki_epoch, to pki_epoch + duration.
  Recipe& lives(std::chrono::seconds duration) { return valid(pki_epoch, pki_epoch + duration); }
  /// GeneralizedTime as text ("99991231235959Z"), for what WallTime can't hold.
  Recipe& ends_at(std::string text) { return set(to_text_, std::move(text)); }
  Recipe& starts_at(std::string text) { return set(from_text_, std::move(text)); }
  Recipe& kind(KeyKind kind) { return set(kind_, kind); }
  Recipe& key(SharedKey key) { return set(key_, std::move(key)); }  ///< an existing key: the same CA renewed
  Recipe& digest(const char* name) { return set(digest_, std::string(name)); }
  Recipe& version(int version) { return set(version_, version); }  ///< 1 has no extensions
  Recipe& serial(long serial) { return set(serial_, serial); }
  Recipe& no_subject_key_id() { return set(skid_, false); }
  Recipe& authority_key_id(std::string value) {
    return set(akid_, std::move(value));
  }  ///< "" = none; "keyid,issuer:always"

  [[nodiscard]] Minted self_signed() const { return make(nullptr); }
  [[nodiscard]] Minted issued_by(const Minted& issuer) const { return make(&issuer); }

 private:
  template <class Field, class Value>
  Recipe& set(Field& field, Value&& value) {
    field = std::forward<Value>(value);
    return *this;
  }
  [[nodiscard]] Minted make(const Minted* issuer) const;

  std::string common_name_, organisation_, uri_;
  std::vector<std::string> dns_, ip_;
  std::string extended_usage_ = "serverAuth", key_usage_ = "critical,digitalSignature";
  std::string basic_constraints_ = "critical,CA:FALSE", name_constraints_, akid_ = "keyid";
  common::WallTime from_ = pki_epoch, to_ = pki_epoch + std::chrono::hours{24 * 90};
  std::string from_text_, to_text_;
  KeyKind kind_ = KeyKind::p256;
  SharedKey key_;
  std::string digest_ = "SHA256";
  int version_ = 3;
  std::optional<long> serial_;
  bool skid_ = true;
};

/// The files of a Secret, mode 0440 and owned by root; "" = the file is not there.
model::SecretFiles secret_files(std::string cert, std::string key, std::string ca);

}  // namespace support
