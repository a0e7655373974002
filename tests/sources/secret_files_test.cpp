#include "agent/sources/secret_files.hpp"

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <cmath>
#include <filesystem>
#include <functional>

#include "tests/sources/secret_reading.hpp"
#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

namespace fs = std::filesystem;
using sources::read_secret;
using sources::SecretRequest;
using support::SecretData;
using support::SecretVolume;
using support::TempDir;
using tests::ca_at;
using tests::leaf_at;
using tests::leaf_files;
using tests::problems;

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
