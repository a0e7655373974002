#include "agent/views/probe_facts.hpp"

#include <algorithm>

namespace views {

std::string endpoint(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string endpoint(const model::ProbeTarget& target) { return endpoint(target.host, target.port); }

OurCertificate our_certificate(const model::ProbeResult* result, model::ProbeStatus status) {
  using model::ProbeStatus;
  if (!result) return OurCertificate::unknown;
  const model::Exchange& exchange = result->exchange;
  if (exchange.level == model::ClientCertificate::off) return OurCertificate::off;
  switch (status) {
    case ProbeStatus::dns_failed:
    case ProbeStatus::connect_refused:
    case ProbeStatus::connect_timeout:
    case ProbeStatus::unreachable:
    case ProbeStatus::tls_not_offered:
    case ProbeStatus::not_postgres:
    case ProbeStatus::closed:
    case ProbeStatus::handshake_timeout:
    case ProbeStatus::handshake_failed:
    case ProbeStatus::untrusted:
    case ProbeStatus::expired:
    case ProbeStatus::not_yet_valid:
    case ProbeStatus::wrong_purpose:
    case ProbeStatus::name_mismatch: return OurCertificate::unknown;
    case ProbeStatus::client_cert_required: return OurCertificate::required;
    case ProbeStatus::client_cert_untrusted:
    case ProbeStatus::client_cert_expired:
    case ProbeStatus::client_cert_rejected: return OurCertificate::rejected;
    case ProbeStatus::ok:
    case ProbeStatus::role_rejected:
    case ProbeStatus::server_unavailable: break;
  }
  if (exchange.certificate_sent) return OurCertificate::accepted;
  if (exchange.certificate_requested) return OurCertificate::not_offered;
  // A server that is unavailable may say so before TLS.
  return exchange.tls_version.empty() ? OurCertificate::unknown : OurCertificate::not_requested;
}

std::string_view in_words(OurCertificate ours) {
  switch (ours) {
    case OurCertificate::off: return "not tried";
    case OurCertificate::not_requested: return "not asked for";
    case OurCertificate::not_offered: return "asked for, none to offer";
    case OurCertificate::required: return "required, none to offer";
    case OurCertificate::accepted: return "accepted";
    case OurCertificate::rejected: return "rejected";
    case OurCertificate::unknown: return "not known";
  }
  return "";
}

const model::Certificate* served_leaf(const model::ProbeResult* result) {
  return result && !result->chain.empty() ? result->chain.front().get() : nullptr;
}

std::vector<ProbedAddress> probed_addresses(const model::ProbeObservation& probe, const model::ProbeVerdict& verdict) {
  std::vector<ProbedAddress> out;
  for (const model::AddressVerdict& judged : verdict.addresses) {
    ProbedAddress& shown = out.emplace_back(ProbedAddress{&judged});
    const auto facts =
        std::find_if(probe.addresses.begin(), probe.addresses.end(),
                     [&](const model::AddressProbe& address) { return address.address == judged.address; });
    if (facts == probe.addresses.end()) continue;
    shown.last = facts->last.get();
    shown.login = facts->login.get();
  }
  return out;
}

const ProbedAddress* deciding(const std::vector<ProbedAddress>& addresses, const model::ProbeVerdict& verdict) {
  const auto found = std::find_if(addresses.begin(), addresses.end(),
                                  [&](const ProbedAddress& each) { return each.verdict->address == verdict.address; });
  if (found != addresses.end()) return &*found;
  return addresses.empty() ? nullptr : &addresses.front();
}

bool addresses_differ(const std::vector<ProbedAddress>& addresses) {
  const auto same = [](const ProbedAddress& a, const ProbedAddress& b) {
    const model::Certificate *served_a = served_leaf(a.last), *served_b = served_leaf(b.last);
    return a.verdict->status == b.verdict->status && (served_a == nullptr) == (served_b == nullptr) &&
           (!served_a || served_a->fingerprint_sha256 == served_b->fingerprint_sha256) &&
           our_certificate(a.last, a.verdict->status) == our_certificate(b.last, b.verdict->status);
  };
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const ProbedAddress& each) { return !same(addresses.front(), each); });
}

std::vector<ShownProbe> shown_probes(const model::World& world) {
  std::vector<ShownProbe> out;
  if (!world.snapshot) return out;
  // Verdicts come in the order of the observations, without those never tried.
  static const std::vector<model::JudgedProbe> none;
  const std::vector<model::JudgedProbe>& judged = world.verdict ? world.verdict->probes : none;
  auto next = judged.begin();
  for (const model::ProbeObservationRef& probe : world.snapshot->probes) {
    while (next != judged.end() && next->verdict->target < probe->target) ++next;
    const bool known = next != judged.end() && next->verdict->target == probe->target;
    // The facts that were judged, so that both tell one story.
    out.push_back(known ? ShownProbe{next->of ? next->of.get() : probe.get(), next->verdict.get()}
                        : ShownProbe{probe.get()});
  }
  std::stable_partition(out.begin(), out.end(),
                        [](const ShownProbe& each) { return each.of->target.scope == model::ProbeScope::self; });
  return out;
}

std::string copies_in_words(model::Between between) {
  switch (between) {
    case model::Between::mounted_written: return "mounted and written";
    case model::Between::mounted_served: return "mounted and served";
    case model::Between::written_served: return "written and served";
  }
  return "";
}

const model::ProbeResult* served_by_self(const model::Snapshot& snapshot) {
  for (const model::ProbeObservationRef& probe : snapshot.probes) {
    if (probe->target.by_name()) continue;
    const model::ProbeResult* newest = nullptr;
    for (const model::AddressProbe& address : probe->addresses) {
      const model::ProbeResult* last = address.last.get();
      if (served_leaf(last) && (!newest || last->at > newest->at)) newest = last;
    }
    if (newest) return newest;
  }
  return nullptr;
}

}  // namespace views
