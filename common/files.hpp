// Files by descriptor: open a directory once, read every file through it, bounded. Never follows a path twice.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "common/result.hpp"

namespace common {

/// Owns a file descriptor; -1 is empty.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(-1); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }
  void reset(int fd);

 private:
  int fd_ = -1;
};

/// Why a read failed, apart from the text: what callers branch on.
enum class ReadFailure { missing, permission, too_large, not_a_file, io };

struct FileContent {
  std::string bytes;
  std::uint32_t mode = 0;  ///< st_mode
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct FileError {
  ReadFailure why = ReadFailure::io;
  std::string message;  ///< strerror or the limit, without the path
};

template <class T>
using FileResult = boost::system::result<T, FileError>;

[[noreturn]] void throw_exception_from_error(const FileError& error, const boost::source_location&);

/// O_RDONLY|O_DIRECTORY|O_CLOEXEC relative to `at` (AT_FDCWD for a path); follows symbolic links.
FileResult<UniqueFd> open_directory(int at, const std::string& path);

/// Reads a regular file of at most `limit` bytes; O_NONBLOCK, so that a FIFO put there can't hang the caller. Buffers
/// that grew on the way are wiped, so that key bytes stay in the result alone.
FileResult<FileContent> read_file_at(int at, const std::string& name, std::size_t limit);

}  // namespace common
