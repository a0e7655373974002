#include "common/time.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <limits>

namespace common {
namespace {

using namespace std::chrono;

constexpr milliseconds longest_duration = hours{24} * 366 * 100;

/// Reads exactly `count` decimal digits at `at`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

Error bad_time(std::string_view text) {
  return {"\"" + std::string(text) + "\": expected an RFC 3339 time such as 2026-03-01T12:00:00Z"};
}

Error bad_duration(std::string_view text) {
  return {"\"" + std::string(text) + "\": expected a duration such as \"250ms\", \"30s\", \"5m\", \"2h\" or \"30d\""};
}

}  // namespace

std::string to_rfc3339(WallTime time, bool millis) {
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{floor<milliseconds>(time - day)};
  const int year = static_cast<int>(date.year());
  if (year < 0) return "0000-01-01T00:00:00Z";
  if (year > 9999) return "9999-12-31T23:59:59Z";
  std::array<char, 40> out{};
  const int n =
      std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d", year, static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string text(out.data(), static_cast<std::size_t>(n));
  if (millis) {
    std::snprintf(out.data(), out.size(), ".%03d", static_cast<int>(clock.subseconds().count()));
    text += out.data();
  }
  return text + "Z";
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  const auto fail = [&] { return bad_time(text); };
  const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const auto h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s) return fail();
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return fail();
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return fail();
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return fail();
  // Nanoseconds in 64 bits reach from 1678 to 2261.
  if (*y < 1700 || *y > 2260) return Error{"\"" + std::string(text) + "\": expected a year from 1700 to 2260"};
  WallTime time = sys_days{date} + hours{*h} + minutes{*mi} + seconds{std::min(*s, 59)};
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    std::int64_t nanos = 0, scale = 100'000'000;
    std::size_t first = ++at;
    for (; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])); ++at, scale /= 10) {
      nanos += (text[at] - '0') * scale;
    }
    if (at == first) return fail();
    time += nanoseconds{nanos};
  }
  if (at >= text.size()) return fail();
  if ((text[at] == 'Z' || text[at] == 'z') && at + 1 == text.size()) return time;
  const auto oh = digits(text, at + 1, 2), om = digits(text, at + 4, 2);
  if (at + 6 != text.size() || !oh || !om || text[at + 3] != ':' || *oh > 23 || *om > 59) return fail();
  const auto offset = hours{*oh} + minutes{*om};
  if (text[at] == '+') return WallTime{time - offset};
  if (text[at] == '-') return WallTime{time + offset};
  return fail();
}

Result<milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return bad_duration(text);
  milliseconds total{0};
  for (std::string_view rest = text; !rest.empty();) {
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (ec != std::errc{} || value < 0 || rest.front() == '-') return bad_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    milliseconds unit{0};
    if (rest.starts_with("ms")) {
      unit = milliseconds{1};
      rest.remove_prefix(2);
    } else {
      switch (rest.empty() ? ' ' : rest.front()) {
        case 's': unit = seconds{1}; break;
        case 'm': unit = minutes{1}; break;
        case 'h': unit = hours{1}; break;
        case 'd': unit = hours{24}; break;
        default: return bad_duration(text);
      }
      rest.remove_prefix(1);
    }
    if (value > longest_duration / unit) return Error{"\"" + std::string(text) + "\": longer than 100 years"};
    total += value * unit;
    if (total > longest_duration) return Error{"\"" + std::string(text) + "\": longer than 100 years"};
  }
  return total;
}

std::string to_text(milliseconds duration) {
  const auto n = duration.count();
  if (n == 0) return "0s";
  if (n % 86'400'000 == 0) return std::to_string(n / 86'400'000) + "d";
  if (n % 3'600'000 == 0) return std::to_string(n / 3'600'000) + "h";
  if (n % 60'000 == 0) return std::to_string(n / 60'000) + "m";
  if (n % 1'000 == 0) return std::to_string(n / 1'000) + "s";
  return std::to_string(n) + "ms";
}

std::string human(nanoseconds duration) {
  if (duration < nanoseconds{0}) duration = duration == nanoseconds::min() ? nanoseconds::max() : -duration;
  const auto part = [](auto count, const char* unit) { return std::to_string(count) + " " + unit; };
  const auto two = [&](auto big, const char* big_unit, auto small, const char* small_unit) {
    return small == 0 ? part(big, big_unit) : part(big, big_unit) + " " + part(small, small_unit);
  };
  const auto s = duration_cast<seconds>(duration).count();
  if (s >= 10 * 86'400) return part(s / 86'400, "days");
  if (s >= 86'400) return two(s / 86'400, "d", s % 86'400 / 3'600, "h");
  if (s >= 3'600) return two(s / 3'600, "h", s % 3'600 / 60, "min");
  if (s >= 60) return two(s / 60, "min", s % 60, "s");
  if (s >= 1) return part(s, "s");
  return part(duration_cast<milliseconds>(duration).count(), "ms");
}

}  // namespace common
