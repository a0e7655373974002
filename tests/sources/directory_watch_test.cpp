#include "agent/sources/directory_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>
#include <functional>
#include <optional>

#include "tests/support/await.hpp"
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

/// What `changed` says within the time; inotify needs a moment, so that this is how long a test waits for nothing.
DetectedBy changed(boost::asio::io_context& io, DirectoryWatch::Subscription& subscription,
                   steady_clock::duration within) {
  return support::await(io, subscription.changed(steady_clock::now() + within));
}
DetectedBy noticed(boost::asio::io_context& io, DirectoryWatch::Subscription& subscription) {
  return changed(io, subscription, 10s);
}
bool quiet(boost::asio::io_context& io, DirectoryWatch::Subscription& subscription) {
  return changed(io, subscription, 20ms) == DetectedBy::poll;
}
/// Takes what is left over of the last change.
void settle(boost::asio::io_context& io, DirectoryWatch::Subscription& subscription) {
  for (int i = 0; i < 10 && !quiet(io, subscription); ++i) {
  }
}

}  // namespace

TEST_CASE("a change anywhere on the way to the files is noticed, and the next one too") {
  struct Change {
    std::string what;
    std::function<void(const fs::path&)> prepare;            ///< makes `root/at` as it is at the start
    std::vector<std::function<void(const fs::path&)>> then;  ///< each must be noticed
  };
  const auto publish = [](const fs::path& root) { SecretVolume(root / "volume").publish(some); };
  const auto publish_at = [](const fs::path& root) { SecretVolume(root / "at").publish(some); };
  const auto plain = [](const fs::path& root) { support::write_plain_secret(root / "at", some); };
  const auto chain = [](const fs::path& root) {
    const SecretVolume volume(root / "volume");
    link_to_volume(root / "at", volume, {{"tls.crt", ""}, {"tls.key", ""}});
  };
  const Change change = GENERATE_COPY(values<Change>({
      {"rotations of a volume", publish_at, {publish_at, publish_at, publish_at}},
      {"the first version", [](const fs::path& root) { SecretVolume{root / "at"}; }, {publish_at, publish_at}},
      {"a directory that appears", [](const fs::path&) {}, {publish_at, publish_at}},
      {"a directory and its volume's parent that appear",
       [](const fs::path& root) { fs::create_symlink("deep/down/volume", root / "at"); },
       {[](const fs::path& root) { fs::create_directories(root / "deep"); },
        [](const fs::path& root) { SecretVolume(root / "deep/down/volume").publish(some); },
        [](const fs::path& root) { SecretVolume(root / "deep/down/volume").publish(some); }}},
      {"rotations behind chained links",
       [=](const fs::path& root) {
         publish(root);
         chain(root);
       },
       {publish, publish}},
      {"a chain whose volume comes later", chain, {publish, publish}},
      {"rotations behind a linked directory",
       [=](const fs::path& root) {
         publish(root);
         fs::create_symlink("volume", root / "at");
       },
       {publish, publish}},
      {"a linked directory that is pointed elsewhere",
       [=](const fs::path& root) {
         publish(root);
         SecretVolume(root / "second").publish(some);
         fs::create_symlink("volume", root / "at");
       },
       {[](const fs::path& root) {
          fs::create_symlink("second", root / "new");
          fs::rename(root / "new", root / "at");
        },
        [](const fs::path& root) { SecretVolume(root / "second").publish(some); }}},
      {"a chained file that is pointed to another volume",
       [=](const fs::path& root) {
         publish(root);
         SecretVolume(root / "second").publish(some);
         chain(root);
       },
       {[](const fs::path& root) {
          fs::create_symlink(root / "second/tls.crt", root / "at/new");
          fs::rename(root / "at/new", root / "at/tls.crt");
        },
        [](const fs::path& root) { SecretVolume(root / "second").publish(some); }, publish}},
      {"plain files",
       plain,
       {plain,  // rewritten in place
        [](const fs::path& root) {
          support::write_file(root / "at/new", "two");
          fs::rename(root / "at/new", root / "at/tls.key");
        },
        [](const fs::path& root) { fs::remove(root / "at/tls.crt"); }, plain,
        [](const fs::path& root) { fs::rename(root / "at/tls.crt", root / "elsewhere"); },
        [](const fs::path& root) { support::write_file(root / "at/ca.crt", "anchors"); },
        [](const fs::path& root) { support::write_file(root / "at/ca.crt", "other anchors"); }}},
      {"a file written to by another path, as one mounted by itself is",
       [=](const fs::path& root) {
         plain(root);
         fs::create_hard_link(root / "at/tls.crt", root / "behind");
       },
       {[](const fs::path& root) { support::write_file(root / "behind", "two"); },
        [](const fs::path& root) { support::write_file(root / "behind", "three"); },
        [](const fs::path& root) {
          support::write_file(root / "at/new", "four");
          fs::create_hard_link(root / "at/new", root / "behind it");
          fs::rename(root / "at/new", root / "at/tls.crt");
        },
        [](const fs::path& root) { support::write_file(root / "behind it", "five"); }}},
      {"a directory removed and made again",
       publish_at,
       {[](const fs::path& root) { fs::remove_all(root / "at"); }, publish_at, publish_at}},
      {"a directory replaced by another",
       publish_at,
       {[](const fs::path& root) {
          SecretVolume(root / "next").publish(some);
          fs::rename(root / "at", root / "old");
          fs::rename(root / "next", root / "at");
        },
        publish_at}},
      {"circular links that are mended",
       [](const fs::path& root) { fs::create_symlink("at", root / "at"); },
       {[](const fs::path& root) { fs::remove(root / "at"); }, publish_at, publish_at}},
  }));
  INFO(change.what);
  TempDir temp;
  const fs::path& root = temp.path();
  change.prepare(root);
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe((root / "at").string(), names);
  CHECK(subscription.active());
  CHECK(subscription.problem().empty());
  CHECK(quiet(io, subscription));
  for (std::size_t i = 0; i < change.then.size(); ++i) {
    INFO("change " << i);
    change.then[i](root);
    CHECK(noticed(io, subscription) == DetectedBy::inotify);
    settle(io, subscription);
    CHECK(subscription.active());
  }
}

TEST_CASE("a relative directory and a configuration file") {
  TempDir temp;
  const auto before = fs::current_path();
  fs::current_path(temp.path());
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe(".", {"config.toml"});
  support::write_file("config.toml", "a = 1");
  CHECK(noticed(io, subscription) == DetectedBy::inotify);
  settle(io, subscription);
  support::write_file("other.toml", "a = 1");
  CHECK(quiet(io, subscription));
  support::write_file("config.toml", "a = 2");
  CHECK(noticed(io, subscription) == DetectedBy::inotify);
  fs::current_path(before);
}

TEST_CASE("one rotation is told once") {
  const bool chained = GENERATE(false, true);
  CAPTURE(chained);
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  if (chained) link_to_volume(temp / "chained", volume, some);
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe(chained ? temp / "chained" : volume.directory(), names);
  for (int i = 0; i < 5; ++i) {
    volume.publish(some);
    CHECK(noticed(io, subscription) == DetectedBy::inotify);
    CHECK(quiet(io, subscription));
  }
}

TEST_CASE("what happens between two calls is not lost, and completes the next at once") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe(volume.directory(), names);
  volume.publish(some);
  io.poll();
  CHECK(changed(io, subscription, 0ms) == DetectedBy::inotify);
  settle(io, subscription);
  // Also where the loop has not seen the event yet.
  volume.publish(some);
  CHECK(noticed(io, subscription) == DetectedBy::inotify);
}

TEST_CASE("nothing and what is not ours: the deadline, and no wake-up while nothing happens") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto subscription = watch.subscribe(volume.directory(), names);
  const auto before = steady_clock::now();
  CHECK(changed(io, subscription, 50ms) == DetectedBy::poll);
  CHECK(steady_clock::now() - before >= 50ms);
  CHECK(watch.wake_ups() == 0);
  support::write_file(temp / "volume/unrelated", "x");
  fs::create_directory(temp / "neighbour");
  CHECK(quiet(io, subscription));
}

TEST_CASE("subscriptions share directories and are told apart") {
  TempDir temp;
  support::write_plain_secret(temp / "shared", {{"a", ""}, {"b", ""}});
  boost::asio::io_context io;
  DirectoryWatch watch(io.get_executor());
  auto a = watch.subscribe(temp / "shared", {"a"});
  auto also_a = std::make_optional(watch.subscribe(temp / "shared", {"a"}));
  auto b = watch.subscribe(temp / "shared", {"b"});
  support::write_file(temp / "shared/a", "1");
  CHECK(noticed(io, a) == DetectedBy::inotify);
  CHECK(noticed(io, *also_a) == DetectedBy::inotify);
  CHECK(quiet(io, b));
  settle(io, a);
  // One that ends takes nothing from the others.
  also_a.reset();
  support::write_file(temp / "shared/a", "2");
  CHECK(noticed(io, a) == DetectedBy::inotify);
  a = watch.subscribe(temp / "shared", {"c"});
  support::write_file(temp / "shared/b", "2");
  CHECK(noticed(io, b) == DetectedBy::inotify);
  CHECK(quiet(io, a));
}

TEST_CASE("ending in any order") {
  TempDir temp;
  SecretVolume volume(temp / "volume");
  volume.publish(some);
  boost::asio::io_context io;
  auto watch = std::make_optional<DirectoryWatch>(io.get_executor());
  auto subscription = std::make_optional(watch->subscribe(volume.directory(), names));

  SECTION("the watch first") {
    watch.reset();
    volume.publish(some);
    CHECK(noticed(io, *subscription) == DetectedBy::inotify);
  }
  SECTION("the subscription while someone waits") {
    std::exception_ptr ended;
    boost::asio::co_spawn(io, subscription->changed(steady_clock::now() + 1h),
                          [&](std::exception_ptr error, DetectedBy) { ended = error; });
    io.poll();
    subscription.reset();
    volume.publish(some);
    io.poll();
    REQUIRE(ended);
    CHECK_THROWS_AS(std::rethrow_exception(ended), boost::system::system_error);
  }
  SECTION("everything with events and a waiting coroutine still there") {
    boost::asio::co_spawn(io, subscription->changed(steady_clock::now() + 1h), [](std::exception_ptr, DetectedBy) {});
    io.poll();
    volume.publish(some);
    subscription.reset();
    watch.reset();
  }
  SECTION("the loop stops with a waiting coroutine") {
    boost::asio::co_spawn(io, subscription->changed(steady_clock::now() + 1h), [](std::exception_ptr, DetectedBy) {});
    io.poll();
  }
}
