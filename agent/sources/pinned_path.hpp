// Where does a path lead, with every `..data` on the way looked at once? The files of one read then come from one
// generation, however many symbolic links lead to it. Opens directories only; reads no file and keeps nothing between
// two reads.
#pragma once
#include <sys/types.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/files.hpp"
#include "common/time.hpp"

namespace sources {

/// kubelet's AtomicWriter replaces this link in a Secret or ConfigMap volume; nothing else in there ever changes in
/// place.
inline constexpr std::string_view data_link = "..data";

/// A directory as reached: open, with no symbolic link left in its path.
struct PinnedDirectory {
  std::shared_ptr<const common::UniqueFd> fd;
  std::string path;
  int depth_in_generation = 0;  ///< > 0: inside what a `..data` led to, which never changes in place
  bool by_data_link = false;    ///< a `..data` was passed on the way, so that a rotation will be seen
};

/// A file's directory and its name there, which is no symbolic link.
struct PinnedFile {
  PinnedDirectory directory;
  std::string name;
};

/// What would change where a path leads: an entry called `name` appearing in, leaving or being replaced in `directory`.
struct Turning {
  std::string directory;
  std::string name;
  bool in_place = false;  ///< a file lies there, whose content may be rewritten
  friend auto operator<=>(const Turning&, const Turning&) = default;
};

/// One consistent look at the file system; make a new one for each read.
class PinnedWalk {
 public:
  /// The directory at `path` (relative to the working directory where not absolute).
  common::FileResult<PinnedDirectory> enter(const std::string& path);

  /// The file at `path`, from `directory`. A name missing in a volume whose `..data` has it is found there: kubelet
  /// makes the visible links of new files only after the generation is in place.
  common::FileResult<PinnedFile> find(const PinnedDirectory& directory, const std::string& path);

  /// Something walked through has been replaced or removed since: what failed may be the walk's age, not the files.
  [[nodiscard]] bool outdated() const;

  /// Target of the first `..data` passed, "" where there was none.
  [[nodiscard]] std::string generation() const;
  /// ctime of the newest generation directory passed: when its last file was put there. The epoch where there was none.
  [[nodiscard]] common::WallTime generation_changed_at() const;

  /// In the order met, repeated where met again; a path that leads nowhere ends with the entry that is missing.
  [[nodiscard]] const std::vector<Turning>& turnings() const { return turnings_; }

 private:
  struct Generation {
    std::shared_ptr<const common::UniqueFd> parent;
    dev_t parent_device;
    ino_t parent_inode;
    std::string target;
    common::FileResult<PinnedDirectory>
        directory;  ///< an error is pinned as well: the next file must not see another one
    common::WallTime changed_at;
  };
  struct Entered {
    std::string path;
    std::shared_ptr<const common::UniqueFd> fd;  ///< null where it could not be entered
    std::vector<Turning> turnings;
  };
  struct Position {
    PinnedDirectory directory;
    std::deque<std::string> left;  ///< components still to walk
    int links = 0;
  };

  common::FileResult<PinnedFile> walk(Position at, bool want_directory);
  common::FileResult<PinnedDirectory> generation_of(const PinnedDirectory& volume);
  void note(const PinnedDirectory& directory, const std::string& name, bool in_place);

  std::vector<Generation> generations_;
  std::vector<Entered> entered_;
  std::vector<Turning> turnings_;
  int nesting_ = 0;
};

}  // namespace sources
