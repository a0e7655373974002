#include "agent/sources/pinned_path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>

namespace sources {
namespace {

// The kernel's own limit (path_resolution(7)); the second keeps a link that grows with each turn from growing for ever.
constexpr int most_links = 40;
constexpr std::size_t most_components = 512;
constexpr int most_nested = 8;

common::FileError failure(int error) {
  auto why = common::ReadFailure::io;
  if (error == ENOENT || error == ENOTDIR || error == ELOOP) why = common::ReadFailure::missing;
  if (error == EACCES || error == EPERM) why = common::ReadFailure::permission;
  return {why, std::strerror(error)};
}

void split_before(const std::string& path, std::deque<std::string>& left) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    std::string part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") parts.push_back(std::move(part));
    begin = end + 1;
  }
  left.insert(left.begin(), parts.begin(), parts.end());
}

/// The link's target; nothing (errno EINVAL) where the entry is no link.
std::optional<std::string> read_link(int at, const std::string& name) {
  std::array<char, PATH_MAX> target;
  const ssize_t length = ::readlinkat(at, name.c_str(), target.data(), target.size());
  if (length < 0) return std::nullopt;
  return std::string(target.data(), static_cast<std::size_t>(length));
}

std::shared_ptr<const common::UniqueFd> open_entry(int at, const std::string& name) {
  const int fd = ::openat(at, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return fd < 0 ? nullptr : std::make_shared<const common::UniqueFd>(fd);
}

std::optional<struct stat> status_of(const common::UniqueFd& fd) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return std::nullopt;
  return status;
}

common::WallTime changed_at(const struct stat& status) {
  return common::WallTime{std::chrono::seconds{status.st_ctim.tv_sec} +
                          std::chrono::nanoseconds{status.st_ctim.tv_nsec}};
}

std::string join(const std::string& directory, const std::string& name) {
  return directory.ends_with('/') ? directory + name : directory + '/' + name;
}

/// "/" or "."; an fd of -1 where even that can't be opened, which the next step reports.
PinnedDirectory start(const char* path, bool by_data_link = false) {
  const int fd = ::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return {std::make_shared<const common::UniqueFd>(fd), path, 0, by_data_link};
}
PinnedDirectory root(bool by_data_link = false) { return start("/", by_data_link); }

PinnedDirectory into(const PinnedDirectory& parent, std::shared_ptr<const common::UniqueFd> fd,
                     const std::string& name) {
  PinnedDirectory child{std::move(fd), join(parent.path, name), 0, parent.by_data_link};
  if (parent.depth_in_generation > 0) child.depth_in_generation = parent.depth_in_generation + (name == ".." ? -1 : 1);
  return child;
}

}  // namespace

void PinnedWalk::note(const PinnedDirectory& directory, const std::string& name, bool in_place) {
  if (directory.depth_in_generation == 0) turnings_.push_back({directory.path, name, in_place});
}

common::FileResult<PinnedDirectory> PinnedWalk::generation_of(const PinnedDirectory& volume) {
  const auto parent = status_of(*volume.fd);
  if (!parent) return failure(errno);
  for (const Generation& known : generations_) {
    if (known.parent_device == parent->st_dev && known.parent_inode == parent->st_ino) return known.directory;
  }
  const auto target = read_link(volume.fd->get(), std::string(data_link));
  if (!target) return failure(errno);
  // kubelet's link leads to a directory beside it; another one may lead anywhere, even to itself.
  if (nesting_ == most_nested) return failure(ELOOP);
  Position at{target->starts_with('/') ? root() : volume, {}, 0};
  split_before(*target, at.left);
  ++nesting_;
  auto end = walk(std::move(at), true);
  --nesting_;
  Generation found{volume.fd, parent->st_dev, parent->st_ino, *target, failure(ENOENT), {}};
  if (end.has_error()) {
    found.directory = end.error();
  } else if (const auto status = status_of(*end->directory.fd)) {
    found.changed_at = changed_at(*status);
    end->directory.depth_in_generation = 1;
    end->directory.by_data_link = true;
    found.directory = std::move(end->directory);
  }
  generations_.push_back(std::move(found));
  return generations_.back().directory;
}

common::FileResult<PinnedFile> PinnedWalk::walk(Position at, bool want_directory) {
  for (;;) {
    if (at.left.empty()) return PinnedFile{std::move(at.directory), {}};
    if (at.left.size() > most_components) return failure(ELOOP);
    const std::string name = std::move(at.left.front());
    at.left.pop_front();
    const int here = at.directory.fd->get();
    if (name != "..") {
      const auto target = read_link(here, name);
      const int why = errno;
      if (target) {
        note(at.directory, name, false);
        if (++at.links > most_links) return failure(ELOOP);
        if (name == data_link) {
          const auto pinned = generation_of(at.directory);
          if (pinned.has_error()) return pinned.error();
          at.directory = *pinned;
          continue;
        }
        if (target->starts_with('/')) at.directory = root(at.directory.by_data_link);
        split_before(*target, at.left);
        continue;
      }
      if (why == ENOENT) {
        note(at.directory, name, false);
        note(at.directory, std::string(data_link), false);
        // In a generation the name is looked up as it is: a `..data` could lead back here.
        if (name == data_link || at.directory.depth_in_generation > 0) return failure(ENOENT);
        const auto pinned = generation_of(at.directory);
        if (pinned.has_error()) return failure(ENOENT);
        at.directory = *pinned;
        at.left.push_front(name);
        continue;
      }
      if (why != EINVAL) {
        note(at.directory, name, false);
        return failure(why);
      }
      if (at.left.empty() && !want_directory) {
        note(at.directory, name, true);
        return PinnedFile{std::move(at.directory), name};
      }
    }
    auto next = open_entry(here, name);
    if (!next) {
      const int error = errno;
      note(at.directory, name, false);
      return failure(error);
    }
    at.directory = into(at.directory, std::move(next), name);
  }
}

common::FileResult<PinnedDirectory> PinnedWalk::enter(const std::string& path) {
  Position at{path.starts_with('/') ? root() : start("."), {}, 0};
  split_before(path, at.left);
  const auto before = static_cast<std::ptrdiff_t>(turnings_.size());
  auto end = walk(std::move(at), true);
  entered_.push_back(
      {path, end.has_value() ? end->directory.fd : nullptr, {turnings_.begin() + before, turnings_.end()}});
  if (end.has_error()) return end.error();
  return std::move(end->directory);
}

common::FileResult<PinnedFile> PinnedWalk::find(const PinnedDirectory& directory, const std::string& path) {
  Position at{path.starts_with('/') ? root() : directory, {}, 0};
  split_before(path, at.left);
  if (at.left.empty()) return failure(ENOENT);
  return walk(std::move(at), false);
}

bool PinnedWalk::outdated() const {
  const auto leads_elsewhere = [](const Entered& before) {
    PinnedWalk again;
    const auto now = again.enter(before.path);
    if (now.has_error() || !before.fd) return again.turnings() != before.turnings;
    const auto old_status = status_of(*before.fd);
    const auto new_status = status_of(*now->fd);
    return !old_status || !new_status || old_status->st_dev != new_status->st_dev ||
           old_status->st_ino != new_status->st_ino || old_status->st_nlink == 0;
  };
  return std::any_of(generations_.begin(), generations_.end(),
                     [](const Generation& known) {
                       return read_link(known.parent->get(), std::string(data_link)) != known.target;
                     }) ||
         std::any_of(entered_.begin(), entered_.end(), leads_elsewhere);
}

std::string PinnedWalk::generation() const {
  return generations_.empty() ? std::string() : generations_.front().target;
}

common::WallTime PinnedWalk::generation_changed_at() const {
  common::WallTime newest{};
  for (const Generation& known : generations_) newest = std::max(newest, known.changed_at);
  return newest;
}

}  // namespace sources
