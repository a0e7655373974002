// Leaf against its CA Secret, the leaf Secret's own copy of the CA, and the anchors by themselves.
#include <algorithm>

#include "agent/rules/facts.hpp"
#include "agent/rules/verifying.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::CertificateRef;
using model::Code;
using model::Position;

/// What breaks the chain may be the block that could not be read.
bool files_are_whole(const Verifying& verifying) {
  const auto bad_in = [](const model::Bundle& bundle, const std::string& file) {
    return std::any_of(bundle.pem_problems.begin(), bundle.pem_problems.end(), [&](const model::PemProblem& problem) {
      return problem.file == file && problem.effect != model::PemEffect::passes_over;
    });
  };
  const auto& bundle = verifying.bundle;
  return !bad_in(bundle, bundle.names.cert) && !bad_in(*verifying.input.ca, verifying.input.ca->names.ca);
}

/// OpenSSL trusts a self-signed certificate of the CA file as a peer's own, CA or not.
bool is_self_signed(const Certificate& certificate) {
  return X509_get_extension_flags(certificate.x509.get()) & EXFLAG_SS;
}

bool any_may_anchor(const std::vector<CertificateRef>& anchors) {
  return std::any_of(anchors.begin(), anchors.end(), [](const CertificateRef& one) {
    return X509_check_ca(one->x509.get()) != 0 || is_self_signed(*one);
  });
}

/// What is said of a certificate of the CA Secret that the leaf's chain goes through.
struct InChain {
  std::string subject, sentence;
};
InChain in_chain(const Verifying& verifying, const Certificate& one) {
  const Certificate& leaf = *verifying.bundle.leaf();
  const bool last = is_self_signed(one);
  return {verifying.label(leaf) + (last ? " (its anchor)" : " (its issuer " + subject_of(one) + ")"),
          "The chain of " + subject_of(leaf) + (last ? " ends in " : " needs ") + subject_of(one)};
}

/// A certificate of the CA Secret that the chain goes through is no good. Where no other is good either, that is
/// critical in the CA role; else a warning there, although this leaf's chain fails.
void verify_anchors_in_use(Verifying& verifying, const ChainVerdict& chain) {
  for (std::size_t i = 1; i < chain.path.size(); ++i) {
    const Certificate& one = *chain.path[i];
    if (one.position != Position::anchor || is_good_anchor(one, verifying.now)) continue;
    const bool critical_there = !another_is_good(verifying.input.ca->anchors, &one, verifying.now);
    const auto [subject, sentence] = in_chain(verifying, one);
    // The position stays the leaf's: it is the leaf's chain that fails.
    if (&one == chain.anchor() && chain.anchor_is_no_ca && (!critical_there || is_self_signed(one))) {
      verifying.say(Code::untrusted, {}, subject, sentence + ", which may not sign certificates.",
                    "Issue the certificate from a CA that may, or correct that CA.");
    }
    if (critical_there) continue;
    const auto age = age_at(one, verifying.now);
    if (age == Age::expired) {
      verifying.say(Code::expired, {}, subject,
                    sentence + ", which expired at " + common::to_rfc3339(one.not_after) + ".",
                    "Issue the certificate again from a CA that is in date.");
    } else if (age != Age::in_date) {
      verifying.say(Code::not_yet_valid, {.mild = age == Age::just_ahead}, subject,
                    sentence + ", which is not valid before " + common::to_rfc3339(one.not_before) + ".",
                    "Check the clocks, or issue the certificate again from a CA that is in date.");
    }
  }
}

/// Likewise of a weak key or signature, which in the CA role is a fact and no more. Those behind the leaf are judged
/// with it.
void verify_strength_in_use(Verifying& verifying, const ChainVerdict& chain) {
  for (const auto* one : chain.weak_key) {
    if (one->position != Position::anchor) continue;
    const auto [subject, sentence] = in_chain(verifying, *one);
    verifying.say(Code::weak_key, {}, subject,
                  sentence + " with the key " + one->key + ", which OpenSSL refuses at security level 2.",
                  "Replace the CA by one with ECDSA P-256, or RSA 2048 or more, and issue the certificate again.");
  }
  for (const auto* one : chain.weak_signature) {
    if (one->position != Position::anchor) continue;
    const auto [subject, sentence] = in_chain(verifying, *one);
    verifying.say(Code::weak_signature, {}, subject,
                  sentence + ", signed with " + one->signature + ", which OpenSSL refuses at security level 2.",
                  "Issue that CA again with a SHA-256 signature.");
  }
}

void verify_issuers_outlive_leaf(Verifying& verifying, const ChainVerdict& chain) {
  if (chain.path.empty()) return;
  const Certificate& leaf = *verifying.bundle.leaf();
  const auto first =
      std::min_element(chain.path.begin() + 1, chain.path.end(),
                       [](const Certificate* a, const Certificate* b) { return a->not_after < b->not_after; });
  if (first == chain.path.end() || (*first)->not_after >= leaf.not_after) return;
  const Certificate& issuer = **first;
  if (age_at(issuer, verifying.now) == Age::expired || age_at(leaf, verifying.now) == Age::expired) return;
  const bool near = less_remains(issuer, verifying.now, expiry_windows(issuer).warning);
  verifying.say(Code::ca_expires_first, {.mild = !near}, leaf,
                subject_of(leaf) + " is valid until " + common::to_rfc3339(leaf.not_after) + ", but its issuer " +
                    subject_of(issuer) + " only until " + common::to_rfc3339(issuer.not_after) + ".",
                "Renew the CA before then, put it into every CA Secret, and issue the certificate again.");
}

std::string anchor_remedy(bool others_good) {
  return others_good ? "Take it out of the CA Secret once no certificate depends on it."
                     : "Renew the CA, put it into every CA Secret, and issue the certificates again.";
}

void verify_anchor(Verifying& verifying, const Certificate& anchor) {
  const auto& anchors = verifying.bundle.anchors;
  const bool spare = another_is_good(anchors, &anchor, verifying.now);
  const std::string who = subject_of(anchor);
  if (X509_check_ca(anchor.x509.get()) == 0) {
    const bool flag = X509_get_extension_flags(anchor.x509.get()) & EXFLAG_CA;
    // Whether the leaf is that very certificate is the leaf role's to say.
    const bool own = is_self_signed(anchor);
    verifying.say(Code::anchor_not_ca, {.others_good = spare || own}, anchor,
                  who + " in the CA file is not a CA (" +
                      (flag ? "its key usage lacks keyCertSign" : "it lacks CA:TRUE") +
                      (own ? "); self-signed, it vouches for itself alone." : ")."),
                  "Put the CA's certificate there, made with CA:TRUE and keyCertSign.");
  }
  const auto age = age_at(anchor, verifying.now);
  if (age == Age::expired) {
    verifying.say(Code::expired, {.others_good = spare}, anchor,
                  who + " expired at " + common::to_rfc3339(anchor.not_after) + ".", anchor_remedy(spare));
    return;
  }
  if (age != Age::in_date) {
    verifying.say(Code::not_yet_valid, {.others_good = spare, .mild = age == Age::just_ahead}, anchor,
                  who + " is not valid before " + common::to_rfc3339(anchor.not_before) + ".",
                  "Check the clocks of this node and of the issuer.");
  }
  const auto windows = expiry_windows(anchor);
  if (!less_remains(anchor, verifying.now, windows.warning)) return;
  // Its end can't be graver than having ended will be.
  const bool outlived = another_is_good(anchors, &anchor, verifying.now, second_of(anchor.not_after));
  const bool pressing = less_remains(anchor, verifying.now, windows.critical);
  verifying.say(Code::expires_soon, {.others_good = outlived, .pressing = pressing}, anchor,
                expiry_sentence(anchor) + ", with less than " + words(pressing ? windows.critical : windows.warning) +
                    " of its " + words(lifetime(anchor)) + " left.",
                anchor_remedy(outlived));
}

void verify_anchor_strength(Verifying& verifying, const Certificate& anchor) {
  int bits = 0;
  const bool known = X509_get_signature_info(anchor.x509.get(), nullptr, nullptr, &bits, nullptr) == 1;
  EVP_PKEY* key = X509_get0_pubkey(anchor.x509.get());
  common::clear_errors();
  if (known && bits < security_bits) {
    verifying.say(Code::weak_signature, {}, anchor,
                  subject_of(anchor) + " is signed with " + anchor.signature +
                      (anchor.self_issued ? "; nobody checks the signature of a root."
                                          : ", below OpenSSL's security level 2: chains through it are refused."),
                  "Use SHA-256 when the CA is renewed.");
  }
  if (key && EVP_PKEY_get_security_bits(key) < security_bits) {
    verifying.say(Code::weak_key, {}, anchor,
                  subject_of(anchor) + " has the key " + anchor.key +
                      ", below OpenSSL's security level 2: chains that end in it are refused.",
                  "Replace the CA by one with ECDSA P-256, or RSA 2048 or more.");
  }
}

}  // namespace

void verify_chain(Verifying& verifying, const ChainVerdict& chain) {
  if (chain.trouble) {
    if (!files_are_whole(verifying) || !any_may_anchor(verifying.input.ca->anchors)) return;
    verifying.say(chain.trouble->code, {}, verifying.label(*verifying.bundle.leaf()), chain.trouble->message,
                  chain.trouble->remedy);
    return;
  }
  const std::string subject = verifying.label(*verifying.bundle.leaf());
  for (const auto* issuer : chain.wrong_purpose) {
    verifying.say(Code::wrong_purpose, {}, verifying.label(*issuer),
                  "The chain of " + subject + " needs " + subject_of(*issuer) +
                      ", whose usages forbid it to issue such certificates.",
                  "Issue that CA without extended key usages, or with the one its leaves need.");
  }
  verify_strength_in_use(verifying, chain);
  verify_anchors_in_use(verifying, chain);
  verify_issuers_outlive_leaf(verifying, chain);
}

void verify_ca_copy(Verifying& verifying) {
  const auto& bundle = verifying.bundle;
  if (!verifying.input.ca || verifying.input.ca->anchors.empty()) return;
  const std::string copy = bundle.names.ca + " beside " + bundle.names.cert;
  const auto say = [&](const std::string& what) {
    verifying.say(Code::ca_copy_differs, {}, bundle.names.ca,
                  copy + " holds " + what + ", which the CA Secret does not hold.",
                  "Put the new CA into the CA Secret of every group beside the old one, before the old one goes.");
  };
  const auto& anchors = verifying.input.ca->anchors;
  for (const CertificateRef& one : bundle.anchors) {
    const auto same = [&](const CertificateRef& anchor) {
      return anchor->fingerprint_sha256 == one->fingerprint_sha256;
    };
    if (std::none_of(anchors.begin(), anchors.end(), same))
      return say(subject_of(*one) + " (serial " + one->serial + ")");
  }
  for (const auto& problem : bundle.pem_problems) {
    if (problem.file == bundle.names.ca) return say("an unreadable block at line " + std::to_string(problem.line));
  }
}

void verify_anchors(Verifying& verifying) {
  for (const auto& anchor : verifying.bundle.anchors) {
    verify_anchor(verifying, *anchor);
    verify_anchor_strength(verifying, *anchor);
  }
}

}  // namespace rules
