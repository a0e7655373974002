#include "agent/sources/secret_files.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>

#include "tests/support/child.hpp"
#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

namespace fs = std::filesystem;
using model::ReadError;
using sources::read_secret;
using sources::SecretRequest;
using support::SecretData;
using support::SecretVolume;
using support::TempDir;

const SecretData leaf_files{{"tls.crt", "certificate"}, {"tls.key", "private key"}, {"ca.crt", "anchors"}};

SecretRequest leaf_at(const std::string& directory) {
  SecretRequest request;
  request.directory = directory;
  return request;
}
SecretRequest ca_at(const std::string& directory) {
  SecretRequest request = leaf_at(directory);
  request.leaf = false;
  return request;
}

/// "tls.key:missing ca.crt:too_large", in the order found.
std::string problems(const model::SecretFiles& files) {
  std::string text;
  for (const auto& problem : files.problems) {
    CHECK_FALSE(problem.detail.empty());
    if (!text.empty()) text += ' ';
    text += problem.file + ':' + std::string(name(problem.error));
  }
  return text;
}

double now_seconds() {
  struct timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

TEST_CASE("a Secret volume is read with content, modes, generation and the time it appeared") {
  TempDir temp;
  SecretVolume volume(temp / "server");
  volume.mode = 0640;
  const std::string generation = volume.publish(leaf_files);
  const auto files = read_secret(leaf_at(volume.directory()));

  CHECK(problems(files).empty());
  CHECK(files.directory == volume.directory());
  CHECK(files.generation == generation);
  CHECK(files.rotatable);
  REQUIRE(files.cert);
  REQUIRE(files.key);
  REQUIRE(files.ca);
  CHECK(files.cert->bytes == "certificate");
  CHECK(files.key->bytes.view() == "private key");
  CHECK(files.ca->bytes == "anchors");
  CHECK((files.key->mode & 07777) == 0640);
  CHECK(S_ISREG(files.key->mode));
  CHECK(files.cert->uid == ::geteuid());
  CHECK(files.content_hash.size() == 64);
  CHECK(std::abs(common::unix_seconds(files.changed_at) - now_seconds()) < 5);
}

TEST_CASE("a CA role wants its CA file alone") {
  TempDir temp;
  SecretVolume volume(temp / "ca");
  volume.publish({{"ca.crt", "anchors"}});
  REQUIRE(::mkfifo((temp / "ca/tls.key").c_str(), 0600) == 0);
  const auto files = read_secret(ca_at(volume.directory()));
  CHECK(problems(files).empty());
  CHECK_FALSE(files.cert);
  CHECK_FALSE(files.key);
  REQUIRE(files.ca);
  CHECK(files.ca->bytes == "anchors");
  CHECK(sources::wanted_files(ca_at("")) == std::vector<std::string>{"ca.crt"});
  CHECK(sources::wanted_files(leaf_at("")) == std::vector<std::string>{"tls.crt", "tls.key", "ca.crt"});
}

TEST_CASE("a leaf role needs no CA file of its own") {
  TempDir temp;
  SecretVolume volume(temp / "server");
  volume.publish({{"tls.crt", "certificate"}, {"tls.key", "private key"}});
  const auto files = read_secret(leaf_at(volume.directory()));
  CHECK(problems(files).empty());
  CHECK_FALSE(files.ca);
}

TEST_CASE("file names are the request's, also with directories in them") {
  TempDir temp;
  SecretVolume volume(temp / "server");
  volume.publish({{"pki/live/cert.pem", "certificate"}, {"pki/key.pem", "private key"}, {"root.pem", "anchors"}});
  SecretRequest request = leaf_at(volume.directory());
  request.cert_file = "pki/live/cert.pem";
  request.key_file = "pki/key.pem";
  request.ca_file = "root.pem";
  const auto files = read_secret(request);
  CHECK(problems(files).empty());
  CHECK(files.rotatable);
  REQUIRE(files.cert);
  CHECK(files.cert->bytes == "certificate");
  REQUIRE(files.key);
  CHECK(files.key->bytes.view() == "private key");
  REQUIRE(files.ca);
  CHECK(files.ca->bytes == "anchors");
}

TEST_CASE("every layout that ends in a live ..data is followed and rotates") {
  struct Layout {
    std::string what;
    std::function<std::string(const TempDir&, const SecretVolume&)> make;
  };
  const Layout layout = GENERATE(values<Layout>(
      {{"direct", [](const TempDir&, const SecretVolume& volume) { return volume.directory(); }},
       {"direct with a trailing slash",
        [](const TempDir&, const SecretVolume& volume) { return volume.directory() + "//./"; }},
       {"files linked one by one by absolute path",
        [](const TempDir& temp, const SecretVolume& volume) {
          link_to_volume(temp / "chained", volume, leaf_files);
          return temp / "chained";
        }},
       {"two links to each file",
        [](const TempDir& temp, const SecretVolume& volume) {
          link_to_volume(temp / "middle", volume, leaf_files);
          fs::create_directories(temp / "chained");
          for (const auto& [name, content] : leaf_files) {
            fs::create_symlink("../middle/" + name, fs::path(temp / "chained") / name);
          }
          return temp / "chained";
        }},
       {"the directory is a link",
        [](const TempDir& temp, const SecretVolume& volume) {
          fs::create_symlink(volume.path(), temp / "link");
          return temp / "link";
        }},
       {"the directory is a relative link to a link",
        [](const TempDir& temp, const SecretVolume& volume) {
          fs::create_symlink(volume.path().filename(), temp / "one");
          fs::create_symlink("./one/../one", temp / "two");
          return temp / "two";
        }},
       {"a parent of the directory is a link",
        [](const TempDir& temp, const SecretVolume& volume) {
          fs::create_symlink(volume.path().parent_path(), temp / "up");
          return (temp / "up") + "/" + volume.path().filename().string();
        }},
       {"..data itself", [](const TempDir&, const SecretVolume& volume) { return volume.directory() + "/..data"; }},
       {"..data by an absolute target", [](const TempDir& temp, const SecretVolume& volume) {
          fs::create_directories(temp / "absolute");
          fs::create_symlink(volume.path() / volume.generation(), temp / "absolute/..data");
          return temp / "absolute";
        }}}));
  INFO(layout.what);
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(leaf_files);
  const auto files = read_secret(leaf_at(layout.make(temp, volume)));
  CHECK(problems(files).empty());
  CHECK(files.rotatable);
  CHECK(files.generation.ends_with(volume.generation()));
  REQUIRE(files.cert);
  CHECK(files.cert->bytes == "certificate");
  REQUIRE(files.key);
  CHECK(files.key->bytes.view() == "private key");
  CHECK(files.changed_at != common::WallTime{});
}

TEST_CASE("a relative directory is looked up from the working directory") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(leaf_files);
  const auto before = fs::current_path();
  fs::current_path(temp.path());
  const auto files = read_secret(leaf_at("volume"));
  fs::current_path(before);
  CHECK(problems(files).empty());
  CHECK(files.generation == volume.generation());
}

TEST_CASE("plain files, a subPath mount and a copied volume never rotate") {
  TempDir temp;
  const std::string directory = temp / "plain";
  SECTION("plain") { support::write_plain_secret(directory, leaf_files); }
  SECTION("one of them linked into a volume") {
    SecretVolume volume(temp / "volume");
    volume.publish(leaf_files);
    link_to_volume(directory, volume, {{"tls.crt", ""}});
    support::write_plain_secret(directory, {{"tls.key", "private key"}});
  }
  SECTION("a copy in which ..data became a directory") {
    support::write_plain_secret(directory + "/..data", leaf_files);
    for (const auto& [name, content] : leaf_files) fs::create_symlink("..data/" + name, fs::path(directory) / name);
  }
  const auto files = read_secret(leaf_at(directory));
  CHECK(problems(files).empty());
  CHECK_FALSE(files.rotatable);
  CHECK(std::abs(common::unix_seconds(files.changed_at) - now_seconds()) < 5);
}

TEST_CASE("kubelet's moment between the new ..data and the links of new files is no missing file") {
  TempDir temp;
  SecretVolume volume(temp / "server");
  volume.publish({{"tls.crt", "certificate"}});
  std::string seen = "not called";
  volume.after_swap = [&] {
    const auto files = read_secret(leaf_at(volume.directory()));
    seen = problems(files) + (files.key ? std::string(files.key->bytes.view()) : "no key");
  };
  volume.publish(leaf_files);
  CHECK(seen == "private key");
}

TEST_CASE("what can't be read is a problem of its file with a closed reason") {
  struct Trouble {
    std::string what;
    std::function<void(const fs::path&)> make;  ///< given a directory with good plain files
    std::string expected;
  };
  const Trouble trouble = GENERATE(values<Trouble>({
      {"no directory", [](const fs::path& at) { fs::remove_all(at); }, ":missing"},
      {"a file for a directory",
       [](const fs::path& at) {
         fs::remove_all(at);
         support::write_file(at, "");
       },
       ":missing"},
      {"an empty directory",
       [](const fs::path& at) {
         for (const auto& [name, content] : leaf_files) fs::remove(at / name);
       },
       "tls.crt:missing tls.key:missing"},
      {"no certificate", [](const fs::path& at) { fs::remove(at / "tls.crt"); }, "tls.crt:missing"},
      {"a directory for a key",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_directory(at / "tls.key");
       },
       "tls.key:not_a_file"},
      {"a FIFO for a certificate",
       [](const fs::path& at) {
         fs::remove(at / "tls.crt");
         REQUIRE(::mkfifo((at / "tls.crt").c_str(), 0644) == 0);
       },
       "tls.crt:not_a_file"},
      {"a FIFO behind a link",
       [](const fs::path& at) {
         REQUIRE(::mkfifo((at / "pipe").c_str(), 0644) == 0);
         fs::remove(at / "ca.crt");
         fs::create_symlink("pipe", at / "ca.crt");
       },
       "ca.crt:not_a_file"},
      {"a device",
       [](const fs::path& at) {
         fs::remove(at / "ca.crt");
         fs::create_symlink("/dev/zero", at / "ca.crt");
       },
       "ca.crt:not_a_file"},
      {"one byte too many", [](const fs::path& at) { support::write_file(at / "ca.crt", std::string(1001, 'x')); },
       "ca.crt:too_large"},
      {"a dangling link",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("nowhere/tls.key", at / "tls.key");
       },
       "tls.key:missing"},
      {"a link to itself",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("tls.key", at / "tls.key");
       },
       "tls.key:missing"},
      {"two links to each other",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("other", at / "tls.key");
         fs::create_symlink("tls.key", at / "other");
       },
       "tls.key:missing"},
      {"a link that grows with each turn",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("tls.key/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z", at / "tls.key");
       },
       "tls.key:missing"},
      {"a file for a directory on the way",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("tls.crt/tls.key", at / "tls.key");
       },
       "tls.key:missing"},
      {"a ..data that leads to itself",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("..data/tls.key", at / "tls.key");
         fs::create_symlink("..data", at / "..data");
       },
       "tls.key:missing"},
      {"a ..data that leads to its own directory",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink(".", at / "..data");
       },
       "tls.key:missing"},
      {"a ..data that leads nowhere",
       [](const fs::path& at) {
         fs::remove(at / "tls.key");
         fs::create_symlink("..data/tls.key", at / "tls.key");
         fs::create_symlink("..2026_01_01_00_00_00.1", at / "..data");
       },
       "tls.key:missing"},
  }));
  INFO(trouble.what);
  TempDir temp;
  const fs::path directory = temp / "server";
  support::write_plain_secret(directory, leaf_files);
  trouble.make(directory);
  SecretRequest request = leaf_at(directory.string());
  request.limit = 1000;
  const auto files = read_secret(request);
  CHECK(problems(files) == trouble.expected);
  CHECK(files.cert.has_value() ==
        (trouble.expected.find("tls.crt") == std::string::npos && trouble.expected.find(":missing") != 0));
}

TEST_CASE("a file of exactly the limit is read") {
  TempDir temp;
  support::write_plain_secret(temp / "ca", {{"ca.crt", std::string(1000, 'x')}});
  SecretRequest request = ca_at(temp / "ca");
  request.limit = 1000;
  const auto files = read_secret(request);
  CHECK(problems(files).empty());
  REQUIRE(files.ca);
  CHECK(files.ca->bytes.size() == 1000);
}

TEST_CASE("permission denied is told from missing") {
  TempDir temp;
  fs::permissions(temp.path(), fs::perms(0755));
  SecretVolume volume(temp / "volume");
  volume.publish(leaf_files);
  const auto as_nobody = [](const std::string& directory) {
    return support::Child([&] {
             if (::geteuid() == 0 && (::setegid(65534) != 0 || ::seteuid(65534) != 0)) return 1;
             const auto files = read_secret(leaf_at(directory));
             if (problems(files) == "tls.key:permission" && files.cert && !files.key) return 10;
             if (problems(files) == "tls.crt:permission tls.key:permission ca.crt:permission") return 20;
             if (problems(files).empty()) return 30;
             return 2;
           })
        .wait();
  };
  CHECK(as_nobody(volume.directory()) == 30);
  fs::permissions(volume.path() / "tls.key", fs::perms::none);
  CHECK(as_nobody(volume.directory()) == 10);
  fs::permissions(volume.path(), fs::perms::none);
  CHECK(as_nobody(volume.directory()) == 20);
  // Search alone is enough, as for any other reader.
  fs::permissions(volume.path(), fs::perms(0111));
  CHECK(as_nobody(volume.directory()) == 10);
  fs::permissions(volume.path(), fs::perms(0755));
}

TEST_CASE("the content hash changes with bytes, modes, problems and layout, and with nothing else") {
  TempDir temp;
  SecretVolume volume(temp / "server");
  volume.publish(leaf_files);
  const auto hash = [&] { return read_secret(leaf_at(volume.directory())).content_hash; };
  const std::string first = hash();
  CHECK(hash() == first);

  SECTION("the same content in a new generation") {
    volume.publish(leaf_files);
    CHECK(hash() == first);
  }
  SECTION("one byte of the key") {
    SecretData files = leaf_files;
    files["tls.key"].back() = 'Y';
    volume.publish(files);
    CHECK(hash() != first);
  }
  SECTION("bytes moved from one file to the next") {
    volume.publish({{"tls.crt", "certificatep"}, {"tls.key", "rivate key"}, {"ca.crt", "anchors"}});
    CHECK(hash() != first);
  }
  SECTION("a mode") {
    volume.mode = 0600;
    volume.publish(leaf_files);
    CHECK(hash() != first);
  }
  SECTION("a file less") {
    volume.publish({{"tls.crt", "certificate"}, {"tls.key", "private key"}});
    CHECK(hash() != first);
  }
  SECTION("a problem, and another") {
    volume.publish({{"tls.crt", "certificate"}});
    const std::string missing = hash();
    CHECK(missing != first);
    fs::remove(volume.path() / "..data" / "tls.key");
    fs::create_directory(volume.path() / "..data" / "tls.key");
    CHECK(hash() != missing);
  }
  SECTION("the same files without ..data") {
    support::write_plain_secret(temp / "plain", leaf_files);
    CHECK(read_secret(leaf_at(temp / "plain")).content_hash != first);
  }
}
