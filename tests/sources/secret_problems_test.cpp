// What read_secret says of files it can't have.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>
#include <functional>

#include "agent/sources/secret_files.hpp"
#include "tests/sources/secret_reading.hpp"
#include "tests/support/child.hpp"
#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

namespace fs = std::filesystem;
using sources::read_secret;
using sources::SecretRequest;
using support::SecretVolume;
using support::TempDir;
using tests::ca_at;
using tests::leaf_at;
using tests::leaf_files;
using tests::problems;

}  // namespace

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
