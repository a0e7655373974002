// Which path answers what: probes, metrics, status page, JSON. Pure but for the cache it is given; the texts are
// views', the judgement is the verdict's, the socket is the server's.
#pragma once
#include "agent/http/cache.hpp"
#include "agent/http/message.hpp"
#include "agent/model/build.hpp"
#include "agent/model/runtime.hpp"
#include "agent/model/snapshot.hpp"
#include "common/time.hpp"

namespace http {

/// What there is to show, at this moment. Refers to what the caller owns.
struct Site {
  const model::World& world;
  const model::Runtime& runtime;
  const model::BuildInfo& build;
  common::WallTime now{};
  bool status_for_all = false;  ///< status_access = "any"
  Cache& cache;
};

/// Any bytes in, always an answer: 200 or 503 from probes, 200 from the rest; 400 for a target that can't be read or
/// exceeds its bounds, 403 for page and JSON from elsewhere than loopback, 404, 405. HEAD is answered as GET: the
/// server leaves the body out.
Response respond(const Site& site, const Request& request);

}  // namespace http
