// Any bytes as an AdmissionReview: always an answer, without a throw, and a patch for no pod but an instance's.
#include <cstdlib>

#include "agent/inject/review.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const inject::Settings settings;
  const auto answer = inject::review({reinterpret_cast<const char*>(data), size}, settings, "0.1.0");
  const bool patched = answer.body.find("\"patch\":") != std::string::npos;
  if (answer.body.empty() || patched != (answer.result == inject::Result::injected)) std::abort();
  return 0;
}
