// Any answer's body becomes what a gate says, bounded and printable, or a refusal.
#include "agent/views/gate_report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto report = views::read_gate_report({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  const auto words = views::failing_in_words(*report);
  if (report->failing.size() > 64 || words.size() > 64 * 1200) std::abort();
  for (const char c : words) {
    if (static_cast<unsigned char>(c) < 0x20) std::abort();
  }
  return 0;
}
