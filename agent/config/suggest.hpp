// "did you mean": the known word nearest to one that isn't known.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace config {

/// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other; letter case and "-"
/// against "_" don't count.
std::size_t distance(std::string_view from, std::string_view to);

/// The nearest of `known`, the first where several are; "" where none is within a third of the word's length (at least
/// 1).
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

/// `; did you mean "interval"?`, or "" where there is no such word.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace config
