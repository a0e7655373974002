// The webhook without its sockets: what it is ready by, what it serves, what it answers, counts and says.
#include "agent/app/webhook.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>

#include "tests/support/secret_volume.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_pki.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using support::SecretVolume;

namespace {

struct Pair {
  support::Minted leaf;
  std::string serial;
  [[nodiscard]] support::SecretData files() const { return {{"tls.crt", leaf.pem()}, {"tls.key", leaf.key_pem()}}; }
};

Pair pair(long serial, common::WallTime until = std::chrono::system_clock::now() + 24h) {
  const auto leaf =
      support::Recipe("webhook").valid(std::chrono::system_clock::now() - 1h, until).serial(serial).self_signed();
  return {leaf, std::to_string(serial)};
}

/// A webhook on free ports over volumes of its own.
struct Rig {
  explicit Rig(bool complete = true) {
    if (complete) {
      tls.publish(pair(1).files());
      settings.publish({{"image", "registry.example/pgd-agent:1\n"}});
    }
    webhook.emplace(io, app::WebhookOptions{.listen = {"127.0.0.1", 0},
                                            .status_listen = {"127.0.0.1", 0},
                                            .tls = tls.directory(),
                                            .settings = settings.directory(),
                                            .build = {"0.1.0", "abc", "3", "1"},
                                            .log_descriptor = log_fd});
    webhook->start();
    spin(20ms);
  }
  ~Rig() { ::close(log_fd); }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  void spin(std::chrono::milliseconds time) {
    io.restart();
    io.run_for(time);
  }
  bool until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!done() && std::chrono::steady_clock::now() < end) spin(5ms);
    return done();
  }
  [[nodiscard]] http::Response get(const std::string& target) const {
    http::Request request;
    request.method = "GET";
    request.target = target;
    return webhook->status(request);
  }
  [[nodiscard]] bool ready() const { return get("/readyz").status == 200; }
  [[nodiscard]] bool counted(const std::string& series) const {
    return get("/metrics").tail.find(series + "\n") != std::string::npos;
  }
  http::Response review(const std::string& body) {
    http::Request request;
    request.method = "POST";
    request.target = "/inject";
    request.content_type = "application/json";
    request.body = body;
    return webhook->review(request);
  }
  [[nodiscard]] std::string log() const { return support::read_file(dir.path() / "log"); }

  support::TempDir dir;
  int log_fd = ::open((dir / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  SecretVolume tls{dir.path() / "tls"};
  SecretVolume settings{dir.path() / "settings"};
  boost::asio::io_context io{1};
  std::optional<app::Webhook> webhook;
};

std::string review_of(const std::string& labels, const std::string& name = "region-a-1-1", const std::string& more = "",
                      const std::string& volumes = "") {
  return R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1",)" + more +
         R"("kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE","namespace":"pgd","object":{)" +
         R"("metadata":{"name":")" + name + R"(","labels":{)" + labels + R"(}},"spec":{"containers":[],"volumes":[)" +
         volumes + "]}}}}";
}

const std::string instance = R"("k8s.pgd.enterprisedb.io/group":"region-a","k8s.enterprisedb.io/cluster":"region-a-1",)"
                             R"("k8s.enterprisedb.io/podRole":"instance")";

}  // namespace

TEST_CASE("it is ready once it has certificate and settings, and says what it lacks until then") {
  Rig rig(false);
  const auto before = rig.get("/readyz");
  CHECK(before.status == 503);
  CHECK_THAT(before.tail,
             ContainsSubstring("[-]certificate failed: none to serve: " + rig.tls.directory() + "/tls.crt: "));
  CHECK_THAT(before.tail, ContainsSubstring("[+]listen ok\n"));
  CHECK(rig.get("/livez").status == 200);
  CHECK_THAT(before.tail, ContainsSubstring("[+]settings ok\n"));  // an empty directory of settings is one
  rig.tls.publish(pair(1).files());
  CHECK(rig.until([&] { return rig.ready(); }));
  CHECK(rig.counted("pgd_agent_webhook_certificate_reloads_total{result=\"ok\"} 1"));
  CHECK_THAT(rig.log(), ContainsSubstring("serving CN=webhook, serial 01, until "));
}

TEST_CASE("without a directory of settings a pod is left as it is, with a warning, until there is one") {
  Rig rig(false);
  std::filesystem::remove(rig.settings.path());
  app::Webhook other(rig.io, {.listen = {"127.0.0.1", 0},
                              .status_listen = {"127.0.0.1", 0},
                              .tls = rig.tls.directory(),
                              .settings = rig.settings.directory(),
                              .build = {"0.1.0", "abc", "3", "1"},
                              .log_descriptor = rig.log_fd});
  other.start();
  rig.spin(20ms);
  http::Request request;
  request.method = "POST";
  request.target = "/inject";
  request.content_type = "application/json";
  request.body = review_of(instance);
  const auto answer = other.review(request);
  CHECK(answer.status == 200);
  CHECK_THAT(answer.tail, ContainsSubstring("image") && !ContainsSubstring("patch"));
  support::write_plain_secret(rig.settings.path(), {{"image", "here"}});
  CHECK(rig.until([&] { return other.review(request).tail.find("\"patch\"") != std::string::npos; }));
}

TEST_CASE("a pair that can't be served keeps the one before, is counted and logged once") {
  Rig rig;
  REQUIRE(rig.ready());
  const auto second = pair(2);
  struct Bad {
    support::SecretData files;
    const char* why;
  };
  int failed = 0;
  for (const auto& [files, why] :
       {Bad{{{"tls.crt", second.leaf.pem()}, {"tls.key", pair(3).leaf.key_pem()}},
            "does not belong to the certificate"},
        Bad{{{"tls.crt", "nothing"}, {"tls.key", second.leaf.key_pem()}}, "no certificate that can be read"},
        Bad{{{"tls.crt", second.leaf.pem()}}, "tls.key: No such file"},
        Bad{{{"tls.crt", second.leaf.pem()}, {"tls.key", second.leaf.key_pem(support::KeyForm::encrypted_pkcs8)}},
            "the private key can't be read"}}) {
    INFO(why);
    rig.tls.publish(files);
    ++failed;
    CHECK(rig.until([&] {
      return rig.counted("pgd_agent_webhook_certificate_reloads_total{result=\"failed\"} " + std::to_string(failed));
    }));
    CHECK_THAT(rig.log(), ContainsSubstring(why));
    CHECK(rig.ready());
  }
  rig.webhook->reload();
  rig.spin(50ms);
  CHECK(rig.counted("pgd_agent_webhook_certificate_reloads_total{result=\"failed\"} 4"));
  CHECK_THAT(rig.log(), !ContainsSubstring("BEGIN") && !ContainsSubstring("serial 02"));
  rig.tls.publish(second.files());
  CHECK(rig.until([&] { return rig.counted("pgd_agent_webhook_certificate_reloads_total{result=\"ok\"} 2"); }));
  CHECK_THAT(rig.log(), ContainsSubstring("serving CN=webhook, serial 02"));
}

TEST_CASE("an expired certificate, or one of tomorrow, is served but not ready") {
  Rig rig;
  REQUIRE(rig.ready());
  rig.tls.publish(pair(2, std::chrono::system_clock::now() - 1min).files());
  CHECK(rig.until([&] { return !rig.ready(); }));
  CHECK_THAT(rig.get("/readyz/certificate").tail, ContainsSubstring("failed: expired at 20"));
}

TEST_CASE("settings count from the moment they change; what can't be read changes none") {
  Rig rig;
  const auto image_of = [&] { return rig.review(review_of(instance)).tail; };
  const auto first = image_of();
  rig.settings.publish({{"image", "registry.example/pgd-agent:2"}, {"memory", "a lot"}});
  CHECK(rig.until([&] { return image_of() != first; }));
  const auto second = image_of();
  CHECK_THAT(rig.log(), ContainsSubstring("setting memory"));
  rig.settings.publish({{"image", std::string(5000, 'x')}});
  CHECK(rig.until([&] { return rig.log().find("those before stay in force") != std::string::npos; }));
  CHECK(image_of() == second);
  CHECK(rig.ready());
  rig.settings.publish({{"image", "registry.example/pgd-agent:1"}});
  CHECK(rig.until([&] { return image_of() == first; }));
}

TEST_CASE("reviews are answered, counted and logged by what came of them") {
  Rig rig;
  const auto injected = rig.review(review_of(instance, "region-a-1-1", R"("dryRun":true,)"));
  CHECK(injected.status == 200);
  CHECK(injected.content_type == "application/json; charset=utf-8");
  CHECK_THAT(injected.tail, ContainsSubstring(R"("uid":"u-1")") && ContainsSubstring(R"("allowed":true)") &&
                                ContainsSubstring(R"("patchType":"JSONPatch")"));
  CHECK_THAT(rig.log(), ContainsSubstring("injection pgd/region-a-1-1: injected") &&
                            ContainsSubstring("node=region-a-1") && ContainsSubstring("uid=u-1") &&
                            ContainsSubstring("dry_run=true"));
  const auto lines = rig.log().size();
  const auto skipped = rig.review(review_of(""));
  CHECK_THAT(skipped.tail, ContainsSubstring(R"("allowed":true)") && !ContainsSubstring("patch"));
  CHECK(rig.log().size() == lines);
  const auto refused = rig.review(review_of(instance, "p", "", R"({"name":"pgd-agent-mine","emptyDir":{}})"));
  CHECK_THAT(refused.tail,
             ContainsSubstring(R"("allowed":true)") && ContainsSubstring("warnings") && !ContainsSubstring("patch"));
  CHECK_THAT(rig.log(), ContainsSubstring(" warning injection pgd/p: refused"));
  for (int i = 0; i < 100; ++i) CHECK(rig.review(i % 2 ? "{" : std::string(1000, '[')).status == 400);
  const auto log = rig.log();
  CHECK(log.find("malformed") != std::string::npos);
  CHECK(log.find("malformed") == log.rfind("malformed"));
  for (const char* series :
       {"{result=\"injected\"} 1", "{result=\"skipped\"} 1", "{result=\"refused\"} 1", "{result=\"malformed\"} 100"})
    CHECK(rig.counted("pgd_agent_webhook_reviews_total" + std::string(series)));
  CHECK(rig.counted("pgd_agent_webhook_review_duration_seconds_count 103"));
}

TEST_CASE("hostile names are one short line") {
  Rig rig;
  rig.review(review_of(instance, R"(a\nFAKE error line\u001b[31m)" + std::string(100'000, 'n')));
  const auto log = rig.log();
  const auto at = log.find("injection ");
  REQUIRE(at != std::string::npos);
  const auto line = log.substr(at, log.find('\n', at) - at);
  CHECK(line.size() < 1000);
  CHECK_THAT(line, ContainsSubstring(R"(a\nFAKE error line\x1b[31mnnn)") && ContainsSubstring("node=region-a-1"));
}
