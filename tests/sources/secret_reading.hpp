// What the tests of read_secret share: requests, contents and problems as text.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "agent/sources/secret_files.hpp"
#include "tests/support/secret_volume.hpp"

namespace tests {

inline const support::SecretData leaf_files{
    {"tls.crt", "certificate"}, {"tls.key", "private key"}, {"ca.crt", "anchors"}};

inline sources::SecretRequest leaf_at(const std::string& directory) {
  sources::SecretRequest request;
  request.directory = directory;
  return request;
}
inline sources::SecretRequest ca_at(const std::string& directory) {
  sources::SecretRequest request = leaf_at(directory);
  request.leaf = false;
  return request;
}

/// "tls.key:missing ca.crt:too_large", in the order found.
inline std::string problems(const model::SecretFiles& files) {
  std::string text;
  for (const auto& problem : files.problems) {
    CHECK_FALSE(problem.detail.empty());
    if (!text.empty()) text += ' ';
    text += problem.file + ':' + std::string(name(problem.error));
  }
  return text;
}

}  // namespace tests
