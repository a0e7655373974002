// One GET against servers that answer, dribble, break off, flood or say nothing.
#include "agent/http/client.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <exception>

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using Catch::Matchers::ContainsSubstring;
using Steady = std::chrono::steady_clock;

namespace {

constexpr auto token = asio::as_tuple(asio::use_awaitable);

enum class Then { close, reset, stay, flood };

struct Script {
  std::string says;
  std::size_t portion = 1U << 20;  ///< bytes sent at a time
  Then then = Then::close;
};

asio::awaitable<void> play(tcp::acceptor& acceptor, Script script, std::string& heard) {
  const auto [refused] = co_await acceptor.async_wait(tcp::acceptor::wait_read, token);
  if (refused) co_return;
  tcp::socket peer = acceptor.accept();
  std::array<char, 4096> bytes{};
  while (heard.find("\r\n\r\n") == std::string::npos) {
    const auto [error, got] = co_await peer.async_read_some(asio::buffer(bytes), token);
    if (error) co_return;
    heard.append(bytes.data(), got);
  }
  for (std::size_t at = 0; at < script.says.size(); at += script.portion) {
    const auto part = script.says.substr(at, script.portion);
    const auto [error, sent] = co_await asio::async_write(peer, asio::buffer(part), token);
    if (error) co_return;
    if (part.size() < script.says.size()) co_await common::sleep_for(1ms);
  }
  const std::string much(65536, 'x');
  while (script.then == Then::flood) {
    const auto [error, sent] = co_await asio::async_write(peer, asio::buffer(much), token);
    if (error) co_return;
  }
  if (script.then == Then::stay) co_await common::sleep_for(20s);
  if (script.then == Then::reset) {
    peer.set_option(asio::socket_base::linger(true, 0));
    peer.close();  // the destructor would linger
  }
}

struct Asked {
  common::Result<http::Answer> answer;
  std::string heard;
  Steady::duration took{};
  [[nodiscard]] std::string error() const { return answer ? "no error" : answer.error().message; }
};

Asked ask(const Script& script, std::chrono::milliseconds time = 3s) {
  asio::io_context io{1};
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  const auto url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  Asked asked;
  const auto began = Steady::now();
  asio::co_spawn(io, play(acceptor, script, asked.heard), [](const std::exception_ptr&) {});
  asio::co_spawn(io, http::get(*http::parse_origin(url), {"/startupz?verbose", "application/json"}, began + time),
                 [&](const std::exception_ptr& bug, common::Result<http::Answer> answer) {
                   REQUIRE_FALSE(bug);
                   asked.answer = std::move(answer);
                   io.stop();
                 });
  io.run();
  asked.took = Steady::now() - began;
  return asked;
}

const std::string held = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nheld\n";

}  // namespace

TEST_CASE("an answer is read whole, however it comes") {
  const auto whole = ask({held});
  REQUIRE(whole.answer.has_value());
  CHECK(whole.answer->status == 503);
  CHECK(whole.answer->body == "held\n");
  CHECK_THAT(whole.heard, ContainsSubstring("GET /startupz?verbose HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK_THAT(whole.heard, ContainsSubstring("\r\nAccept: application/json\r\n"));
  CHECK_THAT(whole.heard, ContainsSubstring("\r\nConnection: close\r\n"));

  for (const auto& script :
       {Script{held, 1}, Script{held, 1U << 20, Then::stay}, Script{held + "more than was announced"},
        Script{"HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nd\n\r\n0\r\n\r\n", 3},
        Script{"HTTP/1.0 503 x\r\n\r\nheld\n"}}) {
    INFO(script.says);
    const auto asked = ask(script);
    REQUIRE(asked.answer.has_value());
    CHECK(asked.answer->status == 503);
    CHECK(asked.answer->body == "held\n");
  }
  const auto nothing = ask({"HTTP/1.1 204 No Content\r\n\r\n", 1U << 20, Then::stay});
  REQUIRE(nothing.answer.has_value());
  CHECK(nothing.answer->body.empty());
}

TEST_CASE("what is no answer is an error that says so") {
  const std::string big = "HTTP/1.1 200 OK\r\nContent-Length: 262145\r\n\r\n";
  struct Row {
    Script script;
    const char* why;
  };
  for (const auto& [script, why] :
       {Row{{""}, "closes without an answer"}, Row{{"", 1, Then::reset}, "reset by peer"},
        Row{{"SSH-2.0-OpenSSH_9.2\r\n"}, "answers no HTTP"},
        Row{{std::string("\x15\x03\x01\x00\x02\x02\x46", 7)}, "in the middle"},
        Row{{"HTTP/1.1 503 x\r\nContent-Le"}, "in the middle"},
        Row{{"HTTP/1.1 503 x\r\nContent-Length: 9\r\n\r\nheld\n"}, "in the middle"},
        Row{{"HTTP/1.1 503 x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nheld\n"}, "in the middle"},
        Row{{"HTTP/1.1 503 x\r\nContent-Length: 9999\r\n\r\nheld\n", 1, Then::reset}, "reset by peer"},
        Row{{"HTTP/1.1 100 Continue\r\n\r\n"}, "status 100"},
        Row{{"HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n"}, "status 999"},
        Row{{big, 1U << 20, Then::flood}, "more than 262144 bytes"},
        Row{{"HTTP/1.0 200 OK\r\n\r\n", 1U << 20, Then::flood}, "more than 262144 bytes"},
        Row{{"HTTP/1.1 200 OK\r\nX: ", 1U << 20, Then::flood}, "more than 262144 bytes"}}) {
    INFO(script.says);
    const auto asked = ask(script);
    CHECK_FALSE(asked.answer.has_value());
    CHECK_THAT(asked.error(), ContainsSubstring(why));
    CHECK(asked.error().starts_with("127.0.0.1:"));
  }
}

TEST_CASE("nobody is waited for longer than the deadline") {
  for (const auto& script :
       {Script{"", 1, Then::stay}, Script{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 1, Then::stay},
        Script{held + std::string(1, ' '), 1, Then::stay}}) {
    INFO(script.says);
    const auto asked = ask(script, script.says.starts_with("HTTP/1.1 503") ? 15ms : 150ms);
    CHECK_FALSE(asked.answer.has_value());
    CHECK_THAT(asked.error(), ContainsSubstring("no answer in time"));
    CHECK(asked.took < 2s);
  }
}

TEST_CASE("nothing listens") {
  asio::io_context io{1};
  std::uint16_t port = 0;
  {
    const tcp::acceptor gone(io, {asio::ip::address_v4::loopback(), 0});
    port = gone.local_endpoint().port();
  }
  common::Result<http::Answer> answer;
  const auto origin = http::parse_origin("http://localhost:" + std::to_string(port));
  asio::co_spawn(io, http::get(*origin, {"/", ""}, Steady::now() + 3s),
                 [&](const std::exception_ptr&, common::Result<http::Answer> got) { answer = std::move(got); });
  io.run();
  REQUIRE_FALSE(answer.has_value());
  CHECK_THAT(answer.error().message, ContainsSubstring(":" + std::to_string(port) + ": "));
}

TEST_CASE("where a server is, from a URL") {
  struct Row {
    const char* url;
    std::vector<std::string> addresses;
    int port;
    const char* host;
  };
  for (const auto& [url, addresses, port, host] :
       {Row{"http://127.0.0.1:9188", {"127.0.0.1"}, 9188, "127.0.0.1:9188"},
        Row{"http://127.0.0.1", {"127.0.0.1"}, 80, "127.0.0.1"},
        Row{"http://127.0.0.1:9188/", {"127.0.0.1"}, 9188, "127.0.0.1:9188"},
        Row{"http://[::1]:9188", {"::1"}, 9188, "[::1]:9188"}, Row{"http://[::1]", {"::1"}, 80, "[::1]"},
        Row{"http://localhost:1", {"127.0.0.1", "::1"}, 1, "localhost:1"}}) {
    INFO(url);
    const auto origin = http::parse_origin(url);
    REQUIRE(origin.has_value());
    CHECK(origin->addresses == addresses);
    CHECK(origin->port == port);
    CHECK(origin->host == host);
  }
  for (const auto* wrong :
       {"", "127.0.0.1:9188", "https://127.0.0.1", "http://", "http://:9188", "http://127.0.0.1:", "http://127.0.0.1:0",
        "http://127.0.0.1:65536", "http://127.0.0.1:1x", "http://127.0.0.1:+1", "http://127.0.0.1/startupz",
        "http://agent.example:9188", "http://::1:9188", "http://[::1", "http://[127.0.0.1]", "http://u@127.0.0.1",
        "http://127.0.0.1:1\r\nX: y", "http://[::1]x:1"}) {
    INFO(wrong);
    const auto origin = http::parse_origin(wrong);
    REQUIRE_FALSE(origin.has_value());
    CHECK(origin.error().message.starts_with('"' + std::string(wrong) + '"'));
  }
}
