// Where inotify runs out, loses events or is flooded.
#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>
#include <fstream>

#include "agent/sources/directory_watch.hpp"
#include "agent/sources/secret_files.hpp"
#include "common/files.hpp"
#include "tests/support/await.hpp"
#include "tests/support/child.hpp"
#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::DetectedBy;
using sources::DirectoryWatch;
using std::chrono::steady_clock;
using support::SecretData;
using support::SecretVolume;
using support::TempDir;

const SecretData some{{"tls.crt", "one"}, {"tls.key", "one"}};
const std::vector<std::string> names{"tls.crt", "tls.key", "ca.crt"};

DetectedBy changed(boost::asio::io_context& io, DirectoryWatch::Subscription& subscription,
                   steady_clock::duration within) {
  return support::await(io, subscription.changed(steady_clock::now() + within));
}

/// In these, what can't be done on this machine; otherwise 0 is well and anything else the number of the step that
/// failed.
constexpr int not_permitted = 77;

int steps(std::initializer_list<bool> all) {
  int number = 1;
  for (const bool ok : all) {
    if (!ok) return number;
    ++number;
  }
  return 0;
}

}  // namespace

TEST_CASE("without inotify every one of 200 rotations is found within the resync interval") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish({{"tls.crt", "0"}, {"tls.key", "0"}});
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor(), {.use_inotify = false});
  auto subscription = watch.subscribe(volume.directory(), names);
  CHECK_FALSE(subscription.active());
  CHECK(subscription.problem() == "inotify is switched off");
  constexpr auto resync = 5ms;
  std::string last = sources::read_secret({.directory = volume.directory()}).content_hash;
  int found = 0;
  for (int i = 1; i <= 200; ++i) {
    volume.publish({{"tls.crt", std::to_string(i)}, {"tls.key", std::to_string(i)}});
    REQUIRE(changed(io, subscription, resync) == DetectedBy::poll);
    const auto files = sources::read_secret({.directory = volume.directory()});
    found += files.content_hash != last && files.cert && files.cert->bytes == std::to_string(i);
    last = files.content_hash;
  }
  CHECK(found == 200);
}

TEST_CASE("inotify that can't be had at first is tried again at the deadline") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  boost::asio::io_context io;
  {
    // UBSan looks an object's type up through a pipe the first time it meets it, which no descriptor is left for below.
    DirectoryWatch first(io.get_executor());
    auto met = first.subscribe(volume.directory(), names);
    CHECK(changed(io, met, 1ms) == DetectedBy::poll);
  }
  // No further descriptor: inotify_init1 fails with EMFILE, as it does when the user's instances are used up.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const common::UniqueFd next{::dup(0)};
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(next.get());
  DirectoryWatch watch(io.get_executor());
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  auto subscription = watch.subscribe(volume.directory(), names);
  const bool active = subscription.active();
  const std::string problem = subscription.problem();
  const auto by = changed(io, subscription, 1ms);
  const bool still_active = subscription.active();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK_FALSE(active);
  CHECK(problem.find("inotify is not available") == 0);
  CHECK(problem.find("max_user_instances") != std::string::npos);
  CHECK(by == DetectedBy::poll);
  CHECK_FALSE(still_active);

  CHECK(changed(io, subscription, 1ms) == DetectedBy::poll);
  CHECK(subscription.active());
  CHECK(subscription.problem().empty());
  volume.publish(some);
  CHECK(changed(io, subscription, 10s) == DetectedBy::inotify);
}

TEST_CASE("no watches left: polling, saying which limit, and watching again when there are") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  const int failed =
      support::Child([&] {
        // A user namespace has its own limit, so that nobody else's is touched.
        const auto set_limit = [](int limit) {
          std::ofstream file("/proc/sys/user/max_inotify_watches");
          file << limit;
          return static_cast<bool>(file.flush());
        };
        if (::unshare(CLONE_NEWUSER) != 0 || !set_limit(0)) return not_permitted;
        boost::asio::io_context io;
        DirectoryWatch watch(io.get_executor());
        auto subscription = watch.subscribe(volume.directory(), names);
        const bool refused = !subscription.active();
        const std::string problem = subscription.problem();
        const auto by = changed(io, subscription, 1ms);
        if (!set_limit(100)) return not_permitted;
        const auto again = changed(io, subscription, 1ms);
        const bool active = subscription.active();
        volume.publish(some);
        return steps({refused, problem.find("max_user_watches") != std::string::npos,
                      problem.find(volume.directory()) != std::string::npos, by == DetectedBy::poll,
                      again == DetectedBy::poll, active, changed(io, subscription, 10s) == DetectedBy::inotify});
      }).wait();
  if (failed == not_permitted) SKIP("no user namespaces here");
  CHECK(failed == 0);
}

TEST_CASE("a directory that may be searched but not read can't be watched, only polled") {
  TempDir temp;
  fs::permissions(temp.path(), fs::perms(0755));
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  fs::permissions(volume.path(), fs::perms(0711));
  const int failed = support::Child([&] {
                       if (::geteuid() == 0 && (::setegid(65534) != 0 || ::seteuid(65534) != 0)) return not_permitted;
                       boost::asio::io_context io;
                       DirectoryWatch watch(io.get_executor());
                       auto subscription = watch.subscribe(volume.directory(), names);
                       return steps({::geteuid() != 0, !subscription.active(),
                                     subscription.problem().find("Permission denied") != std::string::npos,
                                     changed(io, subscription, 1ms) == DetectedBy::poll,
                                     sources::read_secret({.directory = volume.directory()}).problems.empty()});
                     }).wait();
  if (failed == not_permitted) SKIP("can't become another user here");
  // An unprivileged run owns the directory and may read it.
  if (::geteuid() == 0) CHECK(failed == 0);
}

TEST_CASE("an overflowing queue is a reason to read") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  int most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  if (most <= 0 || most > 100'000) SKIP("a queue of " << most << " events would take too long to fill");
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe(volume.directory(), names);
  // Nobody reads meanwhile: entries that don't matter fill the queue, the rotation itself finds no room.
  for (int i = 0; i <= most; ++i) {
    const std::string path = (volume.path() / ("x" + std::to_string(i % 2))).string();
    REQUIRE(::symlink("nowhere", path.c_str()) == 0);
    REQUIRE(::unlink(path.c_str()) == 0);
  }
  volume.publish({{"tls.crt", "two"}, {"tls.key", "two"}});
  CHECK(changed(io, subscription, 30s) == DetectedBy::inotify);
  CHECK(sources::read_secret({.directory = volume.directory()}).cert->bytes == "two");
  volume.publish(some);
  CHECK(changed(io, subscription, 30s) == DetectedBy::inotify);
}

TEST_CASE("a storm in the directory wakes us a bounded number of times and hides no rotation") {
  const bool of_our_files = GENERATE(false, true);
  CAPTURE(of_our_files);
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe(volume.directory(), names);
  support::Child writer([&] {
    const std::string path = volume.directory() + (of_our_files ? "/ca.crt" : "/unrelated");
    for (;;) {
      if (::symlink("..data/ca.crt", path.c_str()) != 0 || ::unlink(path.c_str()) != 0) return 1;
    }
  });
  const auto begin = steady_clock::now();
  int completions = 0;
  while (steady_clock::now() - begin < 500ms) {
    completions += changed(io, subscription, 50ms) == DetectedBy::inotify;
  }
  const auto windows = (steady_clock::now() - begin) / 5ms;
  INFO(watch.wake_ups() << " wake-ups, " << completions << " completions in " << windows << " windows");
  CHECK(watch.wake_ups() > 10);
  CHECK(watch.wake_ups() <= static_cast<std::uint64_t>(windows + 2) * 8);
  CHECK(completions <= static_cast<int>(watch.wake_ups()));
  if (!of_our_files) {
    // A relevant event among them is found, and it alone (a queue that overflowed may add to that).
    ::symlink("..data_new", (volume.path() / "ca.crt").c_str());
    CHECK(changed(io, subscription, 10s) == DetectedBy::inotify);
  }
}

TEST_CASE("a volume that is unmounted and mounted again") {
  TempDir temp;
  const int failed =
      support::Child([&] {
        const std::string point = temp / "mount";
        fs::create_directory(point);
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", point.c_str(), "tmpfs", 0, nullptr) != 0) {
          return not_permitted;
        }
        SecretVolume volume(point);
        volume.publish(some);
        boost::asio::io_context io;
        DirectoryWatch watch(io.get_executor());
        auto subscription = watch.subscribe(point, names);
        const bool was_there = sources::read_secret({.directory = point}).cert.has_value();
        if (::umount(point.c_str()) != 0) return not_permitted;
        const auto unmounted = changed(io, subscription, 10s);
        const bool is_gone = !sources::read_secret({.directory = point}).cert.has_value();
        // A mount gives no event: the resync sees it and watches from then on.
        if (::mount("none", point.c_str(), "tmpfs", 0, nullptr) != 0) return not_permitted;
        volume.publish(some);
        while (changed(io, subscription, 20ms) == DetectedBy::inotify) {
        }
        const bool is_back = sources::read_secret({.directory = point}).cert.has_value();
        volume.publish(some);
        const auto rotated = changed(io, subscription, 10s);
        const bool ok = was_there && is_gone && is_back;
        ::umount(point.c_str());
        return steps(
            {was_there, unmounted == DetectedBy::inotify, is_gone, is_back, rotated == DetectedBy::inotify, ok});
      }).wait();
  if (failed == not_permitted) SKIP("mounting is not permitted here");
  CHECK(failed == 0);
}
