// An AdmissionReview's text → the answer's text (admission.k8s.io/v1). Any bytes in, always an answer out, and never
// one that keeps a pod from being made. Pure; the socket is the server's, the log the caller's.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/inject/settings.hpp"
#include "agent/model/webhook.hpp"

namespace inject {

using Result = model::ReviewResult;

struct Answer {
  Result result = Result::malformed;
  std::string body;    ///< an AdmissionReview; for malformed one line of text, to be sent with 400
  std::string reason;  ///< why not injected
  std::string pod;     ///< "<namespace>/<name or generateName*>", as the review has it; hostile bytes and all
  std::string node;
  std::string uid;
  bool dry_run = false;
  std::vector<std::string> warnings;
};

/// A body of at most 4 MiB; the API server takes no object beyond 3 MiB. Uses at most 16 MiB for its values.
Answer review(std::string_view body, const Settings& settings, std::string_view version);

}  // namespace inject
