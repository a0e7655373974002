// Hand-made worlds for the views: every fact chosen, nothing read or judged. Certificates are facts alone (x509 is
// null).
#pragma once
#include "agent/model/build.hpp"
#include "agent/model/rehearsal.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"
#include "agent/views/reports.hpp"

namespace support {

/// The instant at which the worlds are looked at: 2026-03-01T12:00:00Z.
common::WallTime noon();
common::WallTime instant(const char* rfc3339);

model::BuildInfo build_info();
model::Runtime runtime();

/// Names up, down, half and unknown; secrets good, expiring, mismatched and missing, mounted and written; endpoints in
/// many states; drift; findings; events; text that must be escaped.
model::World rich_world();
/// A small group in which nothing is wrong.
model::World calm_world();
/// The rich world with `names` names and a tenth as many peers more, each as troubled as its number of series allows.
model::World large_world(std::size_t names);
/// What there is before the first configuration was read.
model::World empty_world();

model::CertificateRef certificate(model::Position position, int index, const char* subject, const char* issuer,
                                  const char* not_before, const char* not_after);
views::VerifyReport verify_report();
std::vector<views::ResolvedName> resolved_names();
/// One an endpoint of the rich world that was tried.
std::vector<views::ProbeReport> probe_reports();
std::vector<model::Rehearsal> rehearsal();

}  // namespace support
