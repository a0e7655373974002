// What the exposition promises: unique series, budgets, exact timestamps, promtool's rules, and documentation of every
// family.
#include "agent/views/metrics.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>

#include "agent/views/metrics_webhook.hpp"
#include "exposition.hpp"
#include "tests/support/temp_dir.hpp"
#include "world.hpp"

using namespace support;

namespace {

std::string whole(const model::World& world) {
  return views::metrics(world, build_info()) + views::runtime_metrics(runtime());
}

/// Output of a shell command, and its exit status.
std::pair<std::string, int> run(const std::string& command) {
  std::string out;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> chunk{};
  for (std::size_t n; (n = ::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) out.append(chunk.data(), n);
  const int status = ::pclose(pipe);
  return {out, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

}  // namespace

TEST_CASE("every series is unique, every family announced once with help") {
  for (const auto& world : {rich_world(), calm_world(), empty_world(), large_world(1000), model::World{}}) {
    const Exposition exposition = parse_exposition(whole(world));
    CHECK(exposition.repeated.empty());
    std::set<std::string> seen;
    for (const Sample& sample : exposition.samples) {
      INFO(sample.series);
      REQUIRE(seen.insert(sample.series).second);
      REQUIRE(exposition.types.contains(sample.family));
      REQUIRE(exposition.helps.contains(sample.family));
    }
    for (const auto& [family, type] : exposition.types) {
      INFO(family);
      CHECK(std::any_of(exposition.samples.begin(), exposition.samples.end(),
                        [&](const Sample& s) { return s.family == family; }));
      CHECK(exposition.helps.at(family).find('\\') == std::string::npos);
    }
  }
}

TEST_CASE("series that would repeat are left out, not repeated") {
  model::Verdict verdict = *rich_world().verdict;
  verdict.checks.push_back(verdict.checks.front());
  const Exposition exposition = parse_exposition(
      views::metrics({rich_world().snapshot, std::make_shared<const model::Verdict>(verdict)}, build_info()));
  std::set<std::string> seen;
  for (const Sample& sample : exposition.samples) CHECK(seen.insert(sample.series).second);
}

TEST_CASE("budgets: at most 8 series a name, 6 a peer, 3 a certificate, 350 fixed") {
  const Exposition exposition = parse_exposition(whole(large_world(1000)));
  std::map<std::string, int> of_name, of_peer, of_certificate;
  int fixed = 0;
  for (const Sample& sample : exposition.samples) {
    if (const auto fqdn = sample.labels.find("fqdn"); fqdn != sample.labels.end()) {
      const auto port = sample.labels.find("port");
      ++(port == sample.labels.end() ? of_name[fqdn->second] : of_peer[fqdn->second + ":" + port->second]);
    } else if (sample.labels.contains("position")) {
      ++of_certificate[sample.labels.at("secret") + sample.labels.at("source") + sample.labels.at("position") +
                       sample.labels.at("index")];
    } else {
      ++fixed;
    }
  }
  CHECK(of_name.size() == 1000 + rich_world().snapshot->names.size());
  int most = 0;
  for (const auto& [fqdn, count] : of_name) most = std::max(most, count);
  CHECK(most <= 8);
  CHECK(of_peer.size() == 100 + rich_world().verdict->probes.size());
  int most_of_peer = 0;
  for (const auto& [peer, count] : of_peer) most_of_peer = std::max(most_of_peer, count);
  CHECK(most_of_peer <= 6);
  CHECK(of_certificate.size() == 5 + 4 + 2);  // mounted, written, served
  for (const auto& [certificate, count] : of_certificate) CHECK(count == 3);
  CHECK(fixed <= 350);
  std::printf("series: %zu in all, at most %d a name, %d a peer, %d fixed\n", exposition.samples.size(), most,
              most_of_peer, fixed);
}

TEST_CASE("timestamps keep their seconds and milliseconds, large counters every digit") {
  const Exposition exposition = parse_exposition(whole(rich_world()));
  CHECK(value(exposition,
              "pgd_agent_certificate_not_after_timestamp_seconds{secret=\"server\",source=\"mounted\",position="
              "\"leaf\",index=\"0\"}") == "1772971200");
  CHECK(value(exposition, "pgd_agent_config_last_reload_success_timestamp_seconds") == "1772107200.25");
  CHECK(value(exposition, "pgd_agent_monitor_last_run_timestamp_seconds{monitor=\"dns\"}") == "1772366398.5");
  CHECK(value(exposition, "pgd_agent_dns_lookups_total{role=\"node\",family=\"ipv4\",status=\"nxdomain\"}") ==
        "12345678901");
  CHECK(value(exposition, "process_resident_memory_bytes") == "23456789");
  CHECK(value(exposition, "pgd_agent_startup_gate_wait_seconds") == "5.5");
}

TEST_CASE("what is absent has no series") {
  const Exposition rich = parse_exposition(whole(rich_world()));
  const Exposition empty = parse_exposition(views::metrics(empty_world(), build_info()) + views::runtime_metrics({}));
  const auto count = [](const Exposition& exposition, const std::string& family) {
    return std::count_if(exposition.samples.begin(), exposition.samples.end(),
                         [&](const Sample& s) { return s.family == family; });
  };
  for (const char* family :
       {"pgd_agent_dns_up", "pgd_agent_group_nodes", "pgd_agent_findings", "pgd_agent_secret_loaded",
        "pgd_agent_config_last_reload_success_timestamp_seconds", "pgd_agent_monitor_last_run_timestamp_seconds",
        "pgd_agent_certificate_info", "pgd_agent_check_last_success_timestamp_seconds",
        "pgd_agent_dns_lookup_duration_seconds", "pgd_agent_tls_probe_up", "pgd_agent_tls_probe_status",
        "pgd_agent_tls_probe_duration_seconds", "pgd_agent_peer_certificate_not_after_timestamp_seconds",
        "pgd_agent_client_certificate_accepted", "pgd_agent_certificate_drift",
        "pgd_agent_certificate_drift_since_timestamp_seconds"}) {
    INFO(family);
    CHECK(count(rich, family) > 0);
    CHECK(count(empty, family) == 0);
  }
  // A name not yet looked up is neither up nor down; one that can't be asked is down.
  CHECK(value(rich, "pgd_agent_dns_up{fqdn=\"vault.example.com\",role=\"extra\",target_group=\"\",target_node=\"\"}") ==
        "absent");
  CHECK(value(rich,
              "pgd_agent_dns_up{fqdn=\"under_score\\\"quoted<b>.example.com\",role=\"extra\",target_group=\"\",target_"
              "node=\"\"}") == "0");
  CHECK(value(rich, "pgd_agent_monitor_last_run_timestamp_seconds{monitor=\"judge\"}") == "absent");
  CHECK(value(rich, "pgd_agent_check_last_success_timestamp_seconds{check=\"secret-client_ca\",gate=\"ready\"}") ==
        "absent");
}

TEST_CASE("a family is troubled where it errs, not where it is plainly empty beside one that answers") {
  const Exposition exposition = parse_exposition(whole(rich_world()));
  std::set<std::string> troubled;
  for (const Sample& sample : exposition.samples) {
    if (sample.family == "pgd_agent_dns_status")
      troubled.insert(sample.labels.at("fqdn").substr(0, 16) + " " + sample.labels.at("family") + " " +
                      sample.labels.at("status"));
  }
  CHECK(troubled == std::set<std::string>{"region-a-3-node. ipv4 nxdomain", "region-a-3-node. ipv6 nxdomain",
                                          "region-a-proxy-r ipv4 timeout", "region-a-proxy-r ipv6 timeout",
                                          "region-a-proxy.p ipv6 servfail", "region-b-group.e ipv4 nxdomain",
                                          "region-b-group.e ipv6 nodata"});
}

TEST_CASE("counters with closed labels begin at 0") {
  const Exposition empty = parse_exposition(views::metrics({}, build_info()) + views::runtime_metrics({}));
  const auto zeros = [&](const std::string& family) {
    return std::count_if(empty.samples.begin(), empty.samples.end(),
                         [&](const Sample& s) { return s.family == family && s.value == "0"; });
  };
  CHECK(zeros("pgd_agent_dns_lookups_total") == 6 * 2 * (9 - 3));  // not the rare ones
  CHECK(zeros("pgd_agent_tls_probes_total") == 2 * 21 - 2);        // our own have no name
  CHECK(zeros("pgd_agent_dns_resolver_rebuilds_total") == 3);
  CHECK(zeros("pgd_agent_dns_queries_total") == 1);
  CHECK(zeros("pgd_agent_dns_lookups_deferred_total") == 1);
  CHECK(zeros("pgd_agent_monitor_restarts_total") == 5);
  CHECK(zeros("pgd_agent_secret_rotations_total") == 4 * 2);
  CHECK(zeros("pgd_agent_secret_read_errors_total") == 4 * (6 - 3));
  CHECK(zeros("pgd_agent_log_lines_dropped_total") == 1);
  CHECK(value(empty, "pgd_agent_http_requests_total{path=\"/readyz\",code=\"503\"}") == "0");
}

TEST_CASE("rare statuses and reasons appear when first seen") {
  model::Snapshot snapshot = *rich_world().snapshot;
  model::Counters counters;
  counters.dns_lookups[0][1][static_cast<std::size_t>(model::DnsStatus::formerr)] = 1;
  counters.probes[0][static_cast<std::size_t>(model::ProbeStatus::name_mismatch)] = 2;
  snapshot.counters = std::make_shared<const model::Counters>(counters);
  model::SecretObservation secret = *snapshot.secrets[0];
  secret.read_errors[static_cast<std::size_t>(model::ReadError::too_large)] = 3;
  snapshot.secrets[0] = std::make_shared<const model::SecretObservation>(secret);
  const Exposition exposition =
      parse_exposition(views::metrics({std::make_shared<const model::Snapshot>(snapshot), nullptr}, build_info()));
  CHECK(value(exposition, "pgd_agent_dns_lookups_total{role=\"node\",family=\"ipv6\",status=\"formerr\"}") == "1");
  CHECK(value(exposition, "pgd_agent_tls_probes_total{scope=\"self\",status=\"name_mismatch\"}") == "2");
  CHECK(value(exposition, "pgd_agent_secret_read_errors_total{secret=\"server\",reason=\"too_large\"}") == "3");
}

TEST_CASE("hostile text in a certificate can't spoil the exposition") {
  model::Snapshot snapshot = *rich_world().snapshot;
  model::Bundle bundle = *snapshot.secrets[0]->bundle;
  model::Certificate facts = *bundle.chain[0];
  facts.subject = std::string("CN=a\"}\\ 1\n\xff\xfe\x00 evil ", 19) + std::string(1000, 'x');
  bundle.chain = {std::make_shared<const model::Certificate>(facts)};
  model::SecretObservation secret = *snapshot.secrets[0];
  secret.bundle = std::make_shared<const model::Bundle>(bundle);
  snapshot.secrets = {std::make_shared<const model::SecretObservation>(secret)};
  snapshot.probes.clear();
  const Exposition exposition =
      parse_exposition(views::metrics({std::make_shared<const model::Snapshot>(snapshot), nullptr}, build_info()));
  for (const Sample& sample : exposition.samples) {
    if (sample.family != "pgd_agent_certificate_info") continue;
    const std::string& subject = sample.labels.at("subject");
    CHECK(subject.size() <= 200);
    CHECK(subject.starts_with("CN=a\"}\\ 1\\n\xEF\xBF\xBD\xEF\xBF\xBD\\x00 evil"));
    CHECK(subject.ends_with("…"));
  }
}

TEST_CASE("promtool finds nothing to say") {
  const TempDir dir;
  for (const auto& world : {rich_world(), empty_world(), large_world(50)}) {
    write_file(dir.path() / "metrics", whole(world));
    const auto [output, status] = run("promtool check metrics < '" + (dir / "metrics") + "'");
    CHECK(output == "");
    CHECK(status == 0);
  }
}

namespace {

struct Family {
  std::string type;
  std::set<std::string> labels;
};
using FamilyTable = std::map<std::string, Family>;

/// The rows of docs/metrics.md.
FamilyTable documented() {
  FamilyTable families;
  std::istringstream lines(read_file(std::string(SOURCE_DIR) + "/docs/metrics.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `pgd_agent_") && !line.starts_with("| `process_")) continue;
    std::vector<std::string> cells;
    std::istringstream row(line.substr(2));
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
    REQUIRE(cells.size() >= 6);
    Family& entry = families[cells[0].substr(1, cells[0].find('`', 1) - 1)];
    std::istringstream(cells[1]) >> entry.type;
    for (std::size_t at = 0; (at = cells[2].find('`', at)) != std::string::npos;) {
      const std::size_t end = cells[2].find('`', at + 1);
      entry.labels.insert(cells[2].substr(at + 1, end - at - 1));
      at = end + 1;
    }
  }
  return families;
}

/// What is exposed, each as it is documented.
FamilyTable exposed(const std::string& text) {
  FamilyTable families;
  const Exposition exposition = parse_exposition(text);
  for (const Sample& sample : exposition.samples) {
    Family& entry = families[sample.family];
    entry.type = exposition.types.at(sample.family);
    for (const auto& [label, value] : sample.labels) {
      if (label != "le") entry.labels.insert(label);
    }
  }
  const auto in_docs = documented();
  for (const auto& [family, entry] : families) {
    INFO(family);
    REQUIRE(in_docs.contains(family));
    CHECK(in_docs.at(family).type == entry.type);
    CHECK(in_docs.at(family).labels == entry.labels);
  }
  return families;
}

model::Webhook webhook() {
  model::Webhook facts;
  facts.reviews = {7, 5, 3, 1};
  facts.review_duration.observe(model::review_duration_bounds, .002);
  facts.certificate_not_after = common::WallTime{std::chrono::seconds{1772971200}};
  facts.certificate_reloads = {2, 1};
  return facts;
}

}  // namespace

TEST_CASE("docs/metrics.md lists every family with its type and labels, and no other") {
  const auto sidecar = exposed(whole(rich_world()));
  const auto of_webhook = exposed(views::webhook_metrics(webhook(), build_info(), runtime()));
  for (const auto& [family, entry] : documented()) {
    INFO(family);
    const bool webhook_alone = family.starts_with("pgd_agent_webhook_");
    CHECK(sidecar.contains(family) == !webhook_alone);
    if (webhook_alone) CHECK(of_webhook.contains(family));
  }
  for (const char* shared : {"pgd_agent_build_info", "pgd_agent_http_requests_total",
                             "pgd_agent_log_lines_dropped_total", "process_resident_memory_bytes"})
    CHECK(of_webhook.contains(shared));
}

TEST_CASE(
    "the webhook's metrics: every result from 0, its certificate once there is one, nothing for promtool to say") {
  const std::string text = views::webhook_metrics(webhook(), build_info(), runtime());
  const Exposition full = parse_exposition(text);
  CHECK(full.repeated.empty());
  CHECK(value(full, "pgd_agent_webhook_reviews_total{result=\"injected\"}") == "7");
  CHECK(value(full, "pgd_agent_webhook_reviews_total{result=\"malformed\"}") == "1");
  CHECK(value(full, "pgd_agent_webhook_certificate_not_after_timestamp_seconds") == "1772971200");
  CHECK(value(full, "pgd_agent_webhook_certificate_reloads_total{result=\"failed\"}") == "1");
  CHECK(value(full, "pgd_agent_webhook_review_duration_seconds_bucket{le=\"0.0025\"}") == "1");
  const Exposition empty = parse_exposition(views::webhook_metrics({}, build_info(), {}));
  for (const char* result : {"injected", "skipped", "refused", "malformed"})
    CHECK(value(empty, "pgd_agent_webhook_reviews_total{result=\"" + std::string(result) + "\"}") == "0");
  CHECK(value(empty, "pgd_agent_webhook_certificate_not_after_timestamp_seconds") == "absent");
  CHECK(value(empty, "pgd_agent_http_requests_total{path=\"/inject\",code=\"200\"}") == "0");

  const TempDir dir;
  write_file(dir.path() / "metrics", text);
  const auto [output, status] = run("promtool check metrics < '" + (dir / "metrics") + "'");
  CHECK(output == "");
  CHECK(status == 0);
}

TEST_CASE("a thousand names are rendered in linear time") {
  const auto time = [](const model::World& world) {
    const std::clock_t begin = std::clock();  // CPU time: other processes don't count
    const std::string text = views::metrics(world, build_info());
    CHECK(text.size() > 1000);
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  const model::World small = large_world(500), large = large_world(5000);
  time(small);
  const double first = std::max(time(small), 1e-4), second = time(large);
  std::printf("metrics: 500 names %.1f ms, 5000 names %.1f ms\n", first * 1e3, second * 1e3);
  CHECK(second < 40 * first);  // ten times the names; quadratic would be a hundred times
}
