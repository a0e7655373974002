#include "agent/app/serving_certificate.hpp"

#include <algorithm>

#include "agent/rules/decode.hpp"
#include "agent/sources/identity.hpp"
#include "agent/sources/secret_files.hpp"

namespace app {
namespace {

std::string der_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  if (size <= 0) return "";
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

ServingCertificate::Reading ServingCertificate::read() {
  auto files = sources::read_secret({.directory = directory_, .ca_file = ""});
  const auto unstable = [](const auto& problem) { return problem.error == model::ReadError::unstable; };
  if (std::any_of(files.problems.begin(), files.problems.end(), unstable)) return Reading::unstable;
  if (files.content_hash == seen_) return Reading::same;
  seen_ = files.content_hash;
  error_ = take(std::move(files));
  return error_.empty() ? Reading::taken : Reading::failed;
}

std::string ServingCertificate::take(model::SecretFiles files) {
  for (const auto& problem : files.problems)
    return directory_ + (problem.file.empty() ? "" : "/" + problem.file) + ": " + problem.detail;
  const auto identity = sources::Identity::load(std::move(files));
  if (!identity) return identity.error().message;
  const auto leaf = rules::decode_chain({der_of((*identity)->leaf())});
  if (leaf.empty()) return directory_ + "/tls.crt: the certificate can't be read";
  const auto context = http::TlsContext::make((*identity)->chain(), (*identity)->key());
  if (!context) return directory_ + ": " + context.error().message;
  context_ = *context;
  leaf_ = leaf.front();
  return "";
}

std::string ServingCertificate::trouble(common::WallTime now) const {
  if (!leaf_) return "none to serve: " + error_;
  if (now < leaf_->not_before) return "not valid before " + common::to_rfc3339(leaf_->not_before, false);
  if (now > leaf_->not_after) return "expired at " + common::to_rfc3339(leaf_->not_after, false);
  return "";
}

}  // namespace app
