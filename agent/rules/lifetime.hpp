// When a certificate's age turns into a finding: windows before its end, the renewal due, and the instants between
// which nothing changes. Arithmetic on whole seconds, since clamped times span more than nanoseconds can count.
#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "agent/model/pki.hpp"
#include "common/time.hpp"

namespace rules {

using Seconds = std::chrono::seconds;
using Second = std::chrono::sys_seconds;

Second second_of(common::WallTime time);
Seconds lifetime(const model::Certificate& certificate);

/// How long before its end a certificate is reported: remaining < warning, remaining < critical.
struct ExpiryWindows {
  Seconds warning;
  Seconds critical;
};
/// Leaf: min(L/6, 30 d) and min(L/15, 7 d). CA (intermediates and anchors): min(L/4, 180 d) and min(L/12, 30 d).
ExpiryWindows expiry_windows(const model::Certificate& certificate);

/// How much of its life a certificate should have left when it is renewed: renew_before where the lifetime is longer
/// than that, else a third of the lifetime, as cert-manager has it.
Seconds renewal_lead(const model::Certificate& certificate, std::optional<Seconds> renew_before);
/// Renewal is overdue when less than this remains: the lead less a tenth of it (10 minutes at least, 3 days at most).
Seconds overdue_below(const model::Certificate& certificate, std::optional<Seconds> renew_before);

enum class Age { far_ahead, just_ahead, in_date, expired };
/// `just_ahead` is within the allowed clock skew. Expired from notAfter on, as for OpenSSL.
Age age_at(const model::Certificate& certificate, Second now);
bool less_remains(const model::Certificate& certificate, Second now, Seconds than);

/// The instants at which one of the above changes for the certificate, in no order.
std::vector<Second> turning_points(const model::Certificate& certificate, std::optional<Seconds> renew_before);

}  // namespace rules
