#include "agent/sources/process.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "common/files.hpp"

namespace sources {
namespace {

constexpr std::size_t most_proc_bytes = std::size_t{4} << 20;

std::string text_of(const std::string& path) {
  auto content = common::read_file_at(AT_FDCWD, path, most_proc_bytes);
  return content.has_value() ? std::move(content->bytes) : std::string();
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{}) return std::nullopt;
  return value;
}

/// Fields of /proc/self/stat from the third on (proc(5) counts from 1): the second is the program's name in parentheses
/// and may hold anything, parentheses and spaces included.
std::vector<std::string_view> stat_fields(std::string_view stat) {
  std::vector<std::string_view> fields;
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return fields;
  std::size_t at = name_end + 1;
  while (at < stat.size()) {
    const std::size_t begin = stat.find_first_not_of(" \n", at);
    if (begin == std::string_view::npos) break;
    at = std::min(stat.find_first_of(" \n", begin), stat.size());
    fields.push_back(stat.substr(begin, at - begin));
  }
  return fields;
}

/// The line "btime N" of /proc/stat: when the machine started, Unix time.
std::optional<std::uint64_t> boot_time(std::string_view stat) {
  constexpr std::string_view key = "\nbtime ";
  const std::size_t at = stat.find(key);
  return at == std::string_view::npos ? std::nullopt : number(stat.substr(at + key.size()));
}

std::uint64_t entries(const std::string& path) {
  DIR* directory = ::opendir(path.c_str());
  if (!directory) return 0;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(directory)) count += entry->d_name[0] != '.';
  ::closedir(directory);
  // The descriptor that listed them is one of them.
  return count > 0 ? count - 1 : 0;
}

}  // namespace

model::ProcessFacts process_facts(const std::string& proc) {
  model::ProcessFacts facts;
  const std::string stat = text_of(proc + "/self/stat");
  const auto fields = stat_fields(stat);
  const auto field = [&](std::size_t proc_number) {
    const std::size_t i = proc_number - 3;
    return i < fields.size() ? number(fields[i]) : std::nullopt;
  };
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  if (const auto user = field(14), system = field(15); user && system) {
    facts.cpu_seconds = static_cast<double>(*user + *system) / ticks;
  }
  if (const auto started = field(22)) {
    if (const auto boot = boot_time('\n' + text_of(proc + "/stat"))) {
      facts.start_time_seconds = static_cast<double>(*boot) + static_cast<double>(*started) / ticks;
    }
  }
  if (const auto pages = field(24)) {
    facts.resident_bytes = *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  facts.open_fds = entries(proc + "/self/fd");
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.max_fds = limit.rlim_cur;
  return facts;
}

}  // namespace sources
