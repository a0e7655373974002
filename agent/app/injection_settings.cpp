#include "agent/app/injection_settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <optional>

#include "agent/inject/settings.hpp"
#include "common/files.hpp"

namespace app {
namespace {

constexpr std::size_t longest_text = 4096;
constexpr int most_attempts = 8;

using Texts = std::map<std::string, std::string>;

bool is_current(const common::UniqueFd& volume, const common::UniqueFd& version) {
  struct stat read{}, now{};
  return ::fstat(version.get(), &read) == 0 && ::fstatat(volume.get(), "..data", &now, 0) == 0 &&
         read.st_dev == now.st_dev && read.st_ino == now.st_ino;
}

/// Nothing where the version was replaced on the way.
common::Result<std::optional<Texts>> read_once(const std::string& directory) {
  const auto volume = common::open_directory(AT_FDCWD, directory);
  if (!volume) return common::Error{directory + ": " + volume.error().message};
  // kubelet replaces the link `..data`: by the directory behind it every file is of the same version.
  const auto version = common::open_directory(volume->get(), "..data");
  const auto& opened = version ? version : volume;
  Texts texts;
  for (const auto& name : injection_setting_names()) {
    auto file = common::read_file_at(opened->get(), name, longest_text);
    if (file) {
      texts[name] = std::move(file->bytes);
    } else if (file.error().why != common::ReadFailure::missing) {
      return common::Error{directory + "/" + name + ": " + file.error().message};
    }
  }
  // A version that was replaced meanwhile may have lost files since it was opened.
  if (version && !is_current(*volume, *version)) return std::optional<Texts>{};
  return std::optional<Texts>{std::move(texts)};
}

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
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    auto read = read_once(directory);
    if (!read) return read.error();
    if (*read) return std::move(**read);
  }
  return common::Error{directory + ": replaced while being read, again and again"};
}

}  // namespace app
