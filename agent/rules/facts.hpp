// What a certificate says, as text and times; and how it is called in sentences. Trusts nothing of it: names are
// escaped and cut.
#pragma once
#include <string>
#include <string_view>

#include "agent/model/pki.hpp"

namespace rules {

/// The certificate's facts, or null where its validity is no time at all. Times outside the years 1678–2261 are
/// clamped. Alternative names: at most 1,000, each at most 255 bytes, anything but printable ASCII escaped as \XX.
model::CertificateRef describe(common::X509Ptr x509, model::Position position, int index);

/// Printable ASCII of at most `limit` bytes: other bytes as \XX, and what was cut off marked by "...".
std::string printable(std::string_view text, std::size_t limit = 200);

/// The subject, or what else identifies a certificate without one: "CN=leaf,O=Example" or "serial 1a2b".
std::string subject_of(const model::Certificate& certificate);

}  // namespace rules
