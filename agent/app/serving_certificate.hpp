// The certificate the webhook serves: the newest pair of its Secret's that fits and can be read. Keeps the last good
// one for as long as what is there now is not.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "agent/http/tls_context.hpp"
#include "agent/model/pki.hpp"

namespace app {

class ServingCertificate {
 public:
  /// `directory` holds tls.crt and tls.key, a mounted Secret.
  explicit ServingCertificate(std::string directory) : directory_(std::move(directory)) {}

  /// `same`: the files are as they were at the last reading. `unstable`: replaced while being read; read again soon.
  enum class Reading { same, taken, failed, unstable };
  Reading read();

  /// Null before the first good pair.
  [[nodiscard]] const http::TlsContextRef& context() const { return context_; }
  /// Of context(); null likewise.
  [[nodiscard]] const model::CertificateRef& leaf() const { return leaf_; }
  /// Why what is there now is not what is served; "" where it is.
  [[nodiscard]] const std::string& error() const { return error_; }
  /// Why it can't be used at this time; "" where it can.
  [[nodiscard]] std::string trouble(common::WallTime now) const;

  /// What a watch on the directory should be told of.
  [[nodiscard]] static std::vector<std::string> files() { return {"tls.crt", "tls.key"}; }

 private:
  /// Takes the pair, or says why not.
  std::string take(model::SecretFiles files);

  std::string directory_;
  std::string seen_;  ///< content hash of the last reading
  std::string error_ = "not read yet";
  http::TlsContextRef context_;
  model::CertificateRef leaf_;
};

}  // namespace app
