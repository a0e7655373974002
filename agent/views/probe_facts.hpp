// Questions several views ask of a probed endpoint: how it is called, what became of our certificate at an address,
// what was served there, do its addresses differ. Answers only from observation and verdict; never judges anew.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/probe.hpp"
#include "agent/model/snapshot.hpp"

namespace views {

/// "region-a-2-node:5432", "[::1]:5432".
std::string endpoint(const std::string& host, std::uint16_t port);
std::string endpoint(const model::ProbeTarget& target);

/// What became of our client certificate at one address: the word of the JSON and of the tables.
enum class OurCertificate {
  off,            ///< the probe was told not to offer one
  not_requested,  ///< the server asked for none
  not_offered,    ///< the server asked, there was none to offer, and it did not insist
  required,       ///< there was none to offer, and the server insists
  accepted,       ///< TLS took it; whether the role may log in is told by the status
  rejected,
  unknown  ///< the exchange did not get that far, or the server's own chain does not hold, where libpq gives up before
};
inline constexpr std::array all_our_certificates{
    OurCertificate::off,      OurCertificate::not_requested, OurCertificate::not_offered, OurCertificate::required,
    OurCertificate::accepted, OurCertificate::rejected,      OurCertificate::unknown};
constexpr std::string_view name(OurCertificate ours) {
  switch (ours) {
    case OurCertificate::off: return "off";
    case OurCertificate::not_requested: return "not_requested";
    case OurCertificate::not_offered: return "not_offered";
    case OurCertificate::required: return "required";
    case OurCertificate::accepted: return "accepted";
    case OurCertificate::rejected: return "rejected";
    case OurCertificate::unknown: return "unknown";
  }
  return "";
}
/// `result` null: the address was never reached.
OurCertificate our_certificate(const model::ProbeResult* result, model::ProbeStatus status);
/// In a few words for people: "accepted", "not asked for".
std::string_view in_words(OurCertificate ours);

/// The first certificate that was served; null where TLS was not reached.
const model::Certificate* served_leaf(const model::ProbeResult* result);

/// One address: what was judged, and the facts it was judged by (`last` and `login` null where there are none).
struct ProbedAddress {
  const model::AddressVerdict* verdict = nullptr;  ///< never null
  const model::ProbeResult* last = nullptr;
  const model::ProbeResult* login = nullptr;
};
std::vector<ProbedAddress> probed_addresses(const model::ProbeObservation& probe, const model::ProbeVerdict& verdict);
/// The address that decides the endpoint's status: null where none was reached.
const ProbedAddress* deciding(const std::vector<ProbedAddress>& addresses, const model::ProbeVerdict& verdict);
/// By status, what is served or what became of our certificate.
bool addresses_differ(const std::vector<ProbedAddress>& addresses);

/// An endpoint as it is shown; `verdict` null while it was never tried.
struct ShownProbe {
  const model::ProbeObservation* of = nullptr;  ///< never null
  const model::ProbeVerdict* verdict = nullptr;
};
/// Our own endpoints, then the peers', each sorted by host.
std::vector<ShownProbe> shown_probes(const model::World& world);

/// "mounted and served"
std::string copies_in_words(model::Between between);

/// What our first own endpoint that presented a chain served last; null where none did.
const model::ProbeResult* served_by_self(const model::Snapshot& snapshot);

}  // namespace views
