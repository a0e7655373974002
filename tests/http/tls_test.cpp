// The same server by TLS: what is served, and what a peer gets that does not speak it, or speaks it slowly.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <list>

#include "agent/http/server.hpp"
#include "tests/http/tls_rig.hpp"

using namespace std::chrono_literals;
using namespace support;
using Catch::Matchers::ContainsSubstring;
using Clock = std::chrono::steady_clock;

namespace {

const Minted& authority() {
  static const Minted ca = Recipe("ca").ca().self_signed();
  return ca;
}

/// A certificate that can be replaced while the server runs.
struct Site {
  Minted leaf = Recipe("webhook").issued_by(authority());
  http::TlsContextRef context = tls_context({leaf, authority()}).value();

  void rotate() {
    leaf = Recipe("webhook").issued_by(authority());
    context = tls_context({leaf, authority()}).value();
  }
  [[nodiscard]] http::Server::Options options(http::Server::Options base = HttpRig::shipped()) const {
    base.tls = [this] { return context; };
    return base;
  }
};

std::string post(std::string_view body, std::string_view target = "/body") {
  return "POST " + std::string(target) +
         " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("requests are answered by TLS 1.2 and 1.3, by nothing older") {
  const Site site;
  HttpRig rig(site.options());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    HttpsClient client(rig.port(), {version, ""});
    connected(rig, client);
    CHECK(client.served(site.leaf));
    CHECK(client.chain_length() == 2);
    for (int i = 0; i < 5; ++i) {
      client.send(get("/" + std::to_string(i)));
      CHECK(answer_of(rig, client).body == "GET /" + std::to_string(i) + " from loopback\n");
    }
    CHECK_FALSE(client.closed());
  }
  HttpsClient old(rig.port(), {TLS1_1_VERSION, ""});
  CHECK(rig.until([&] { return !old.handshake() && old.closed(); }));
  CHECK(rig.until([&] { return rig.server().connections() == 0; }));
}

TEST_CASE("HTTP/1.1 is chosen where it is offered") {
  const Site site;
  HttpRig rig(site.options());
  using namespace std::string_literals;
  for (const auto& [offered, chosen] : {std::pair{"\x02h2\x08http/1.1"s, "http/1.1"s}, {"\x02h2"s, ""s}, {""s, ""s}}) {
    HttpsClient client(rig.port(), {0, offered});
    CHECK(connected(rig, client).alpn() == chosen);
  }
}

TEST_CASE("a request's body and its type reach the handler, up to the limit") {
  const Site site;
  auto options = site.options();
  options.body_limit = 1u << 20;
  HttpRig rig(options);
  HttpsClient client(rig.port());
  connected(rig, client);
  const std::string body(1u << 20, 'b');
  const std::string request = post(body);
  std::size_t sent = 0;
  REQUIRE(rig.until([&] { return (sent += client.send(std::string_view(request).substr(sent))) == request.size(); }));
  CHECK(answer_of(rig, client).body == "application/json: " + body);
  client.send("POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
  CHECK(answer_of(rig, client).body == ": hello");
  client.send(get("/body"));
  CHECK(answer_of(rig, client).body == ": ");

  // Refused by its head; the answer arrives although the client goes on sending.
  const std::string large = post(body + "b");
  sent = 0;
  std::optional<HttpAnswer> answer;
  CHECK(rig.until([&] {
    sent += client.send(std::string_view(large).substr(sent));
    answer = client.answer();
    return answer.has_value();
  }));
  CHECK(answer->status == 413);
  CHECK(rig.until([&] { return client.closed() && rig.server().connections() == 0; }));
  CHECK(client.closed_in_order());
}

TEST_CASE("a certificate replaced counts for the next connection, and harms none") {
  Site site;
  HttpRig rig(site.options());
  const Minted first = site.leaf;
  std::list<HttpsClient> before;
  for (int i = 0; i < 5; ++i) connected(rig, before.emplace_back(rig.port()));
  HttpsClient halfway(rig.port());
  halfway.handshake();
  rig.spin(5ms);
  for (int rotation = 0; rotation < 3; ++rotation) {
    site.rotate();
    HttpsClient next(rig.port());
    CHECK(connected(rig, next).served(site.leaf));
    for (auto& client : before) {
      CHECK(client.served(first));
      client.send(get("/kept"));
      CHECK(answer_of(rig, client).status == 200);
    }
  }
  CHECK(connected(rig, halfway).served(first));
  halfway.send(get("/"));
  CHECK(answer_of(rig, halfway).status == 200);
}

TEST_CASE("without a certificate a connection is closed at once, and served once there is one") {
  Site site;
  HttpRig rig(site.options());
  const auto context = std::exchange(site.context, nullptr);
  HttpsClient early(rig.port());
  const auto start = Clock::now();
  CHECK(rig.until([&] { return !early.handshake() && early.closed(); }));
  CHECK(Clock::now() - start < 1s);
  site.context = context;
  HttpsClient late(rig.port());
  connected(rig, late).send(get("/"));
  CHECK(answer_of(rig, late).status == 200);
}

TEST_CASE("what is no TLS is closed, and nothing of it reaches a route") {
  const Site site;
  HttpRig rig(site.options());
  using namespace std::string_literals;
  for (const auto& bytes :
       {get("/"), post("{}"), "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(600, '\x7f'),
        "\x80\x2e\x01\x00\x02"s + std::string(100, '\0'), std::string(70'000, '\xff')}) {
    INFO(bytes.substr(0, 20));
    HttpClient client(rig.port());
    client.send(bytes);
    CHECK(rig.until([&] { return client.closed(); }, 1000ms));
    CHECK(client.unread().size() < 100);  // an alert
  }
  CHECK(rig.until([&] { return rig.server().connections() == 0; }));
  CHECK(rig.asked == 0);
  CHECK(rig.counted.empty());
}

TEST_CASE("a handshake has the time of a request, however it is spent") {
  const Site site;
  HttpRig rig(site.options(HttpRig::small()));
  const auto start = Clock::now();
  HttpClient silent(rig.port());
  HttpClient slow(rig.port());
  slow.send(std::string("\x16\x03\x01\x20\x00\x01\x00\x1f\xfc\x03\x03", 11));
  auto next = start;
  CHECK(rig.until([&] {
    if (Clock::now() >= next) {
      slow.send("x");
      next += 10ms;
    }
    return silent.closed() && slow.closed();
  }));
  CHECK(Clock::now() - start >= 150ms);
  CHECK(Clock::now() - start < 1s);
  CHECK(rig.server().connections() == 0);
}

TEST_CASE("a connection opened for later may wait as an idle one, but a request begun may not") {
  const Site site;
  auto options = site.options(HttpRig::small());
  options.request_timeout = 100ms;
  options.idle_timeout = 400ms;
  HttpRig rig(options);
  HttpsClient waiting(rig.port()), dribbling(rig.port());
  connected(rig, waiting);
  connected(rig, dribbling).send("GET / HTTP/1.1\r\n");
  const auto start = Clock::now();
  CHECK(rig.until([&] { return dribbling.closed(); }));
  CHECK(Clock::now() - start < 350ms);
  CHECK_FALSE(waiting.closed());
  CHECK(rig.until([&] { return waiting.closed(); }));
  CHECK(Clock::now() - start >= 350ms);
}

TEST_CASE("when it is full, the silent one makes room") {
  const Site site;
  auto options = site.options();
  options.max_connections = 3;
  HttpRig rig(options);
  HttpsClient asking(rig.port()), silent(rig.port());
  connected(rig, asking).send("GET / HTTP/1.1\r\n");
  connected(rig, silent);
  HttpClient shaking_hands(rig.port());
  REQUIRE(rig.until([&] { return rig.server().connections() == 3; }));
  HttpsClient fourth(rig.port());
  connected(rig, fourth).send(get("/fourth"));
  CHECK(answer_of(rig, fourth).status == 200);
  CHECK(rig.until([&] { return silent.closed(); }));
  CHECK_FALSE(asking.closed());
  CHECK_FALSE(shaking_hands.closed());
  CHECK(rig.server().connections() == 3);
}

TEST_CASE("whoever holds most is closed when all hold too much") {
  const Site site;
  auto options = site.options();
  options.body_limit = 1u << 20;
  options.held_limit = 600'000;
  HttpRig rig(options);
  std::list<HttpsClient> clients;
  const std::string body(300'000, 'b');
  for (const std::size_t part : {20'000u, 250'000u, 200'000u}) {
    const std::string request = post(body);
    std::size_t sent = 0;
    auto& client = connected(rig, clients.emplace_back(rig.port()));
    REQUIRE(
        rig.until([&] { return (sent += client.send(std::string_view(request).substr(sent, part - sent))) == part; }));
  }
  rig.spin(20ms);
  for (auto& client : clients) CHECK_FALSE(client.closed());
  HttpsClient fourth(rig.port());
  const std::string request = post(std::string(200'000, 'b'));
  std::size_t sent = 0;
  connected(rig, fourth);
  REQUIRE(rig.until([&] { return (sent += fourth.send(std::string_view(request).substr(sent))) == request.size(); }));
  CHECK(answer_of(rig, fourth).status == 200);
  auto client = clients.begin();
  CHECK_FALSE(client++->closed());
  CHECK(client++->closed());
  CHECK_FALSE(client->closed());
}

TEST_CASE("sent away, every client has its answer and is told to go") {
  const Site site;
  HttpRig rig(site.options());
  std::list<HttpsClient> clients;
  for (int i = 0; i < 3; ++i) {
    connected(rig, clients.emplace_back(rig.port())).send(get("/before"));
    REQUIRE(answer_of(rig, clients.back()).fields.count("connection") == 0);
  }
  rig.server().send_away();
  connected(rig, clients.emplace_back(rig.port()));
  for (auto& client : clients) {
    client.send(get("/after"));
    const auto answer = answer_of(rig, client);
    CHECK(answer.status == 200);
    CHECK(answer.fields.at("connection") == "close");
    CHECK(rig.until([&] { return client.closed(); }));
    CHECK(client.closed_in_order());
  }
}

TEST_CASE("by TLS too: an unread answer is cut off in time, a stop lets it finish, a destroyed server harms nothing") {
  const Site site;
  SECTION("not read") {
    HttpRig rig(site.options(HttpRig::small()));
    HttpsClient client(rig.port());
    connected(rig, client).send(get("/big"));
    REQUIRE(rig.until([&] { return rig.asked == 1; }));
    CHECK(rig.until([&] { return rig.server().connections() == 0; }));
  }
  SECTION("stopped") {
    HttpRig rig(site.options());
    HttpsClient client(rig.port());
    connected(rig, client).send(get("/big"));
    REQUIRE(rig.until([&] { return rig.asked == 1; }));
    rig.server().stop();
    CHECK(answer_of(rig, client).body.size() == 4u << 20);
    CHECK(rig.drains_within(1000ms));
  }
  SECTION("destroyed, with clients in every state") {
    HttpRig rig(site.options());
    std::list<HttpsClient> clients;
    for (int i = 0; i < 12; ++i) {
      auto& client = clients.emplace_back(rig.port());
      if (i % 4 == 0) continue;
      if (i % 4 == 1) client.handshake();
      if (i % 4 >= 2) connected(rig, client);
      if (i % 4 == 3) client.send(get("/big"));
    }
    rig.spin(10ms);
    rig.destroy_server();
    CHECK(rig.drains_within(1000ms));
  }
  SECTION("dropped with its loop") {
    HttpRig rig(site.options());
    HttpsClient shaking_hands(rig.port()), idle(rig.port());
    shaking_hands.handshake();
    connected(rig, idle);
    CHECK(rig.server().connections() == 2);
  }
}

TEST_CASE("what OpenSSL won't serve is no context, and says why") {
  const Minted leaf = Recipe("a").issued_by(authority());
  const Minted other = Recipe("b").issued_by(authority());
  CHECK_THAT(tls_context({{leaf.x509, other.key}}).error().message, ContainsSubstring("key values mismatch"));
  CHECK_THAT(tls_context({Recipe("weak").kind(KeyKind::rsa1024).issued_by(authority())}).error().message,
             ContainsSubstring("key too small"));
  CHECK(tls_context({}).has_error());
  CHECK(tls_context({leaf}).has_value());
}
