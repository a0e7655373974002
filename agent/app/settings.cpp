#include "agent/app/settings.hpp"

#include <fcntl.h>

#include "agent/app/manifest.hpp"
#include "common/files.hpp"
#include "common/openssl.hpp"

namespace app {

Settings::Settings(std::string path, config::Environment environment)
    : path_(std::move(path)), environment_(std::move(environment)) {}

Settings::Reading Settings::read() {
  read_text();
  if (!text_) return {std::nullopt, "", text_error_};
  manifest_error_.clear();
  auto config = described();
  const bool has_manifest = manifest_ && !config.group.manifest.empty();
  std::string hash = has_manifest ? common::sha256_hex(text_hash_ + manifest_->text) : text_hash_;
  std::string error = text_error_;
  if (!manifest_error_.empty()) error += (error.empty() ? "" : "\n") + manifest_error_;
  return {std::move(config), std::move(hash), std::move(error)};
}

const std::string& Settings::manifest_path() const {
  static const std::string none;
  return text_ ? text_->group.manifest : none;
}

void Settings::read_text() {
  const auto file = common::read_file_at(AT_FDCWD, path_, config::longest_text);
  if (!file) {
    text_error_ = path_ + ": " + file.error().message;
    rejected_hash_.clear();
    return;
  }
  auto hash = common::sha256_hex(file->bytes);
  if (hash == rejected_hash_) return;
  rejected_hash_.clear();
  text_error_.clear();
  if (text_ && hash == text_hash_) return;
  auto parsed = config::parse(file->bytes, path_, environment_);
  if (!parsed) {
    text_error_ = config::to_text(parsed.error());
    rejected_hash_ = std::move(hash);
    return;
  }
  text_ = std::move(*parsed);
  text_hash_ = std::move(hash);
}

config::Config Settings::described() {
  const std::string& path = text_->group.manifest;
  if (path.empty()) {
    manifest_.reset();
    return *text_;
  }
  if (manifest_ && manifest_->path != path) manifest_.reset();
  auto text = read_manifest_file(path);
  if (!text) {
    manifest_error_ = text.error().message;
  } else if (auto fresh = with_manifest(*text_, *text)) {
    manifest_ = Manifest{path, std::move(*text)};
    return std::move(*fresh);
  } else {
    manifest_error_ = fresh.error().message;
  }
  if (manifest_) {
    if (auto kept = with_manifest(*text_, manifest_->text)) return std::move(*kept);
    manifest_.reset();
  }
  return *text_;
}

}  // namespace app
