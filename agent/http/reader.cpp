#include "agent/http/reader.hpp"

#include <algorithm>
#include <boost/beast/http/error.hpp>

namespace http {
namespace beast = boost::beast;

namespace {

int status_for(const beast::error_code& error) {
  if (error == beast::http::error::header_limit) return 431;
  if (error == beast::http::error::body_limit) return 413;
  return 400;
}

}  // namespace

boost::asio::mutable_buffer RequestReader::room() {
  return buffer_.prepare(std::min(chunk, buffer_.max_size() - buffer_.size()));
}

RequestReader::Progress RequestReader::parse() {
  if (!parser_) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.header));
    parser_->body_limit(limits_.body);
    header_bytes_ = 0;
  }
  beast::error_code error;
  while (!error && !parser_->is_done() && buffer_.size() > 0) {
    const bool in_header = !parser_->is_header_done();
    const std::size_t used = parser_->put(buffer_.data(), error);
    buffer_.consume(used);
    // Beast's own limit begins anew with every put that takes something.
    if (in_header) header_bytes_ += used;
    const std::size_t rest = parser_->is_header_done() ? 0 : buffer_.size();
    if (in_header && header_bytes_ + rest > limits_.header) error = beast::http::error::header_limit;
  }
  // A chunk's extensions or trailers, say, that have no end.
  if (error == beast::http::error::need_more && buffer_.size() == buffer_.max_size())
    error = beast::http::error::body_limit;
  if (error && error != beast::http::error::need_more) {
    status_ = status_for(error);
    return Progress::rejected;
  }
  if (!parser_->is_done()) return Progress::need_more;

  auto& message = parser_->get();
  request_ = {};
  request_.method = message.method_string();
  request_.target = message.target();
  request_.accept = message[beast::http::field::accept];
  request_.content_type = message[beast::http::field::content_type];
  request_.body = std::move(message.body());
  keep_alive_ = message.keep_alive();
  http_1_0_ = message.version() < 11;
  parser_.reset();
  return Progress::complete;
}

}  // namespace http
