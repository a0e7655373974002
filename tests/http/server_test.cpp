// The protocol: what a well-behaved client sees, and one that breaks the rules.
#include "agent/http/server.hpp"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "tests/http/rig.hpp"

using namespace std::chrono_literals;
using support::answer_of;
using support::ask;
using support::get;
using support::HttpClient;
using support::HttpRig;

TEST_CASE("a connection serves request after request") {
  HttpRig rig;
  HttpClient client(rig.port());
  for (int i = 0; i < 5; ++i) {
    const std::string target = "/" + std::to_string(i);
    client.send(get(target));
    const auto answer = answer_of(rig, client);
    CHECK(answer.status == 200);
    CHECK(answer.body == "GET " + target + " from loopback\n");
    CHECK(answer.fields.at("content-type") == "text/plain");
    CHECK(answer.fields.count("connection") == 0);
    CHECK(answer.fields.count("server") == 0);
  }
  CHECK(rig.server().connections() == 1);
}

TEST_CASE("HEAD has the length and no body, and the connection goes on") {
  HttpRig rig;
  HttpClient client(rig.port());
  client.send("HEAD /head HTTP/1.1\r\nHost: agent\r\n\r\n" + get("/next"));
  const auto head = answer_of(rig, client, true);
  CHECK(head.status == 200);
  CHECK(head.fields.at("content-length") == std::to_string(std::string("HEAD /head from loopback\n").size()));
  CHECK(answer_of(rig, client).body == "GET /next from loopback\n");
}

TEST_CASE("a connection ends where the client or its version says so") {
  struct Case {
    const char* request;
    bool closes;
    const char* connection;
  };
  for (const auto& [request, closes, connection] :
       {Case{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", false, ""},
        Case{"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true, "close"},
        Case{"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", true, "close"},
        Case{"GET / HTTP/1.0\r\n\r\n", true, "close"},
        Case{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", false, "keep-alive"}}) {
    INFO(request);
    HttpRig rig(HttpRig::shipped());
    HttpClient client(rig.port());
    client.send(request);
    const auto answer = answer_of(rig, client);
    CHECK(answer.status == 200);
    CHECK((answer.fields.count("connection") ? answer.fields.at("connection") : "") == connection);
    CHECK(rig.until([&] { return client.closed(); }, 100ms) == closes);
  }
}

TEST_CASE("requests sent in one go are answered in order") {
  HttpRig rig;
  HttpClient client(rig.port());
  std::string all;
  for (int i = 0; i < 50; ++i) all += get("/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i) REQUIRE(answer_of(rig, client).body == "GET /" + std::to_string(i) + " from loopback\n");
}

TEST_CASE("a request may come byte by byte, with a body within the limit") {
  HttpRig rig(HttpRig::shipped());
  HttpClient client(rig.port());
  const std::string request = "POST /bytes HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + get("/after");
  for (const char byte : request) {
    client.send({&byte, 1});
    rig.spin(0ms);
  }
  CHECK(answer_of(rig, client).body == "POST /bytes from loopback\n");
  CHECK(answer_of(rig, client).body == "GET /after from loopback\n");

  client.send("POST /chunks HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" +
              get("/last"));
  CHECK(answer_of(rig, client).body == "POST /chunks from loopback\n");
  CHECK(answer_of(rig, client).body == "GET /last from loopback\n");
}

TEST_CASE("a body and its type reach the handler") {
  HttpRig rig;
  HttpClient client(rig.port());
  client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Type: text/x\r\nContent-Length: 5\r\n\r\nhello" +
              get("/body"));
  CHECK(answer_of(rig, client).body == "text/x: hello");
  CHECK(answer_of(rig, client).body == ": ");
}

TEST_CASE("a client that has finished sending still gets its answer") {
  HttpRig rig(HttpRig::shipped());
  HttpClient client(rig.port());
  client.send(get("/half"));
  client.finish_sending();
  CHECK(answer_of(rig, client).body == "GET /half from loopback\n");
  CHECK(rig.until([&] { return client.closed() && rig.server().connections() == 0; }));
}

TEST_CASE("what breaks the rules is refused, counted and cut off") {
  struct Case {
    std::string request;
    int status;
  };
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  const Case cases[] = {
      {"hello\r\n\r\n", 400},
      {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
       400},  // a TLS client at the plain port
      {"GET  / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\n\r\n", 400},
      {start + "Na me: x\r\n\r\n", 400},
      {start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {start + "Content-Length: -1\r\n\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400},
      {start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {start + "Content-Length: 1025\r\n\r\n", 413},
      {start + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {start + "Transfer-Encoding: chunked\r\n\r\n401\r\n" + std::string(1025, 'b') + "\r\n0\r\n\r\n", 413},
      {start + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'e'), 413},
      {start + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(20'000, 't'), 413},
      {start + "X: " + std::string(8192, 'x') + "\r\n\r\n", 431},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n", 431},
      {std::string(20'000, 'G'), 431},
  };
  for (const auto& [request, status] : cases) {
    INFO(request.substr(0, 100));
    HttpRig rig(HttpRig::shipped());
    HttpClient client(rig.port());
    client.send(request);
    const auto answer = answer_of(rig, client);
    CHECK(answer.status == status);
    if (answer.status != status) continue;
    CHECK(answer.fields.at("connection") == "close");
    CHECK(rig.until([&] { return client.closed(); }, 500ms));
    CHECK(client.unread().empty());
    CHECK(rig.asked == 0);
    CHECK(rig.counted == decltype(rig.counted){{{"other", status}, 1}});
  }
}

TEST_CASE("the limits themselves are allowed") {
  HttpRig rig;
  const auto of_size = [](std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nY: y\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  CHECK(ask(rig, of_size(8192)).status == 200);
  CHECK(ask(rig, of_size(8193)).status == 431);
  CHECK(ask(rig, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1024\r\n\r\n" + std::string(1024, 'b')).status == 200);
}

TEST_CASE("answers are counted by path and status") {
  HttpRig rig;
  for (const auto* target : {"/livez", "/readyz?verbose", "/readyz/dns", "/", "/secret", "/metrics", "/throw"})
    ask(rig, get(target));
  CHECK(rig.counted == decltype(rig.counted){{{"/livez", 200}, 1},
                                             {{"/readyz", 200}, 2},
                                             {{"/", 200}, 1},
                                             {{"/metrics", 200}, 1},
                                             {{"other", 200}, 1},
                                             {{"other", 500}, 1}});
}

TEST_CASE("a route that throws costs its own request only") {
  HttpRig rig;
  const auto answer = ask(rig, get("/throw"));
  CHECK(answer.status == 500);
  CHECK(answer.body == "Internal Server Error\n");
  CHECK(ask(rig, get("/fine")).status == 200);
}

TEST_CASE("loopback is 127.0.0.1 and ::1, however the socket shows them") {
  auto options = HttpRig::shipped();
  options.address = "[::]";
  HttpRig rig(options);
  for (const auto& [source, loopback] : {std::pair{"127.0.0.1", true}, std::pair{"::1", true},
                                         std::pair{"127.0.0.6", false}, std::pair{"127.1.2.3", false}}) {
    INFO(source);
    HttpClient client(rig.port(), source);
    client.send(get("/"));
    CHECK(answer_of(rig, client).body == (loopback ? "GET / from loopback\n" : "GET /\n"));
  }
}

TEST_CASE("random bytes never harm the server") {
  HttpRig rig;
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = round % 2 ? "GET / HTTP/1.1\r\n" : "";
    for (auto left = random() % 3000; left > 0; --left) bytes += static_cast<char>(random());
    if (round % 3 == 0) bytes += "\r\n\r\n";
    HttpClient client(rig.port());
    client.send(bytes);
    if (round % 5 == 0) client.finish_sending();
    rig.spin(1ms);
  }
  CHECK(ask(rig, get("/still")).body == "GET /still from loopback\n");
  CHECK(rig.until([&] { return rig.server().connections() == 0; }));
}
