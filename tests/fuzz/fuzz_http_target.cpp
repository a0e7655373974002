// Any method, target and Accept get an answer of a known status with a content type, counted under a short label.
#include <algorithm>

#include "agent/http/routes.hpp"
#include "agent/http/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size), target = text.substr(0, text.find('\n'));
  const std::string accept = text.substr(std::min(size, target.size() + 1)), method = size % 5 ? "GET" : accept;
  http::Cache cache;
  const auto answer = http::respond({{}, {}, {}, {}, size % 3 == 0, cache}, {method, target, accept, size % 2 == 0});
  if (std::ranges::count(model::counted_codes, answer.status) != 1 || answer.content_type.empty()) std::abort();
  if (http::path_label(target).size() > 12) std::abort();
  return 0;
}
