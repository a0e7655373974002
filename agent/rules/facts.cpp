#include "agent/rules/facts.hpp"

#include <arpa/inet.h>

#include <array>
#include <ctime>
#include <memory>
#include <optional>

namespace rules {
namespace {

using common::Deleter;
using common::WallTime;

constexpr std::size_t names_kept = 1000;
constexpr std::size_t name_limit = 255;
constexpr WallTime earliest_time{std::chrono::sys_days{std::chrono::year{1678} / 1 / 1}};
constexpr WallTime latest_time{std::chrono::sys_days{std::chrono::year{2261} / 12 / 31}};

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string hex(const ASN1_OCTET_STRING* id) {
  // At most 64 bytes of an identifier that has no bound of its own.
  if (!id) return "";
  return hex(ASN1_STRING_get0_data(id), std::min<std::size_t>(static_cast<std::size_t>(ASN1_STRING_length(id)), 64));
}

std::string_view view(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::optional<WallTime> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  using namespace std::chrono;
  const auto day = sys_days{year{parts.tm_year + 1900} / (parts.tm_mon + 1) / parts.tm_mday};
  const sys_seconds exact = day + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
  if (exact <= floor<seconds>(earliest_time)) return earliest_time;
  if (exact >= floor<seconds>(latest_time)) return latest_time;
  return exact;
}

/// RFC 2253, pure ASCII: OpenSSL escapes control characters and everything above 127.
std::string distinguished_name(const X509_NAME* name) {
  const common::BioPtr bio{BIO_new(BIO_s_mem())};
  if (!bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return "";
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return printable({data, static_cast<std::size_t>(size > 0 ? size : 0)});
}

std::string first_common_name(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return "";
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return "";
  std::string common_name(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
  return common_name;
}

std::string serial_of(X509* x509) {
  const std::unique_ptr<BIGNUM, Deleter<BN_free>> number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nullptr)};
  if (!number) return "";
  char* text = BN_bn2hex(number.get());
  std::string serial = text ? text : "";
  OPENSSL_free(text);
  for (char& c : serial) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return printable(serial);
}

std::string key_of(X509* x509) {
  EVP_PKEY* key = X509_get0_pubkey(x509);
  if (!key) return "unknown";
  const std::string bits = std::to_string(EVP_PKEY_get_bits(key));
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return "RSA " + bits;
    case EVP_PKEY_RSA_PSS: return "RSA-PSS " + bits;
    case EVP_PKEY_DSA: return "DSA " + bits;
    case EVP_PKEY_ED25519: return "Ed25519";
    case EVP_PKEY_ED448: return "Ed448";
    case EVP_PKEY_EC: break;
    default: {
      const char* name = EVP_PKEY_get0_type_name(key);
      return (name ? std::string(name) : "unknown") + " " + bits;
    }
  }
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) != 1) return "EC " + bits;
  const char* nist = EC_curve_nid2nist(OBJ_sn2nid(group.data()));
  return std::string("EC ") + (nist ? nist : group.data());
}

std::string signature_of(const X509* x509) {
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(nullptr, &algorithm, x509);
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  std::array<char, 80> text{};
  if (OBJ_obj2txt(text.data(), text.size(), object, 0) <= 0) return "unknown";
  return printable(text.data());
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(address) != 16) return "";
  return inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size()) ? text.data() : "";
}

void read_alternative_names(X509* x509, model::Certificate& facts) {
  const std::unique_ptr<GENERAL_NAMES, Deleter<GENERAL_NAMES_free>> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (facts.dns_names.size() + facts.ip_addresses.size() >= names_kept) return;
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type == GEN_DNS) {
      facts.dns_names.push_back(printable(view(static_cast<const ASN1_STRING*>(value)), name_limit));
    } else if (type == GEN_IPADD) {
      if (auto text = address_text(static_cast<const ASN1_OCTET_STRING*>(value)); !text.empty()) {
        facts.ip_addresses.push_back(std::move(text));
      }
    }
  }
}

std::string fingerprint(const X509* x509) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(x509, EVP_sha256(), digest.data(), &size) != 1) return "";
  return hex(digest.data(), size);
}

}  // namespace

model::CertificateRef describe(common::X509Ptr x509, model::Position position, int index) {
  common::clear_errors();
  const auto from = time_of(X509_get0_notBefore(x509.get()));
  const auto to = time_of(X509_get0_notAfter(x509.get()));
  if (!from || !to) {
    common::clear_errors();
    return nullptr;
  }
  auto facts = std::make_shared<model::Certificate>();
  X509* raw = x509.get();
  facts->position = position;
  facts->index = index;
  facts->subject = distinguished_name(X509_get_subject_name(raw));
  facts->issuer = distinguished_name(X509_get_issuer_name(raw));
  facts->common_name = first_common_name(X509_get_subject_name(raw));
  facts->serial = serial_of(raw);
  facts->fingerprint_sha256 = fingerprint(raw);
  facts->not_before = *from;
  facts->not_after = *to;
  read_alternative_names(raw, *facts);
  const auto flags = X509_get_extension_flags(raw);
  facts->is_ca = (flags & EXFLAG_CA) || ((flags & EXFLAG_V1) && (flags & EXFLAG_SS));
  facts->self_issued = X509_NAME_cmp(X509_get_subject_name(raw), X509_get_issuer_name(raw)) == 0;
  facts->key = key_of(raw);
  facts->signature = signature_of(raw);
  facts->subject_key_id = hex(X509_get0_subject_key_id(raw));
  facts->authority_key_id = hex(X509_get0_authority_key_id(raw));
  facts->x509 = std::move(x509);
  common::clear_errors();
  return facts;
}

std::string printable(std::string_view text, std::size_t limit) {
  static constexpr char digits[] = "0123456789ABCDEF";
  static constexpr std::string_view cut = "...";
  std::string out;
  std::size_t fits = 0;  // where to cut so that the mark still fits
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      out += c;
    } else {
      out += {'\\', digits[byte >> 4], digits[byte & 15]};
    }
    if (out.size() + cut.size() <= limit) fits = out.size();
    if (out.size() > limit) {
      out.resize(fits);
      return out.append(cut);
    }
  }
  return out;
}

std::string subject_of(const model::Certificate& certificate) {
  if (!certificate.subject.empty()) return certificate.subject;
  return "serial " + certificate.serial;
}

}  // namespace rules
