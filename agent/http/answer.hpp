// Bytes of a connection → one HTTP answer, within a bound. No socket: what feeds it may be TCP or a fuzzer. Follows no
// redirect and asks for nothing.
#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <string>

namespace http {

inline constexpr std::size_t longest_answer = std::size_t{256} << 10;  ///< bytes, status line and fields included

struct Answer {
  int status = 0;
  std::string body;
};

class AnswerReader {
 public:
  enum class Progress { need_more, complete, rejected };

  explicit AnswerReader(std::size_t limit = longest_answer);

  /// Room for the next bytes; commit() tells how many came.
  boost::asio::mutable_buffer room() { return buffer_.prepare(chunk); }
  /// Looks at what has arrived. `rejected`: error() says why.
  Progress commit(std::size_t bytes);
  /// The peer has finished sending, which ends an answer without a length (RFC 9112 §6.3).
  Progress finish();

  /// After `complete`. A status outside 100…599 was rejected.
  [[nodiscard]] Answer answer() const;
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  Progress reject(std::string why);
  Progress judge(const boost::system::error_code& error);

  static constexpr std::size_t chunk = 16384;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::response_parser<boost::beast::http::string_body> parser_;
  std::string error_;
};

}  // namespace http
