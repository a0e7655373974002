// The parts that the JSON documents share: a certificate, a finding, a name, a secret, a check. Keys are never missing,
// an absent fact is null; times are RFC 3339 UTC, durations seconds. For the *_json.cpp files alone.
#pragma once
#include <boost/json/value.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/model/snapshot.hpp"

namespace views {

boost::json::value json_time(std::optional<common::WallTime> time);
/// Seconds; whole ones without a fraction.
boost::json::value json_seconds(std::chrono::microseconds duration);
/// null where empty.
boost::json::value json_text_or_null(std::string_view text);

/// {position, index, subject, …}: CERT of the contract.
boost::json::value json_certificate(const model::Certificate& certificate);
/// Sorted by position, then index.
boost::json::value json_certificates(const std::vector<model::CertificateRef>& certificates);

/// {code, severity, area, source, subject, message, remedy, since}
boost::json::value json_finding(const model::Finding& finding);
/// Gravest first.
boost::json::value json_findings(const std::vector<model::Finding>& findings);

/// {status, addresses:[{address, ttl}]}; status null where the name was never looked up.
boost::json::value json_family(const model::FamilyAnswer* answer);
/// Addresses of the hosts file; empty where it has none, or the name was never looked up.
boost::json::value json_hosts(const model::Lookup* lookup);
/// [{server, ipv4:{status, addresses, cnames, duration, transport, queries}, ipv6, answered_as, duration, queries}], in
/// the resolver's order.
boost::json::value json_servers(const std::vector<model::ServerAnswer>& servers);

/// {check, gate, ok, reason, since, last_success}
boost::json::value json_check(const model::Check& check);

/// Names sorted by FQDN, secrets by source and role, the verdict with its checks, endpoints that were probed (our own
/// first, then by host), copies that were compared: as `check` and /status.json show them.
boost::json::value json_names(const model::World& world);
boost::json::value json_secrets(const model::World& world);
boost::json::value json_verdict(const model::World& world);
boost::json::value json_probes(const model::World& world);
boost::json::value json_drifts(const model::World& world);

}  // namespace views
