// Series of probed endpoints, of what is written and served, and of drift.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>

#include "agent/views/metrics.hpp"
#include "exposition.hpp"
#include "world.hpp"

using namespace support;

TEST_CASE("an endpoint that was never tried has no series; one that was is up or has a status") {
  const Exposition rich = parse_exposition(views::metrics(rich_world(), build_info()));
  std::map<std::string, std::string> status;
  for (const Sample& sample : rich.samples) {
    const auto fqdn = sample.labels.find("fqdn");
    if (fqdn != sample.labels.end()) CHECK(fqdn->second != "region-b-3-node.example.com");
    if (sample.family == "pgd_agent_tls_probe_up") status[fqdn->second] += sample.value;
    if (sample.family == "pgd_agent_tls_probe_status") status[fqdn->second] += " " + sample.labels.at("status");
  }
  CHECK(status == std::map<std::string, std::string>{{"127.0.0.1", "1"},
                                                     {"region-a-2-node.example.com", "0 handshake_timeout"},
                                                     {"region-a-3-node.example.com", "0 dns_failed"},
                                                     {"region-b-1-node.example.com", "0 expired"},
                                                     {"region-b-2-node.example.com", "0 client_cert_untrusted"},
                                                     {"region-c-1-node.example.com", "0 role_rejected"},
                                                     {"region-c-2-node.example.com", "0 tls_not_offered"}});
  const auto accepted = [&](const char* fqdn, const char* level) {
    return value(rich, std::string("pgd_agent_client_certificate_accepted{fqdn=\"") + fqdn +
                           "\",port=\"5432\",level=\"" + level + "\"}");
  };
  CHECK(accepted("127.0.0.1", "handshake") == "1");
  CHECK(accepted("region-b-2-node.example.com", "handshake") == "0");
  CHECK(accepted("region-c-1-node.example.com", "login") == "0");
  CHECK(accepted("region-b-1-node.example.com", "handshake") == "absent");
}

TEST_CASE("what is written and served has certificates of its own, and nothing else of a mounted secret") {
  const Exposition rich = parse_exposition(views::metrics(rich_world(), build_info()));
  const std::string leaf = "pgd_agent_certificate_not_after_timestamp_seconds{secret=\"server\",source=\"";
  CHECK(value(rich, leaf + "mounted\",position=\"leaf\",index=\"0\"}") == "1772971200");
  CHECK(value(rich, leaf + "written\",position=\"leaf\",index=\"0\"}") == "1772971200");
  CHECK(value(rich, leaf + "served\",position=\"leaf\",index=\"0\"}") == "1772967600");
  CHECK(value(rich, "pgd_agent_secret_rotations_total{secret=\"server\",detected_by=\"inotify\"}") == "4");
  CHECK(value(rich, "pgd_agent_secret_read_errors_total{secret=\"server\",reason=\"io\"}") == "0");
  // Written material alone is no mounted secret.
  model::Snapshot snapshot = *rich_world().snapshot;
  snapshot.secrets.erase(snapshot.secrets.begin(), snapshot.secrets.begin() + 4);
  const Exposition exposition =
      parse_exposition(views::metrics({std::make_shared<const model::Snapshot>(snapshot), nullptr}, build_info()));
  CHECK(value(exposition, "pgd_agent_secret_loaded{secret=\"server\"}") == "absent");
  CHECK(value(exposition, "pgd_agent_secret_rotations_total{secret=\"server\",detected_by=\"inotify\"}") == "0");
  CHECK(value(exposition, leaf + "written\",position=\"leaf\",index=\"0\"}") == "1772971200");
}

TEST_CASE("drift is 0 or 1 where two copies can be compared, with a port where one is served") {
  const Exposition rich = parse_exposition(views::metrics(rich_world(), build_info()));
  const auto drift = [&](const char* family, const char* labels) {
    return value(rich, std::string("pgd_agent_certificate_") + family + "{" + labels + "}");
  };
  const char* served = "secret=\"server\",between=\"mounted_served\",port=\"5432\"";
  const char* written = "secret=\"server\",between=\"mounted_written\",port=\"\"";
  CHECK(drift("drift", served) == "1");
  CHECK(drift("drift_since_timestamp_seconds", served) == "1772365680");
  CHECK(drift("drift", written) == "0");
  CHECK(drift("drift_since_timestamp_seconds", written) == "absent");
}
