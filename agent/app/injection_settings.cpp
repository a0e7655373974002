#include "agent/app/injection_settings.hpp"

#include <fcntl.h>

#include "agent/inject/settings.hpp"
#include "common/files.hpp"

namespace app {
namespace {

constexpr std::size_t longest_text = 4096;

}  // namespace

const std::vector<std::string>& injection_setting_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto key : inject::setting_keys()) all.emplace_back(key);
    return all;
  }();
  return names;
}

common::Result<std::map<std::string, std::string>> read_injection_settings(const std::string& directory) {
  auto opened = common::open_directory(AT_FDCWD, directory);
  if (!opened) return common::Error{directory + ": " + opened.error().message};
  // kubelet replaces the link `..data`: by the directory behind it every file is of the same version.
  if (auto version = common::open_directory(opened->get(), "..data")) opened = std::move(version);
  std::map<std::string, std::string> texts;
  for (const auto& name : injection_setting_names()) {
    auto file = common::read_file_at(opened->get(), name, longest_text);
    if (file) {
      texts[name] = std::move(file->bytes);
    } else if (file.error().why != common::ReadFailure::missing) {
      return common::Error{directory + "/" + name + ": " + file.error().message};
    }
  }
  return texts;
}

}  // namespace app
