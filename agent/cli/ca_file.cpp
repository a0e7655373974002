#include "agent/cli/ca_file.hpp"

#include <fcntl.h>

#include "agent/rules/decode.hpp"
#include "common/files.hpp"

namespace cli {
namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20;

}  // namespace

common::Result<model::BundleRef> read_ca_file(const std::string& path, model::SecretRole role) {
  auto content = common::read_file_at(AT_FDCWD, path, longest_file);
  if (!content) return common::Error{path + ": " + content.error().message};
  model::SecretFiles files;
  files.ca = model::SecretFile{std::move(content->bytes), content->mode, content->uid};
  auto bundle = rules::decode(std::move(files), role, model::Source::mounted, {"", "", path});
  if (bundle.anchors.empty()) return common::Error{path + ": no certificate that can be read"};
  return std::make_shared<const model::Bundle>(std::move(bundle));
}

}  // namespace cli
