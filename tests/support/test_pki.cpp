#include "tests/support/test_pki.hpp"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>

namespace support {
namespace {

void must(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("test PKI: ") + what + ": " + common::take_errors());
}

SharedKey share(EVP_PKEY* key) {
  must(key != nullptr, "key generation");
  return {key, EVP_PKEY_free};
}

SharedKey pooled_rsa(unsigned bits, std::array<SharedKey, 4>& pool, std::size_t& next) {
  auto& slot = pool[next++ % pool.size()];
  if (!slot) slot = share(EVP_RSA_gen(bits));
  return slot;
}

std::string drain(const common::BioPtr& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

common::BioPtr memory() { return common::BioPtr{BIO_new(BIO_s_mem())}; }

void add_extension(X509* x509, X509* issuer, int nid, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr, value.c_str());
  must(X509_add_ext(x509, extension, -1) == 1, "add extension");
  X509_EXTENSION_free(extension);
}

void push(GENERAL_NAMES* names, int type, const std::string& value) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  if (type == GEN_IPADD) {
    GENERAL_NAME_set0_value(name, type, a2i_IPADDRESS(value.c_str()));
  } else {
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    ASN1_STRING_set(text, value.data(), static_cast<int>(value.size()));
    GENERAL_NAME_set0_value(name, type, text);
  }
  sk_GENERAL_NAME_push(names, name);
}

void set_time(ASN1_TIME* field, common::WallTime time, const std::string& text) {
  if (!text.empty()) {
    must(ASN1_STRING_set(field, text.data(), static_cast<int>(text.size())) == 1, "time");
    field->type = V_ASN1_GENERALIZEDTIME;
  } else {
    must(ASN1_TIME_set(field, std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()) != nullptr,
         "time");
  }
}

void add_entry(X509_NAME* name, const char* field, const std::string& value) {
  if (value.empty()) return;
  must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                  static_cast<int>(value.size()), -1, 0) == 1,
       "subject");
}

}  // namespace

SharedKey make_key(KeyKind kind) {
  static std::array<SharedKey, 4> weak, usual;
  static std::size_t next_weak = 0, next_usual = 0;
  switch (kind) {
    case KeyKind::p256: return share(EVP_EC_gen("P-256"));
    case KeyKind::p192: return share(EVP_EC_gen("prime192v1"));
    case KeyKind::ed25519: return share(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    case KeyKind::rsa1024: return pooled_rsa(1024, weak, next_weak);
    case KeyKind::rsa2048: return pooled_rsa(2048, usual, next_usual);
  }
  throw std::logic_error("test PKI: unknown kind of key");
}

std::string Minted::pem() const {
  const auto bio = memory();
  must(PEM_write_bio_X509(bio.get(), x509.get()) == 1, "PEM");
  return drain(bio);
}

std::string Minted::trusted_pem() const {
  common::X509Ptr copy{X509_dup(x509.get())};
  for (const int nid : {NID_server_auth, NID_client_auth}) X509_add1_trust_object(copy.get(), OBJ_nid2obj(nid));
  const auto bio = memory();
  must(PEM_write_bio_X509_AUX(bio.get(), copy.get()) == 1, "PEM");
  return drain(bio);
}

std::string Minted::der() const {
  const auto bio = memory();
  must(i2d_X509_bio(bio.get(), x509.get()) == 1, "DER");
  return drain(bio);
}

std::string Minted::key_pem(KeyForm form) const {
  const auto bio = memory();
  std::string pass = "secret";
  auto* phrase = reinterpret_cast<unsigned char*>(pass.data());
  const int length = static_cast<int>(pass.size());
  switch (form) {
    case KeyForm::pkcs8:
      must(PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1, "key");
      break;
    case KeyForm::encrypted_pkcs8:
      must(PEM_write_bio_PrivateKey(bio.get(), key.get(), EVP_aes_128_cbc(), phrase, length, nullptr, nullptr) == 1,
           "key");
      break;
    case KeyForm::encrypted_traditional:
      must(PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), EVP_aes_128_cbc(), phrase, length, nullptr,
                                                nullptr) == 1,
           "key");
      break;
    case KeyForm::with_parameters:
      must(PEM_write_bio_Parameters(bio.get(), key.get()) == 1, "parameters");
      [[fallthrough]];
    case KeyForm::traditional:
      must(PEM_write_bio_PrivateKey_traditional(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
           "key");
      break;
  }
  return drain(bio);
}

Recipe& Recipe::ca() {
  basic_constraints_ = "critical,CA:TRUE";
  key_usage_ = "critical,keyCertSign,cRLSign";
  extended_usage_.clear();
  to_ = from_ + std::chrono::hours{24 * 3650};
  return *this;
}

Minted Recipe::make(const Minted* issuer) const {
  static long next_serial = 0x1001;
  Minted made{common::X509Ref{X509_new(), X509_free}, key_ ? key_ : make_key(kind_)};
  X509* x509 = made.x509.get();
  X509* parent = issuer ? issuer->x509.get() : x509;
  X509_set_version(x509, version_ - 1);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), serial_ ? *serial_ : next_serial++);
  set_time(X509_getm_notBefore(x509), from_, from_text_);
  set_time(X509_getm_notAfter(x509), to_, to_text_);
  X509_set_pubkey(x509, made.key.get());
  add_entry(X509_get_subject_name(x509), "O", organisation_);
  add_entry(X509_get_subject_name(x509), "CN", common_name_);
  X509_set_issuer_name(x509, X509_get_subject_name(parent));
  if (version_ == 3) {
    if (skid_) add_extension(x509, parent, NID_subject_key_identifier, "hash");
    const bool parent_has_id = X509_get_ext_by_NID(parent, NID_subject_key_identifier, -1) >= 0;
    if (parent_has_id) add_extension(x509, parent, NID_authority_key_identifier, akid_);
    add_extension(x509, parent, NID_basic_constraints, basic_constraints_);
    add_extension(x509, parent, NID_key_usage, key_usage_);
    add_extension(x509, parent, NID_ext_key_usage, extended_usage_);
    add_extension(x509, parent, NID_name_constraints, name_constraints_);
    if (!dns_.empty() || !ip_.empty() || !uri_.empty()) {
      const std::unique_ptr<GENERAL_NAMES, common::Deleter<GENERAL_NAMES_free>> names{GENERAL_NAMES_new()};
      if (!uri_.empty()) push(names.get(), GEN_URI, uri_);
      for (const auto& name : dns_) push(names.get(), GEN_DNS, name);
      for (const auto& address : ip_) push(names.get(), GEN_IPADD, address);
      must(X509_add1_ext_i2d(x509, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1, "SAN");
    }
  }
  EVP_PKEY* signer = issuer ? issuer->key.get() : made.key.get();
  const EVP_MD* digest =
      EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_get_digestbyname(digest_.c_str());
  must(X509_sign(x509, signer, digest) > 0, "sign");
  // What is judged is what was encoded: a made certificate caches nothing of its extensions.
  const std::string encoded = made.der();
  const auto* bytes = reinterpret_cast<const unsigned char*>(encoded.data());
  made.x509 = common::X509Ref{d2i_X509(nullptr, &bytes, static_cast<long>(encoded.size())), X509_free};
  must(made.x509 != nullptr, "encode");
  common::clear_errors();
  return made;
}

model::SecretFiles secret_files(std::string cert, std::string key, std::string ca) {
  model::SecretFiles files;
  files.directory = "/secrets/test";
  files.generation = "..2026_01_01_00_00_00.1";
  files.content_hash = common::sha256_hex(cert + '\0' + key + '\0' + ca);
  files.changed_at = pki_epoch;
  if (!cert.empty()) files.cert = model::SecretFile{std::move(cert), 0100440, 0};
  if (!key.empty()) files.key = model::SecretKeyFile{common::SecretBytes{std::move(key)}, 0100440, 0};
  if (!ca.empty()) files.ca = model::SecretFile{std::move(ca), 0100440, 0};
  return files;
}

}  // namespace support
