#include "agent/config/suggest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace config {
namespace {

constexpr std::size_t longest_word = 64;  // a text full of long unknown keys must not cost quadratic time

char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '-' ? '_' : c;
}

}  // namespace

std::size_t distance(std::string_view from, std::string_view to) {
  // Rows of the classic table: two before, before, current.
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) rows[1][j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    auto& [two_before, before, current] = rows;
    current[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const bool same = folded(from[i - 1]) == folded(to[j - 1]);
      current[j] = std::min({before[j] + 1, current[j - 1] + 1, before[j - 1] + (same ? 0U : 1U)});
      const bool swapped =
          i > 1 && j > 1 && folded(from[i - 1]) == folded(to[j - 2]) && folded(from[i - 2]) == folded(to[j - 1]);
      if (swapped) current[j] = std::min(current[j], two_before[j - 2] + 1);
    }
    std::rotate(rows.begin(), rows.begin() + 1, rows.end());
  }
  return rows[1][to.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  if (word.empty() || word.size() > longest_word) return best;
  std::size_t allowed = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;  // strictly below
  for (const auto candidate : known) {
    const std::size_t apart = distance(word, candidate);
    if (apart < allowed) {
      allowed = apart;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto best = nearest(word, known);
  return best.empty() ? "" : "; did you mean \"" + std::string(best) + "\"?";
}

}  // namespace config
