// A Secret volume written as kubelet's AtomicWriter writes it, and the other layouts in which certificates reach a
// container. Only writes; what a reader makes of it is the test's business. Not for use by two writers at once.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace support {

/// File name in the volume (may hold '/') to content.
using SecretData = std::map<std::string, std::string>;

class SecretVolume {
 public:
  /// Creates the directory where it is not there. Nothing is published yet.
  explicit SecretVolume(std::filesystem::path directory);

  /// One version: a new directory `..YYYY_MM_DD_hh_mm_ss.N` with the files, `..data_tmp` renamed over `..data`, visible
  /// links added and stale ones removed, the old directory removed. Unlike kubelet it also writes what has not changed.
  /// Returns the new directory's name.
  std::string publish(const SecretData& files);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string directory() const { return path_.string(); }
  /// Target of `..data`; "" before the first version.
  [[nodiscard]] std::string generation() const;

  /// Mode of the files, `defaultMode` of the volume.
  unsigned mode = 0644;
  /// Older kubelets made the visible links of new files before `..data` is renamed, newer ones make them afterwards.
  bool links_first = false;
  /// Called right before rename(2) makes the version visible, and right after.
  std::function<void()> before_swap;
  std::function<void()> after_swap;

 private:
  void add_links(const SecretData& files) const;
  void remove_links(const SecretData& files) const;

  std::filesystem::path path_;
};

/// Plain files without `..data`, as a subPath mount or a copy shows them.
void write_plain_secret(const std::filesystem::path& directory, const SecretData& files, unsigned mode = 0644);

/// The chained layout: `directory/<name>` is a symbolic link to `<name>` in the volume, by absolute path.
void link_to_volume(const std::filesystem::path& directory, const SecretVolume& volume, const SecretData& names);

}  // namespace support
