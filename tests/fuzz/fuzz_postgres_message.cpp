// Any bytes as a server's messages: what is taken off is there, and texts are printable and short.
#include <cstdlib>

#include "agent/sources/postgres_message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view stream(reinterpret_cast<const char*>(data), size);
  for (auto next = sources::read_message(stream); next.size > 0; next = sources::read_message(stream)) {
    if (next.size < 5 || next.size > stream.size() || next.size > sources::longest_server_message + 1) std::abort();
    for (const auto& text : {next.error.sqlstate, next.error.routine, next.error.message})
      if (text.size() > 200 || text.find_first_of("\n\r\x1b\x7f") != text.npos) std::abort();
    stream.remove_prefix(next.size);
  }
  return 0;
}
