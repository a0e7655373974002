#include "agent/rules/diagnosis.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

#include "agent/rules/facts.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::CertificateRef;
using model::Code;

std::string issuer_of(const Certificate& certificate) {
  return certificate.issuer.empty() ? "a CA without a name" : certificate.issuer;
}

bool named_as_issuer_of(const Certificate& issuer, const Certificate& issued) {
  return X509_NAME_cmp(X509_get_subject_name(issuer.x509.get()), X509_get_issuer_name(issued.x509.get())) == 0;
}

/// By key identifiers where both have one, which costs nothing; else by the signature.
bool has_signing_key_of(const Certificate& issuer, const Certificate& issued) {
  if (!issuer.subject_key_id.empty() && !issued.authority_key_id.empty()) {
    return issuer.subject_key_id == issued.authority_key_id;
  }
  EVP_PKEY* key = X509_get0_pubkey(issuer.x509.get());
  const bool signed_by = key && X509_verify(issued.x509.get(), key) == 1;
  common::clear_errors();
  return signed_by;
}

/// Each may cost a signature check.
constexpr std::size_t namesakes_looked_at = 16;

/// Certificates that bear the name of the issuer: in ca.crt, or behind the leaf.
std::vector<const Certificate*> namesakes(const ChainQuestion& question, const Certificate& issued) {
  std::vector<const Certificate*> found;
  for (const auto* list : {&question.anchors, &question.chain}) {
    for (const CertificateRef& one : *list) {
      if (found.size() == namesakes_looked_at) return found;
      if (one.get() != &issued && named_as_issuer_of(*one, issued)) found.push_back(one.get());
    }
  }
  return found;
}

/// The authority key identifier may name the issuer's own issuer.
bool issuer_was_issued_by_an_anchor(const ChainQuestion& question, const Certificate& issued) {
  const GENERAL_NAMES* names = X509_get0_authority_issuer(issued.x509.get());
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &type);
    if (type != GEN_DIRNAME) continue;
    const auto is_that = [&](const CertificateRef& anchor) {
      return X509_NAME_cmp(X509_get_subject_name(anchor->x509.get()), static_cast<const X509_NAME*>(value)) == 0;
    };
    if (std::any_of(question.anchors.begin(), question.anchors.end(), is_that)) return true;
  }
  return false;
}

bool calls_itself_intermediate(const Certificate& issued) {
  std::string issuer = issued.issuer;
  std::transform(issuer.begin(), issuer.end(), issuer.begin(), [](unsigned char c) { return std::tolower(c); });
  constexpr std::array<std::string_view, 5> words{"intermediate", "issuing", "subordinate", "sub-ca", "sub ca"};
  return std::any_of(words.begin(), words.end(), [&](auto word) { return issuer.find(word) != std::string::npos; });
}

/// An issuer in neither file is an intermediate left out, or another CA altogether; the certificate alone does not
/// tell. Signs of the former: the issuer's copy of the CA beside the leaf agrees with an anchor or holds the
/// intermediate itself, the identifiers lead to an anchor, or the issuer's name says so.
bool intermediate_is_missing(const ChainQuestion& question, const Certificate& top) {
  const auto is_anchor = [&](const CertificateRef& hint) {
    return std::any_of(question.anchors.begin(), question.anchors.end(), [&](const CertificateRef& anchor) {
      return anchor->fingerprint_sha256 == hint->fingerprint_sha256;
    });
  };
  const auto& hints = question.hints;
  const auto issuer =
      std::find_if(hints.begin(), hints.end(), [&](const auto& hint) { return named_as_issuer_of(*hint, top); });
  // The copy knows the issuer: missing if that is no root, foreign if it is.
  if (issuer != hints.end()) return !(*issuer)->self_issued;
  if (std::any_of(hints.begin(), hints.end(), is_anchor)) return true;
  return issuer_was_issued_by_an_anchor(question, top) || calls_itself_intermediate(top);
}

ChainTrouble key_changed(const Certificate& top, const Certificate& namesake) {
  const bool in_ca = namesake.position == model::Position::anchor;
  const auto id = [](const std::string& text) { return text.empty() ? std::string("unknown") : text; };
  return {Code::ca_key_changed, &top,
          subject_of(top) + " was signed by " + issuer_of(top) + " with the key " + id(top.authority_key_id) +
              ", but the certificate of that name in " + (in_ca ? "the CA file" : "its own file") + " has the key " +
              id(namesake.subject_key_id) + " (serial " + namesake.serial + ").",
          in_ca ? "Issue the certificate again from the present CA, or put the CA with the former key back beside it "
                  "in the CA file."
                : "Put the intermediate that signed the certificate behind it, or issue the certificate again."};
}

}  // namespace

ChainTrouble partial_chain_only(const Certificate& anchor) {
  return {Code::partial_chain_only, &anchor,
          "The CA file holds " + subject_of(anchor) + ", issued by " + issuer_of(anchor) +
              ", but not a self-signed root: Go programs accept that, Postgres and libpq do not.",
          "Add the root " + issuer_of(anchor) + " to the CA file, and keep the intermediate behind the leaf."};
}

ChainTrouble diagnose(const ChainQuestion& question, const std::vector<const Certificate*>& path,
                      const std::vector<ChainError>& errors) {
  const auto failed_signature = std::find_if(errors.begin(), errors.end(), [](const ChainError& error) {
    return error.code == X509_V_ERR_CERT_SIGNATURE_FAILURE;
  });
  const Certificate* top = path.empty() ? question.chain.front().get() : path.back();
  if (failed_signature != errors.end() && failed_signature->depth < static_cast<int>(path.size())) {
    top = path[static_cast<std::size_t>(std::max(failed_signature->depth, 0))];
  }
  const bool ends_in_anchor = failed_signature == errors.end() && top->position == model::Position::anchor;

  if (!ends_in_anchor) {
    const auto same_name = namesakes(question, *top);
    const auto has_key = [&](const Certificate* one) { return has_signing_key_of(*one, *top); };
    if (!same_name.empty() && std::none_of(same_name.begin(), same_name.end(), has_key)) {
      return key_changed(*top, *same_name.front());
    }
    if (same_name.empty() && !top->self_issued) {
      const std::string gap = subject_of(*top) + " was issued by " + issuer_of(*top) +
                              ", which is neither behind it in its file nor in the CA file";
      if (intermediate_is_missing(question, *top)) {
        return {
            Code::incomplete_chain, top, gap + "; it is an intermediate that belongs there.",
            "Append the certificate of " + issuer_of(*top) + " to the leaf's file, behind the certificate it issued."};
      }
      return {Code::untrusted, top, gap + ".",
              "Put the root of " + issuer_of(*top) +
                  " into the CA Secret, append it to the leaf's file if it is an intermediate, or issue the "
                  "certificate from the CA in use."};
    }
    if (top->self_issued && same_name.empty()) {
      return {Code::untrusted, top, subject_of(*top) + " is self-signed and not in the CA file.",
              "Put it into the CA Secret of every node that connects, or issue the certificate from the CA in use."};
    }
  }
  const auto& error = errors.front();
  const auto depth = static_cast<std::size_t>(std::max(error.depth, 0));
  const Certificate& about = depth < path.size() ? *path[depth] : *top;
  return {Code::untrusted, &about,
          "OpenSSL refuses " + subject_of(about) + " in the chain: " + X509_verify_cert_error_string(error.code) + ".",
          "Issue the certificate again with extensions that allow the chain, or correct the CA that is named."};
}

}  // namespace rules
