// The admission webhook as facts: what it has answered, what it serves by, what its probes list.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/model/snapshot.hpp"
#include "common/time.hpp"

namespace model {

/// What a review came to. `malformed`: no review that could be answered.
enum class ReviewResult { injected, skipped, refused, malformed };
inline constexpr std::array all_review_results{ReviewResult::injected, ReviewResult::skipped, ReviewResult::refused,
                                               ReviewResult::malformed};
constexpr std::string_view name(ReviewResult result) {
  switch (result) {
    case ReviewResult::injected: return "injected";
    case ReviewResult::skipped: return "skipped";
    case ReviewResult::refused: return "refused";
    case ReviewResult::malformed: return "malformed";
  }
  return "";
}

/// A new version of the serving certificate was taken, or could not be.
enum class ReloadResult { ok, failed };
inline constexpr std::array all_reload_results{ReloadResult::ok, ReloadResult::failed};
constexpr std::string_view name(ReloadResult result) { return result == ReloadResult::ok ? "ok" : "failed"; }

inline constexpr std::array<double, 6> review_duration_bounds{.0005, .001, .0025, .01, .1, 1};

struct Webhook {
  std::array<std::uint64_t, all_review_results.size()> reviews{};
  Histogram<review_duration_bounds.size()> review_duration;
  std::optional<common::WallTime> certificate_not_after{};  ///< of the certificate served; absent without one
  std::array<std::uint64_t, all_reload_results.size()> certificate_reloads{};
};

}  // namespace model
