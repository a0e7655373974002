// Any method, target and Accept get an answer of the contract: a known status, a content type, a label of the closed list.
#include <algorithm>
#include <cstdlib>

#include "agent/http/routes.hpp"
#include "agent/http/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n'), space = text.find(' ');
  const std::string target = text.substr(0, line), accept = line < size ? text.substr(line + 1) : "";
  http::Cache cache;
  const http::Request request{size % 5 ? "GET" : target.substr(0, space), target, accept, size % 2 == 0};
  const auto response = http::respond({{}, {}, {}, {}, size % 3 == 0, cache}, request);
  const auto known = std::count(model::counted_codes.begin(), model::counted_codes.end(), response.status);
  if (!known || response.content_type.empty() || http::path_label(target).size() > 12) std::abort();
  return 0;
}
