#include "tests/support/secret_volume.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <random>
#include <set>
#include <system_error>

namespace support {
namespace {

namespace fs = std::filesystem;

void check(bool ok, const fs::path& where) {
  if (!ok) throw std::system_error(errno, std::generic_category(), where.string());
}

void write_with_mode(const fs::path& path, const std::string& content, unsigned mode) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, static_cast<mode_t>(mode));
  check(fd >= 0, path);
  const bool written = ::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  ::close(fd);
  check(written && ::chmod(path.c_str(), static_cast<mode_t>(mode)) == 0, path);
}

/// Go's MkdirTemp with the pattern "..2006_01_02_15_04_05.": UTC, then a random number.
std::string make_generation(const fs::path& volume) {
  using namespace std::chrono;
  static std::mt19937 random{std::random_device{}()};
  struct timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const sys_seconds time{seconds{now.tv_sec}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 96> text{};
  for (;;) {
    std::snprintf(text.data(), text.size(), "..%04d_%02u_%02u_%02d_%02d_%02d.%u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()), static_cast<unsigned>(random()));
    const fs::path path = volume / text.data();
    if (::mkdir(path.c_str(), 0700) == 0) {
      check(::chmod(path.c_str(), 0755) == 0, path);
      return text.data();
    }
    check(errno == EEXIST, path);
  }
}

/// What of a file's name is visible in the volume's root: "certs/tls.crt" is reached through the link "certs".
std::string visible_name(const std::string& file) { return file.substr(0, file.find('/')); }

}  // namespace

SecretVolume::SecretVolume(fs::path directory) : path_(std::move(directory)) { fs::create_directories(path_); }

std::string SecretVolume::generation() const {
  std::error_code none;
  return fs::read_symlink(path_ / "..data", none).string();
}

void SecretVolume::add_links(const SecretData& files) const {
  for (const auto& [name, content] : files) {
    const std::string visible = visible_name(name);
    const fs::path link = path_ / visible;
    check(::symlink(("..data/" + visible).c_str(), link.c_str()) == 0 || errno == EEXIST, link);
  }
}

void SecretVolume::remove_links(const SecretData& files) const {
  std::set<std::string> wanted;
  for (const auto& [name, content] : files) wanted.insert(visible_name(name));
  for (const auto& entry : fs::directory_iterator(path_)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("..") && !wanted.contains(name)) fs::remove(entry.path());
  }
}

std::string SecretVolume::publish(const SecretData& files) {
  const std::string old = generation();
  std::string fresh = make_generation(path_);
  for (const auto& [name, content] : files) {
    const fs::path file = path_ / fresh / name;
    if (name.find('/') != std::string::npos) fs::create_directories(file.parent_path());
    write_with_mode(file, content, mode);
  }
  if (links_first) add_links(files);
  const fs::path temporary = path_ / "..data_tmp";
  check(::symlink(fresh.c_str(), temporary.c_str()) == 0, temporary);
  if (before_swap) before_swap();
  check(::rename(temporary.c_str(), (path_ / "..data").c_str()) == 0, temporary);
  if (after_swap) after_swap();
  add_links(files);
  remove_links(files);
  if (!old.empty()) fs::remove_all(path_ / old);
  return fresh;
}

void write_plain_secret(const fs::path& directory, const SecretData& files, unsigned mode) {
  fs::create_directories(directory);
  for (const auto& [name, content] : files) write_with_mode(directory / name, content, mode);
}

void link_to_volume(const fs::path& directory, const SecretVolume& volume, const SecretData& names) {
  fs::create_directories(directory);
  for (const auto& [name, content] : names) {
    fs::create_symlink(fs::absolute(volume.path()) / name, directory / name);
  }
}

}  // namespace support
