// Any bytes, in any portions, become one answer or a refusal, within the bound.
#include "agent/http/answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  http::AnswerReader reader(512);
  auto progress = http::AnswerReader::Progress::need_more;
  for (std::size_t at = 0, portion = 0; at < size && progress == http::AnswerReader::Progress::need_more;
       at += portion) {
    portion = std::min({reader.room().size(), size - at, std::size_t{1} + data[at] * data[at] / 8});
    boost::asio::buffer_copy(reader.room(), boost::asio::buffer(data + at, portion));
    progress = reader.commit(portion);
  }
  if (progress == http::AnswerReader::Progress::need_more) progress = reader.finish();
  if (progress == http::AnswerReader::Progress::need_more) std::abort();
  if (progress == http::AnswerReader::Progress::rejected && reader.error().empty()) std::abort();
  if (progress == http::AnswerReader::Progress::complete && reader.answer().body.size() > 512) std::abort();
  return 0;
}
