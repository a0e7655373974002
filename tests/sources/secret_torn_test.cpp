// Reading while another process rotates as fast as it can: no state may be seen that was never published.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <chrono>
#include <filesystem>

#include "agent/sources/secret_files.hpp"
#include "tests/support/child.hpp"
#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

namespace fs = std::filesystem;
using support::SecretData;
using support::SecretVolume;

/// Version `i`: every file says so, and each third version lacks the CA file, each fifth the key.
SecretData version(int i) {
  const std::string text = std::to_string(i);
  SecretData files{{"tls.crt", text}};
  if (i % 5 != 0) files["tls.key"] = text;
  if (i % 3 != 0) files["ca.crt"] = text;
  return files;
}

/// What is wrong with what was read, "" where it is one version.
std::string torn(const model::SecretFiles& files) {
  if (!files.cert) return "no certificate";
  const int i = std::stoi(files.cert->bytes);
  if (files.key.has_value() != (i % 5 != 0)) return "a key of another version";
  if (files.key && files.key->bytes.view() != files.cert->bytes) return "key and certificate differ";
  if (files.ca.has_value() != (i % 3 != 0)) return "a CA of another version";
  if (files.ca && files.ca->bytes != files.cert->bytes) return "CA and certificate differ";
  return "";
}

}  // namespace

TEST_CASE("no torn version is ever read, in any layout") {
  const std::string layout = GENERATE("direct", "direct, links first", "chained", "chained, links first",
                                      "directory link", "plain directories");
  CAPTURE(layout);
  support::TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.links_first = layout.ends_with("links first");
  const fs::path link = temp / "link";
  // Directories without ..data behind a link that is replaced as kubelet replaces its own.
  const auto publish_plain = [&](int i) {
    const fs::path fresh = temp / ("v" + std::to_string(i));
    support::write_plain_secret(fresh, version(i));
    fs::create_directory_symlink(fresh, temp / "new");
    fs::rename(temp / "new", link);
    fs::remove_all(temp / ("v" + std::to_string(i - 1)));
  };
  const bool plain = layout == "plain directories";
  const auto publish = [&](int i) {
    if (plain) {
      publish_plain(i);
    } else {
      volume.publish(version(i));
    }
  };
  publish(1);
  std::string directory = volume.directory();
  if (layout.starts_with("chained")) {
    directory = temp / "chained";
    link_to_volume(directory, volume, {{"tls.crt", ""}, {"tls.key", ""}, {"ca.crt", ""}});
  } else if (layout == "directory link") {
    fs::create_symlink(volume.path(), link);
    directory = link.string();
  } else if (plain) {
    directory = link.string();
  }
  support::Child writer([&] {
    for (int i = 2;; ++i) publish(i);
    return 0;
  });

  int reads = 0;
  int unstable = 0;
  int versions = 0;
  std::string last;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
  while ((reads < 3000 || versions < 100) && std::chrono::steady_clock::now() < end) {
    const auto files = sources::read_secret({.directory = directory});
    ++reads;
    if (!files.problems.empty() && files.problems.front().error == model::ReadError::unstable) {
      CHECK_FALSE((files.cert || files.key || files.ca));
      ++unstable;
      continue;
    }
    const std::string what = torn(files);
    if (!what.empty()) {
      writer.kill();
      FAIL(what << " after " << reads << " reads, generation " << files.generation);
    }
    CHECK(files.rotatable != plain);
    if (files.cert->bytes != last) ++versions;
    last = files.cert->bytes;
  }
  writer.kill();
  INFO(reads << " reads, " << versions << " versions, " << unstable << " unstable");
  CHECK(versions >= 5);  // a busy machine lets the writer run seldom
  CHECK(unstable * 50 <= reads);
}

TEST_CASE("a volume that never holds still is unstable, not broken") {
  support::TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish({{"tls.crt", "x"}});
  support::Child writer([&] {
    for (int i = 0;; ++i) {
      const std::string target = "..g" + std::to_string(i % 97);
      fs::create_directories(volume.path() / target);
      fs::create_symlink(target, volume.path() / "..data_tmp");
      fs::rename(volume.path() / "..data_tmp", volume.path() / "..data");
    }
    return 0;
  });
  bool unstable = false;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!unstable && std::chrono::steady_clock::now() < end) {
    const auto files = sources::read_secret({.directory = volume.directory()});
    unstable = files.problems.size() == 1 && files.problems[0].error == model::ReadError::unstable &&
               files.problems[0].file.empty();
  }
  CHECK(unstable);
}
