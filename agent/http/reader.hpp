// Bytes of a connection → requests, within limits. No socket: what feeds it may be TCP, TLS or a fuzzer.
#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "agent/http/message.hpp"

namespace http {

struct ReaderLimits {
  std::size_t header = 8192;  ///< bytes of request line and fields
  std::size_t body = 1024;
};

class RequestReader {
 public:
  /// `complete`: request() is there. `rejected`: status() says why, and nothing more may be read from this peer.
  enum class Progress { need_more, complete, rejected };

  explicit RequestReader(ReaderLimits limits) : limits_(limits), buffer_(limits.header + limits.body + chunk) {}

  /// Room for the next bytes; commit() tells how many came. Never grows beyond the limits.
  boost::asio::mutable_buffer room();
  void commit(std::size_t bytes) { buffer_.commit(bytes); }
  [[nodiscard]] bool empty() const { return buffer_.size() == 0; }

  /// Looks at what has arrived. After `complete`, the next call begins the next request: pipelined ones wait in the
  /// buffer.
  Progress parse();

  /// The last complete request; once.
  [[nodiscard]] Request take(bool from_loopback) {
    request_.from_loopback = from_loopback;
    return std::exchange(request_, {});
  }
  /// Bytes kept: what waits to be parsed, and the body so far or until it is taken.
  [[nodiscard]] std::size_t held() const {
    return buffer_.size() + request_.body.size() + (parser_ ? parser_->get().body().size() : 0);
  }
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] bool http_1_0() const { return http_1_0_; }
  /// 400, 413 or 431, once rejected.
  [[nodiscard]] int status() const { return status_; }

 private:
  static constexpr std::size_t chunk = 4096;

  ReaderLimits limits_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  Request request_;
  std::size_t header_bytes_ = 0;
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  int status_ = 0;
};

}  // namespace http
