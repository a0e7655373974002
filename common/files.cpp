#include "common/files.hpp"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace common {
namespace {

FileError from_errno(int error) {
  ReadFailure why = ReadFailure::io;
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) why = ReadFailure::missing;
  if (error == EACCES || error == EPERM) why = ReadFailure::permission;
  return {why, std::strerror(error)};
}

}  // namespace

void UniqueFd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

void throw_exception_from_error(const FileError& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

FileResult<UniqueFd> open_directory(int at, const std::string& path) {
  UniqueFd fd{::openat(at, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) return from_errno(errno);
  return fd;
}

FileResult<FileContent> read_file_at(int at, const std::string& name, std::size_t limit) {
  const UniqueFd fd{::openat(at, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd) return from_errno(errno);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return from_errno(errno);
  if (!S_ISREG(info.st_mode)) return FileError{ReadFailure::not_a_file, "not a regular file"};
  const auto too_large = [&] {
    return FileError{ReadFailure::too_large, "larger than " + std::to_string(limit) + " bytes"};
  };
  if (info.st_size > 0 && static_cast<std::uint64_t>(info.st_size) > limit) return too_large();

  FileContent out{{}, info.st_mode, info.st_uid, info.st_gid};
  // One allocation holds the file and one byte more: a file that grew meanwhile is seen, and no copy is left behind.
  const auto expected = static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
  out.bytes.resize(std::max<std::size_t>(std::min(expected, limit) + 1, 128));
  std::size_t used = 0;
  for (;;) {
    if (used == out.bytes.size()) {
      if (used > limit) break;
      std::string larger(std::min(limit + 1, used * 2), '\0');
      std::memcpy(larger.data(), out.bytes.data(), used);
      OPENSSL_cleanse(out.bytes.data(), out.bytes.size());
      out.bytes.swap(larger);
    }
    const ssize_t n = ::read(fd.get(), out.bytes.data() + used, out.bytes.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return from_errno(errno);
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
  }
  if (used > limit) {
    OPENSSL_cleanse(out.bytes.data(), out.bytes.size());
    return too_large();
  }
  out.bytes.resize(used);
  return out;
}

}  // namespace common
