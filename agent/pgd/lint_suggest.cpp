#include "agent/pgd/lint_suggest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace pgd {
namespace {

/// Edits that turn one word into the other; case doesn't count.
std::size_t distance(std::string_view from, std::string_view to) {
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (low(from[i - 1]) == low(to[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[to.size()];
}

}  // namespace

std::string meant(std::string_view key, const Object& object) {
  constexpr std::size_t longest = 64;
  if (key.size() > longest) return "";
  for (const auto& field : object.fields) {
    if (field.shape != Shape::object || field.object->open) continue;
    for (const auto& below : field.object->fields) {
      if (below.name == key && below.moved_to.empty()) return std::string(field.name) + "." + std::string(key);
    }
  }
  std::size_t allowed = std::max<std::size_t>(1, key.size() / 3) + 1;
  std::string_view best;
  for (const auto& field : object.fields) {
    if (const std::size_t apart = distance(key, field.name); field.moved_to.empty() && apart < allowed) {
      allowed = apart;
      best = field.name;
    }
  }
  return std::string(best);
}

}  // namespace pgd
