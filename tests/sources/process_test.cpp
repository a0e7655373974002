#include "agent/sources/process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <filesystem>

#include "common/files.hpp"
#include "tests/support/temp_dir.hpp"

using sources::process_facts;

TEST_CASE("facts of this very process") {
  const auto before = process_facts();
  CHECK(before.resident_bytes > 1'000'000);
  CHECK(before.open_fds >= 3);
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(before.max_fds == limit.rlim_cur);
  struct timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  CHECK(before.start_time_seconds <= static_cast<double>(now.tv_sec) + 2);
  CHECK(before.start_time_seconds > static_cast<double>(now.tv_sec) - 600);

  const common::UniqueFd one{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  CHECK(process_facts().open_fds == before.open_fds + 1);
  double burnt = 0;
  auto after = process_facts();
  while (after.cpu_seconds < before.cpu_seconds + 0.02) {
    for (int i = 1; i < 200'000; ++i) burnt += std::sqrt(i);
    after = process_facts();
  }
  CHECK(burnt > 0);
  CHECK(after.start_time_seconds == before.start_time_seconds);
}

TEST_CASE("a proc that is absent, empty or odd costs the number and nothing else") {
  support::TempDir temp;
  CHECK(process_facts(temp / "nothing").resident_bytes == 0);
  std::filesystem::create_directories(temp / "self/fd");
  support::write_file(temp / "self/stat", "");
  CHECK(process_facts(temp.path().string()).cpu_seconds == 0);
  support::write_file(
      temp / "self/stat",
      "7 (a) b (c) R 1 1 1 0 -1 4194304 100 0 0 0 300 100 0 0 20 0 1 0 500 9999 10 18446744073709551615");
  support::write_file(temp / "stat", "cpu  1 2 3\nbtime 1700000000\nprocesses 1\n");
  const auto facts = process_facts(temp.path().string());
  CHECK(facts.cpu_seconds == 4);
  CHECK(facts.start_time_seconds == 1700000005);
  CHECK(facts.resident_bytes == 40960);
  CHECK(facts.open_fds == 0);
}
