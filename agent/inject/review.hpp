// An AdmissionReview's text → the answer's text (admission.k8s.io/v1). Any bytes in, always an answer out, and never
// one that keeps a pod from being made. Pure; the socket is the server's, the log the caller's.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/inject/settings.hpp"

namespace inject {

/// `malformed`: no review that could be answered.
enum class Result { injected, skipped, refused, malformed };
constexpr std::string_view name(Result result) {
  switch (result) {
    case Result::injected: return "injected";
    case Result::skipped: return "skipped";
    case Result::refused: return "refused";
    case Result::malformed: return "malformed";
  }
  return "";
}

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

/// A body of at most 4 MiB; the API server takes no object beyond 3 MiB.
Answer review(std::string_view body, const Settings& settings, std::string_view version);

}  // namespace inject
