#include "agent/rules/lifetime.hpp"

#include <algorithm>

#include "agent/model/policy.hpp"

namespace rules {

using namespace std::chrono_literals;
using std::chrono::days;

Second second_of(common::WallTime time) { return std::chrono::floor<Seconds>(time); }

Seconds lifetime(const model::Certificate& certificate) {
  return std::max(Seconds{0}, second_of(certificate.not_after) - second_of(certificate.not_before));
}

ExpiryWindows expiry_windows(const model::Certificate& certificate) {
  const Seconds life = lifetime(certificate);
  if (certificate.position == model::Position::leaf) {
    return {std::min<Seconds>(life / 6, days{30}), std::min<Seconds>(life / 15, days{7})};
  }
  return {std::min<Seconds>(life / 4, days{180}), std::min<Seconds>(life / 12, days{30})};
}

Seconds renewal_lead(const model::Certificate& certificate, std::optional<Seconds> renew_before) {
  const Seconds life = lifetime(certificate);
  return renew_before && *renew_before < life ? *renew_before : life / 3;
}

Seconds overdue_below(const model::Certificate& certificate, std::optional<Seconds> renew_before) {
  const Seconds lead = renewal_lead(certificate, renew_before);
  return lead - std::clamp<Seconds>(lead / 10, 10min, days{3});
}

Age age_at(const model::Certificate& certificate, Second now) {
  if (now >= second_of(certificate.not_after)) return Age::expired;
  if (now >= second_of(certificate.not_before)) return Age::in_date;
  return now >= second_of(certificate.not_before) - model::clock_skew_allowed ? Age::just_ahead : Age::far_ahead;
}

bool less_remains(const model::Certificate& certificate, Second now, Seconds than) {
  return second_of(certificate.not_after) - now < than;
}

std::vector<Second> turning_points(const model::Certificate& certificate, std::optional<Seconds> renew_before) {
  const Second from = second_of(certificate.not_before);
  const Second to = second_of(certificate.not_after);
  const auto windows = expiry_windows(certificate);
  // Less than a window remains from the second after `to - window` on.
  std::vector<Second> points{from - model::clock_skew_allowed, from, to, to - windows.warning + 1s,
                             to - windows.critical + 1s};
  if (certificate.position == model::Position::leaf)
    points.push_back(to - overdue_below(certificate, renew_before) + 1s);
  return points;
}

}  // namespace rules
