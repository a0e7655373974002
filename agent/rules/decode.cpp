#include "agent/rules/decode.hpp"

#include <openssl/crypto.h>
#include <openssl/pem.h>

#include <algorithm>
#include <utility>

#include "agent/rules/facts.hpp"
#include "agent/rules/pem.hpp"
#include "agent/rules/private_key.hpp"

namespace rules {
namespace {

using model::PemEffect;
using model::Position;

struct Parsed {
  common::X509Ptr x509;
  std::string why;
};

/// OpenSSL ignores bytes behind a certificate, unless it looks for trust settings there.
Parsed parse(std::string_view der, bool trusted) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  common::clear_errors();
  common::X509Ptr x509{(trusted ? d2i_X509_AUX : d2i_X509)(nullptr, &bytes, static_cast<long>(der.size()))};
  const std::string why = common::take_errors();
  if (!x509) return {nullptr, why.empty() ? "not a certificate" : why};
  return {std::move(x509), ""};
}

/// One file of certificates into `out`; returns whether there was any certificate block OpenSSL would see.
bool read_certificates(const std::string& text, const std::string& file, bool leaf_first, model::Bundle& bundle,
                       std::vector<model::CertificateRef>& out) {
  int index = 0;  // of blocks
  int seen = 0;   // by OpenSSL
  for_each_block(text, [&](const PemBlock& block) {
    if (!is_certificate_label(block.label)) return true;
    const auto bad = [&](std::string why, PemEffect effect = PemEffect::refuses_file) {
      bundle.pem_problems.push_back({file, index, block.line, std::move(why), effect});
    };
    if (index == certificates_per_file) {
      bad("more than " + std::to_string(certificates_per_file) + " certificates, the rest was not read",
          PemEffect::takes);
      return false;
    }
    if (block.passed_over) {
      bad(std::string(block.flaw), PemEffect::passes_over);
      ++index;
      return true;
    }
    const bool leaf = leaf_first && seen == 0;
    const PemContent content{block};
    if (!content.readable()) {
      bad(content.why());
    } else if (!content.header().empty()) {
      bad("it has PEM headers, which certificates do not");
    } else if (auto parsed = parse(content.der(), block.label == PEM_STRING_X509_TRUSTED || leaf); !parsed.x509) {
      bad(std::move(parsed.why));
    } else {
      const auto position = !leaf_first ? Position::anchor : leaf ? Position::leaf : Position::intermediate;
      if (auto certificate = describe(std::move(parsed.x509), position, index)) {
        out.push_back(std::move(certificate));
      } else {
        bad("its validity is not a time", PemEffect::takes);
      }
    }
    ++index;
    ++seen;
    return true;
  });
  return seen > 0;
}

void wipe(std::string& bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

/// The reader's problems less those with an optional file, and one for each required file that is absent without one.
std::vector<model::FileProblem> file_problems(const model::SecretFiles& files, bool leaf_role,
                                              const model::SecretFileNames& names) {
  std::vector<model::FileProblem> problems;
  for (const auto& problem : files.problems) {
    const bool needed = leaf_role ? problem.file != names.ca : problem.file == names.ca || problem.file.empty();
    if (needed) problems.push_back(problem);
  }
  const auto require = [&](bool present, const std::string& file) {
    const auto known = [&](const model::FileProblem& p) { return p.file == file || p.file.empty(); };
    if (present || std::any_of(problems.begin(), problems.end(), known)) return;
    problems.push_back({file, model::ReadError::missing, ""});
  };
  if (leaf_role) {
    require(files.cert.has_value(), names.cert);
    require(files.key.has_value(), names.key);
  } else {
    require(files.ca.has_value(), names.ca);
  }
  return problems;
}

}  // namespace

model::Bundle decode(model::SecretFiles files, model::SecretRole role, model::Source source,
                     const model::SecretFileNames& names) {
  const bool leaf_role = !is_ca(role);
  model::Bundle bundle;
  bundle.role = role;
  bundle.source = source;
  bundle.names = names;
  bundle.file_problems = file_problems(files, leaf_role, names);
  bundle.rotatable = files.rotatable;
  bundle.changed_at = files.changed_at;
  if (leaf_role && files.cert) {
    bundle.cert_uid = files.cert->uid;
    bundle.cert_file_empty = !read_certificates(files.cert->bytes, names.cert, true, bundle, bundle.chain);
  }
  if (files.ca) {
    const bool any = read_certificates(files.ca->bytes, names.ca, false, bundle, bundle.anchors);
    if (!leaf_role) bundle.cert_file_empty = !any;
  }
  if (leaf_role && files.key) {
    const auto* leaf = bundle.leaf();
    auto key = compare_key(files.key->bytes.view(), leaf ? leaf->x509.get() : nullptr);
    bundle.key = key.state;
    bundle.key_fingerprint = std::move(key.fingerprint);
    bundle.key_detail = std::move(key.detail);
    bundle.key_mode = files.key->mode;
    bundle.key_uid = files.key->uid;
  }
  // Somebody may have put the key into the certificate's file too.
  if (files.cert) wipe(files.cert->bytes);
  if (files.ca) wipe(files.ca->bytes);
  bundle.directory = std::move(files.directory);
  bundle.content_hash = std::move(files.content_hash);
  bundle.generation = std::move(files.generation);
  return bundle;
}

std::vector<model::CertificateRef> decode_chain(const std::vector<std::string>& der) {
  std::vector<model::CertificateRef> chain;
  for (int index = 0; index < static_cast<int>(der.size()) && index < certificates_per_file; ++index) {
    auto parsed = parse(der[static_cast<std::size_t>(index)], false);
    if (!parsed.x509) continue;
    auto certificate = describe(std::move(parsed.x509), index == 0 ? Position::leaf : Position::intermediate, index);
    if (certificate) chain.push_back(std::move(certificate));
  }
  return chain;
}

}  // namespace rules
