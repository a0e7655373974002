#include "agent/sources/secret_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/sources/pinned_path.hpp"
#include "common/files.hpp"
#include "common/openssl.hpp"

namespace sources {
namespace {

// A swap in the middle of a read is rare and a second in a row rarer: kubelet writes once a minute at most.
constexpr int most_attempts = 8;

model::ReadError reason(common::ReadFailure why) {
  switch (why) {
    case common::ReadFailure::missing: return model::ReadError::missing;
    case common::ReadFailure::permission: return model::ReadError::permission;
    case common::ReadFailure::too_large: return model::ReadError::too_large;
    case common::ReadFailure::not_a_file: return model::ReadError::not_a_file;
    case common::ReadFailure::io: return model::ReadError::io;
  }
  return model::ReadError::io;
}

/// One attempt: the files as they were found, and what the content hash is made of.
struct Reading {
  model::SecretFiles files;
  std::string transcript;

  void add(const std::string& name, const common::FileContent& content) {
    // The bytes enter by their own hash, so that no copy of a key is made for it.
    transcript += "file " + name + '\n' + std::to_string(content.mode) + ' ' + std::to_string(content.uid) + ' ' +
                  common::sha256_hex(content.bytes) + '\n';
  }
  void add(const std::string& name, model::ReadError error, const std::string& detail) {
    files.problems.push_back({name, error, detail});
    transcript += "problem " + name + '\n' + std::string(model::name(error)) + ' ' + detail + '\n';
  }
  model::SecretFiles finish() {
    transcript += files.rotatable ? "rotatable" : "fixed";
    files.content_hash = common::sha256_hex(transcript);
    return std::move(files);
  }
};

class Attempt {
 public:
  explicit Attempt(const SecretRequest& request) : request_(request) { reading_.files.directory = request.directory; }

  /// Nothing where the generation was replaced meanwhile.
  std::optional<model::SecretFiles> run() {
    const auto directory = walk_.enter(request_.directory);
    if (directory.has_error()) {
      fail("", directory.error());
    } else {
      if (request_.leaf) {
        if (auto content = read(*directory, request_.cert_file, true)) {
          reading_.files.cert = model::SecretFile{std::move(content->bytes), content->mode, content->uid};
        }
        if (auto content = read(*directory, request_.key_file, true)) {
          reading_.files.key =
              model::SecretKeyFile{common::SecretBytes(std::move(content->bytes)), content->mode, content->uid};
        }
      }
      if (request_.ca_file.empty()) {
        // not asked for
      } else if (auto content = read(*directory, request_.ca_file, !request_.leaf)) {
        reading_.files.ca = model::SecretFile{std::move(content->bytes), content->mode, content->uid};
      }
    }
    // A complete generation is one, even if it is no longer the newest: the watch tells of the next.
    if (failed_ && walk_.outdated()) return std::nullopt;
    reading_.files.generation = walk_.generation();
    reading_.files.changed_at = std::max(walk_.generation_changed_at(), plain_changed_at_);
    return reading_.finish();
  }

 private:
  void fail(const std::string& name, const common::FileError& error) {
    failed_ = true;
    reading_.add(name, reason(error.why), error.message);
  }

  std::optional<common::FileContent> read(const PinnedDirectory& directory, const std::string& name, bool required) {
    const auto place = walk_.find(directory, name);
    auto content = place.has_value() ? common::read_file_at(place->directory.fd->get(), place->name, request_.limit)
                                     : common::FileResult<common::FileContent>(place.error());
    if (content.has_error()) {
      if (required || content.error().why != common::ReadFailure::missing) {
        fail(name, content.error());
      } else {
        failed_ = true;
      }
      return std::nullopt;
    }
    if (!place->directory.by_data_link) {
      reading_.files.rotatable = false;
      note_plain_change(*place);
    }
    reading_.add(name, *content);
    return std::move(*content);
  }

  void note_plain_change(const PinnedFile& place) {
    struct stat info{};
    if (::fstatat(place.directory.fd->get(), place.name.c_str(), &info, 0) != 0) return;
    const common::WallTime changed_at{std::chrono::seconds{info.st_ctim.tv_sec} +
                                      std::chrono::nanoseconds{info.st_ctim.tv_nsec}};
    plain_changed_at_ = std::max(plain_changed_at_, changed_at);
  }

  const SecretRequest& request_;
  PinnedWalk walk_;
  Reading reading_;
  common::WallTime plain_changed_at_{};
  bool failed_ = false;
};

}  // namespace

model::SecretFiles read_secret(const SecretRequest& request) {
  for (int i = 0; i < most_attempts; ++i) {
    if (auto files = Attempt(request).run()) return std::move(*files);
  }
  Reading reading;
  reading.files.directory = request.directory;
  reading.add("", model::ReadError::unstable,
              "replaced while being read, " + std::to_string(most_attempts) + " times in a row");
  return reading.finish();
}

std::vector<std::string> wanted_files(const SecretRequest& request) {
  if (!request.leaf) return {request.ca_file};
  std::vector<std::string> files{request.cert_file, request.key_file};
  if (!request.ca_file.empty()) files.push_back(request.ca_file);
  return files;
}

}  // namespace sources
