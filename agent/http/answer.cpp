#include "agent/http/answer.hpp"

#include <boost/beast/http/error.hpp>
#include <limits>

namespace http {
namespace beast = boost::beast;

AnswerReader::AnswerReader(std::size_t limit) : limit_(limit) {
  // The bound is ours: Beast's begins anew with every portion.
  parser_.header_limit(std::numeric_limits<std::uint32_t>::max());
  parser_.body_limit(limit);
}

AnswerReader::Progress AnswerReader::reject(std::string why) {
  error_ = std::move(why);
  return Progress::rejected;
}

AnswerReader::Progress AnswerReader::judge(const beast::error_code& error) {
  if (error == beast::http::error::need_more) return Progress::need_more;
  if (error == beast::http::error::end_of_stream) return reject("closes without an answer");
  if (error == beast::http::error::partial_message) return reject("closes in the middle of its answer");
  if (error == beast::http::error::body_limit) return reject("answers more than " + std::to_string(limit_) + " bytes");
  if (error) return reject("answers no HTTP: " + error.message());
  if (!parser_.is_done()) return Progress::need_more;
  const auto status = parser_.get().result_int();
  if (status < 200 || status > 599) return reject("answers with status " + std::to_string(status));
  return Progress::complete;
}

AnswerReader::Progress AnswerReader::commit(std::size_t bytes) {
  buffer_.commit(bytes);
  bytes_ += bytes;
  if (bytes_ > limit_) return reject("answers more than " + std::to_string(limit_) + " bytes");
  beast::error_code error;
  while (!error && !parser_.is_done() && buffer_.size() > 0) {
    const auto used = parser_.put(buffer_.data(), error);
    buffer_.consume(used);
    if (used == 0 && !error) break;
  }
  return judge(error);
}

AnswerReader::Progress AnswerReader::finish() {
  beast::error_code error;
  if (!parser_.got_some()) return reject("closes without an answer");
  parser_.put_eof(error);
  const auto progress = judge(error);
  return progress == Progress::need_more ? reject("closes in the middle of its answer") : progress;
}

Answer AnswerReader::answer() const { return {static_cast<int>(parser_.get().result_int()), parser_.get().body()}; }

}  // namespace http
