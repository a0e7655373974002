#include "agent/rules/chain.hpp"

#include <algorithm>
#include <new>

#include "agent/rules/diagnosis.hpp"

namespace rules {
namespace {

using model::Certificate;
using model::CertificateRef;
using model::Position;

/// The certificate of ours that OpenSSL means; it keeps the very objects it was given.
const Certificate* ours(const ChainQuestion& question, const X509* x509) {
  for (const auto* list : {&question.chain, &question.anchors}) {
    for (const CertificateRef& one : *list) {
      if (one->x509.get() == x509) return one.get();
    }
  }
  return nullptr;
}

int record(int ok, X509_STORE_CTX* context) {
  if (!ok) {
    static_cast<std::vector<ChainError>*>(X509_STORE_CTX_get_app_data(context))
        ->push_back({X509_STORE_CTX_get_error_depth(context), X509_STORE_CTX_get_error(context)});
  }
  return 1;
}

bool is_time_error(int code) { return code == X509_V_ERR_CERT_NOT_YET_VALID || code == X509_V_ERR_CERT_HAS_EXPIRED; }

/// Errors that say the chain is not trusted; the others have findings of their own.
bool breaks_trust(const ChainError& error, const ChainVerdict& verdict) {
  switch (error.code) {
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_INVALID_PURPOSE: return false;
    case X509_V_ERR_INVALID_CA:
      return !verdict.anchor_is_no_ca || error.depth + 1 != static_cast<int>(verdict.path.size());
    default: return !is_time_error(error.code);
  }
}

/// OpenSSL takes the first anchor that is in date and turns to its twin (same name and key) when that one ends; so the
/// one that lasts longest is what counts.
const Certificate* longest_lived_twin(const ChainQuestion& question, const Certificate* anchor) {
  const auto is_twin = [&](const Certificate& other) {
    return age_at(other, question.now) == Age::in_date && X509_check_ca(other.x509.get()) != 0 &&
           X509_NAME_cmp(X509_get_subject_name(anchor->x509.get()), X509_get_subject_name(other.x509.get())) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(anchor->x509.get()), X509_get0_pubkey(other.x509.get())) == 1;
  };
  const Certificate* best = anchor;
  for (const CertificateRef& other : question.anchors) {
    if (other->not_after > best->not_after && is_twin(*other)) best = other.get();
  }
  return best;
}

struct Built {
  ChainVerdict verdict;
  std::vector<ChainError> trust_errors;
};

Built build(const ChainQuestion& question, bool partial) {
  common::clear_errors();
  const common::StorePtr store{X509_STORE_new()};
  const common::X509StackPtr untrusted{sk_X509_new_null()};
  const common::StoreCtxPtr context{X509_STORE_CTX_new()};
  if (!store || !untrusted || !context) throw std::bad_alloc();
  for (const auto& anchor : question.anchors) X509_STORE_add_cert(store.get(), anchor->x509.get());
  for (std::size_t i = 1; i < question.chain.size(); ++i) sk_X509_push(untrusted.get(), question.chain[i]->x509.get());
  X509* leaf = question.chain.front()->x509.get();
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf, untrusted.get()) != 1) throw std::bad_alloc();

  std::vector<ChainError> errors;
  X509_STORE_CTX_set_app_data(context.get(), &errors);
  X509_STORE_CTX_set_verify_cb(context.get(), record);
  // Purpose and trust as libssl sets them for the side that verifies.
  X509_STORE_CTX_set_default(context.get(), question.purpose == model::Purpose::server ? "ssl_server" : "ssl_client");
  X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(param, question.now.time_since_epoch().count());
  X509_VERIFY_PARAM_set_auth_level(param, security_level);
  if (partial) X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
  const int outcome = X509_verify_cert(context.get());
  common::clear_errors();

  Built built;
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    if (const auto* certificate = ours(question, sk_X509_value(chain, i))) built.verdict.path.push_back(certificate);
  }
  // A broken extension or the like ends the verification without any callback.
  if (outcome != 1 && errors.empty()) errors.push_back({0, X509_STORE_CTX_get_error(context.get())});

  auto& verdict = built.verdict;
  const auto at = [&](int depth) {
    const auto index = static_cast<std::size_t>(std::max(depth, 0));
    return index < verdict.path.size() ? verdict.path[index] : nullptr;
  };
  for (const auto& error : errors) {
    const auto* about = at(error.depth);
    if (error.depth == 0 || !about) continue;
    if (error.code == X509_V_ERR_INVALID_PURPOSE) verdict.wrong_purpose.push_back(about);
    if (error.code == X509_V_ERR_CA_KEY_TOO_SMALL) verdict.weak_key.push_back(about);
    if (error.code == X509_V_ERR_CA_MD_TOO_WEAK) verdict.weak_signature.push_back(about);
    if (error.code == X509_V_ERR_INVALID_CA && about == verdict.anchor()) verdict.anchor_is_no_ca = true;
  }
  for (const auto& error : errors) {
    if (breaks_trust(error, verdict)) built.trust_errors.push_back(error);
  }
  for (const auto*& one : verdict.path) {
    if (one->position == Position::anchor && age_at(*one, question.now) == Age::in_date)
      one = longest_lived_twin(question, one);
  }
  common::clear_errors();
  return built;
}

}  // namespace

ChainVerdict judge_chain(const ChainQuestion& question) {
  Built built = build(question, false);
  if (built.trust_errors.empty()) return std::move(built.verdict);
  const Built partial = build(question, true);
  const bool trusted_partially = partial.trust_errors.empty() && partial.verdict.anchor();
  built.verdict.trouble = trusted_partially ? partial_chain_only(*partial.verdict.anchor())
                                            : diagnose(question, built.verdict.path, built.trust_errors);
  return std::move(built.verdict);
}

}  // namespace rules
