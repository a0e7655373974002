// Any bytes, in any portions, become requests or a refusal; the reader never runs out of room before it refuses.
#include "agent/http/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  http::RequestReader reader({.header = 512, .body = 64});
  auto progress = http::RequestReader::Progress::need_more;
  for (std::size_t at = 0, portion = 0; at < size && progress != http::RequestReader::Progress::rejected;
       at += portion) {
    portion = std::min({reader.room().size(), size - at, std::size_t{1} + data[at] * data[at] / 8});
    if (portion == 0) std::abort();
    reader.commit(boost::asio::buffer_copy(reader.room(), boost::asio::buffer(data + at, portion)));
    do progress = reader.parse();
    while (progress == http::RequestReader::Progress::complete && !reader.empty());
  }
  return 0;
}
