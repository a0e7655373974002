#include "agent/cli/pem_files.hpp"

#include <fcntl.h>

#include "agent/rules/decode.hpp"
#include "common/files.hpp"

namespace cli {
namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20;

common::Result<common::FileContent> read(const std::string& path) {
  auto content = common::read_file_at(AT_FDCWD, path, longest_file);
  if (!content) return common::Error{path + ": " + content.error().message};
  return std::move(*content);
}

}  // namespace

common::Result<model::SecretFiles> read_pem_files(const model::SecretFileNames& paths) {
  model::SecretFiles files;
  if (!paths.cert.empty()) {
    auto cert = read(paths.cert);
    if (!cert) return cert.error();
    files.cert = model::SecretFile{std::move(cert->bytes), cert->mode, cert->uid};
  }
  if (!paths.key.empty()) {
    auto key = read(paths.key);
    if (!key) return key.error();
    files.key = model::SecretKeyFile{common::SecretBytes(std::move(key->bytes)), key->mode, key->uid};
  }
  if (!paths.ca.empty()) {
    auto ca = read(paths.ca);
    if (!ca) return ca.error();
    files.ca = model::SecretFile{std::move(ca->bytes), ca->mode, ca->uid};
  }
  return files;
}

common::Result<model::BundleRef> read_ca_file(const std::string& path, model::SecretRole role) {
  const model::SecretFileNames paths{"", "", path};
  auto files = read_pem_files(paths);
  if (!files) return files.error();
  auto bundle = rules::decode(std::move(*files), role, model::Source::mounted, paths);
  if (bundle.anchors.empty()) return common::Error{path + ": no certificate that can be read"};
  return std::make_shared<const model::Bundle>(std::move(bundle));
}

}  // namespace cli
