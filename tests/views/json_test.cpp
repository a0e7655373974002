// JSON we emit read back by a parser: valid, complete, never a key missing.
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "agent/views/health.hpp"
#include "agent/views/json_text.hpp"
#include "agent/views/log_line.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/text.hpp"
#include "world.hpp"

using namespace support;
namespace json = boost::json;

namespace {

std::set<std::string> keys(const json::value& value) {
  std::set<std::string> out;
  for (const auto& item : value.as_object()) out.insert(item.key());
  return out;
}

}  // namespace

TEST_CASE("keys of the contract are there, also where nothing is known") {
  for (const auto& world : {rich_world(), calm_world(), empty_world(), model::World{}}) {
    const json::value status = json::parse(views::status_json(world, build_info(), runtime(), noon()));
    for (const char* key : {"version", "node", "group", "verdict", "names", "secrets", "probes", "drifts", "events"}) {
      INFO(key);
      CHECK(status.as_object().contains(key));
    }
    const json::value check = json::parse(views::check_json(world));
    CHECK(keys(check) ==
          std::set<std::string>{"ok", "at", "node", "group", "verdict", "names", "secrets", "probes", "drifts"});
    for (const char* key : {"started", "ready", "live", "checks"}) CHECK(check.at("verdict").as_object().contains(key));
    CHECK(keys(check.at("verdict")) == keys(status.at("verdict")));
  }
}

TEST_CASE("every name and every secret has the same keys, whatever is known of it") {
  const json::value check = json::parse(views::check_json(rich_world()));
  for (const char* list : {"names", "secrets"}) {
    const json::array& items = check.at(list).as_array();
    REQUIRE(items.size() >= 4);
    for (const auto& item : items) CHECK(keys(item) == keys(items.front()));
  }
  const json::value& unknown = check.at("names").as_array().back();
  CHECK(unknown.at("fqdn") == "vault.example.com");
  CHECK(unknown.at("up").is_null());
  CHECK(unknown.at("ipv4").at("status").is_null());
  CHECK(unknown.at("ipv4").at("addresses").as_array().empty());
  CHECK(unknown.at("last_success").is_null());
  const json::value& certificate = check.at("secrets").at(0).at("certificates").at(0);
  CHECK(keys(certificate) == std::set<std::string>{"position", "index", "subject", "issuer", "serial",
                                                   "fingerprint_sha256", "not_before", "not_after", "dns_names",
                                                   "ip_addresses", "is_ca", "key", "signature"});
}

TEST_CASE("verify and resolve have the contract's shape") {
  const json::value verify = json::parse(views::verify_json(verify_report()));
  CHECK(keys(verify) == std::set<std::string>{"ok", "mode", "purpose", "at", "findings", "certificates"});
  CHECK(verify.at("ok") == true);  // warnings only
  CHECK(verify.at("certificates").as_array().size() == 4);
  CHECK(verify.at("findings").at(0).at("severity") == "warning");
  const json::value resolve = json::parse(views::resolve_json(resolved_names()));
  const json::array& names = resolve.at("names").as_array();
  CHECK(names.at(0).at("fqdn") == "region-a-group.pgd.svc.cluster.local");  // sorted
  CHECK(names.at(0).at("ipv4").at("addresses").at(0).at("ttl") == 30);
  CHECK(names.at(1).at("role").is_null());
  CHECK(names.at(1).at("up") == false);
  CHECK(names.at(1).at("duration") == 0.0025);
  for (const auto& each : names) {
    CHECK(keys(each) == std::set<std::string>{"fqdn", "role", "up", "ipv4", "ipv6", "hosts", "duration", "queries"});
  }
}

TEST_CASE("probes have the contract's shape, whatever is known of them") {
  const std::set<std::string> of_address{
      "ok",           "status",   "target", "address", "at",   "duration", "phases", "tls", "client_certificate",
      "certificates", "findings", "detail", "remedy",  "error"};
  const auto check_address = [&](const json::value& probe) {
    CHECK(keys(probe.at("phases")) == std::set<std::string>{"connect", "sslrequest", "handshake", "authenticate"});
    CHECK(keys(probe.at("tls")) == std::set<std::string>{"version", "cipher", "alpn"});
    CHECK((probe.at("status") == "ok") == probe.at("ok").as_bool());
  };
  std::set<std::string> words;
  for (const views::ProbeReport& report : probe_reports()) {
    const json::value probe = json::parse(views::probe_json(report));
    auto expected = of_address;
    expected.insert("addresses");
    CHECK(keys(probe) == expected);
    check_address(probe);
    CHECK(probe.at("addresses").as_array().size() == report.probe.addresses.size());
    for (const json::value& each : probe.at("addresses").as_array()) {
      CHECK(keys(each) == of_address);
      check_address(each);
      words.emplace(each.at("client_certificate").as_string());
    }
  }
  CHECK(words == std::set<std::string>{"accepted", "rejected", "unknown"});
  const json::array probes = json::parse(views::check_json(rich_world())).at("probes").as_array();
  REQUIRE(probes.size() == rich_world().verdict->probes.size());
  for (const json::value& probe : probes) {
    CHECK(keys(probe) == keys(probes.front()));
    CHECK(keys(probe.at("client_certificate")) ==
          std::set<std::string>{"level", "accepted_at_handshake", "accepted_at_login"});
  }
  CHECK(probes[0].at("scope") == "self");
  CHECK(probes[0].at("target") == "127.0.0.1:5432");
}

TEST_CASE("without an address a probe has its verdict and nulls") {
  const json::value probe = json::parse(views::probe_json(probe_reports().at(2)));
  CHECK(probe.at("status") == "dns_failed");
  CHECK(probe.at("address").is_null());
  CHECK(probe.at("duration").is_null());
  CHECK(probe.at("phases").at("connect").is_null());
  CHECK(probe.at("tls").at("version").is_null());
  CHECK(probe.at("client_certificate") == "unknown");
  CHECK(probe.at("detail") == "region-a-3-node.example.com has no address to probe.");
}

TEST_CASE("what the server said of a login is told while the status is about it") {
  views::ProbeReport report = probe_reports().at(5);
  const json::value now = json::parse(views::probe_json(report));
  CHECK(now.at("error").at("sqlstate") == "28000");
  CHECK(now.at("client_certificate") == "accepted");
  // A handshake since then went through: the login's words stay as long as its status does.
  model::ProbeResult newer = *report.probe.addresses[0].last;
  newer.exchange.level = model::ClientCertificate::handshake;
  newer.exchange.error.reset();
  report.probe.addresses[0].last = std::make_shared<const model::ProbeResult>(newer);
  CHECK(json::parse(views::probe_json(report)).at("error").at("sqlstate") == "28000");
  report.verdict.addresses[0].status = model::ProbeStatus::ok;
  CHECK(json::parse(views::probe_json(report)).at("error").is_null());
}

TEST_CASE("drift has a since where it differs, a port where it is served") {
  const json::array drifts = json::parse(views::check_json(rich_world())).at("drifts").as_array();
  REQUIRE(drifts.size() == 5);
  CHECK(drifts[0].at("port").is_null());
  CHECK(drifts[0].at("differs") == false);
  CHECK(drifts[0].at("since").is_null());
  CHECK(drifts[1].at("port") == 5432);
  CHECK(drifts[1].at("differs") == true);
  CHECK(drifts[1].at("since") == "2026-03-01T11:48:00Z");
}

TEST_CASE("a rehearsal is ok where everything would hold") {
  auto items = rehearsal();
  CHECK(json::parse(views::rehearsal_json(items)).at("ok") == false);
  for (auto& item : items) item.holds_next = true;
  CHECK(json::parse(views::rehearsal_json(items)).at("ok") == true);
}

TEST_CASE("a report with a critical finding is not ok") {
  auto report = verify_report();
  report.findings[0].severity = model::Severity::critical;
  CHECK(json::parse(views::verify_json(report)).at("ok") == false);
}

TEST_CASE("health as JSON") {
  const json::value answer = json::parse(views::health(rich_world(), {model::Gate::ready, false, true, {}, {}}).text);
  CHECK(answer.at("gate") == "ready");
  CHECK(answer.at("ok") == false);
  CHECK(keys(answer.at("checks").at(0)) ==
        std::set<std::string>{"check", "gate", "ok", "reason", "since", "last_success"});
}

TEST_CASE("indentation changes no value") {
  const json::value value =
      json::parse(R"({"a":[],"b":{},"c":[1,-2,3.5,1e300,0.0001],"d":"q\"\\\u0001\u20ac","e":[[["x"]]],"f":null,"g":true,
    "long":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",{"c":["dddddddddddddddddd"]}],
    "u":18446744073709551615})");
  const std::string text = views::indented(value);
  CHECK(json::parse(text) == value);
  CHECK(text.ends_with("}\n"));
  std::string deep;
  for (int i = 0; i < 25; ++i) deep += "[";
  deep += "\"" + std::string(200, 'x') + "\"";
  for (int i = 0; i < 25; ++i) deep += "]";
  CHECK(json::parse(views::indented(json::parse(deep))) == json::parse(deep));
}

TEST_CASE("log lines are bounded, whole characters and valid, whatever they carry") {
  const std::string evil = "\x1b[2J\n\"\\\xff\u202E€𝄞";
  std::string much;
  while (much.size() < 20'000) much += evil;
  model::Event event{noon(), model::EventKind::finding, model::Level::error, much, much, {}};
  for (int i = 0; i < 50; ++i)
    event.fields.emplace_back(i % 2 ? "msg" : "key " + much.substr(0, 30), i % 3 ? much : "");
  for (std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{3000}, much.size()}) {
    model::Event cut = event;
    cut.message.resize(size);
    for (std::size_t fields : {0U, 1U, 5U, 50U}) {
      cut.fields.resize(fields);
      const std::string text = views::text_line(cut), line = views::json_line(cut);
      CHECK(text.size() <= views::longest_log_line);
      CHECK(line.size() <= views::longest_log_line);
      for (const std::string& each : {text, line}) {
        CHECK(views::printable(each) == views::printable(views::valid_utf8(each)));
        CHECK(views::valid_utf8(each) == each);
        CHECK(each.find('\n') == std::string::npos);
        CHECK(each.find('\x1b') == std::string::npos);
      }
      const json::value parsed = json::parse(line);
      CHECK(parsed.at("level") == "error");
      CHECK(parsed.at("kind") == "finding");
    }
    cut.fields = event.fields;
  }
}

TEST_CASE("a log field can't pass for one of ours") {
  const model::Event event{noon(),
                           model::EventKind::gate,
                           model::Level::info,
                           "ready",
                           "text",
                           {{"level", "error"}, {"msg", "x"}, {"a b", "1"}, {"a b", "2"}}};
  const json::value parsed = json::parse(views::json_line(event));
  CHECK(parsed.at("level") == "info");
  CHECK(parsed.at("level_") == "error");
  CHECK(parsed.at("msg") == "text");
  CHECK(parsed.at("a_b") == "1");
  CHECK(parsed.at("a_b_") == "2");
  CHECK(views::text_line(event) == "gate ready: text level_=error msg_=x a_b=1 a_b_=2");
}
