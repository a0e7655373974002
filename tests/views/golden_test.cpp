// Every text we emit from the same hand-made worlds, as it is.
#include <catch2/catch_test_macros.hpp>

#include "agent/views/explain.hpp"
#include "agent/views/group_report.hpp"
#include "agent/views/health.hpp"
#include "agent/views/log_line.hpp"
#include "agent/views/metrics.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/status_page.hpp"
#include "agent/views/tables.hpp"
#include "tests/support/golden.hpp"
#include "world.hpp"

using namespace support;

TEST_CASE("metrics of a rich and of an empty world") {
  check_golden("metrics.txt", views::metrics(rich_world(), build_info()) + views::runtime_metrics(runtime()));
  check_golden("metrics_empty.txt", views::metrics(empty_world(), build_info()) + views::runtime_metrics({}));
}

TEST_CASE("status.json") {
  check_golden("status.json", views::status_json(rich_world(), build_info(), runtime(), noon()));
  check_golden("status_empty.json", views::status_json({}, build_info(), {}, noon()));
}

TEST_CASE("JSON of the one-shot commands") {
  check_golden("check.json", views::check_json(calm_world()));
  check_golden("verify.json", views::verify_json(verify_report()));
  check_golden("resolve.json", views::resolve_json(resolved_names()));
}

TEST_CASE("JSON of probes and of the rehearsal") {
  std::string text;
  for (const views::ProbeReport& report : probe_reports()) text += views::probe_json(report);
  check_golden("probe.json", text);
  check_golden("rehearsal.json", views::rehearsal_json(rehearsal()));
}

TEST_CASE("names and lint of a PGDGroup") {
  using model::NameRole;
  const views::GroupNames rich{
      .group = "region-a",
      .ns = "pgd",
      .mode = model::TlsMode::verify_full,
      .nodes = {"region-a-1", "region-a-3"},
      .services =
          {{NameRole::node, "region-a-1", "region-a-1-node", {"region-a-1-node", "region-a-1-node-dc1.my.test"}},
           {NameRole::node, "region-a-3", "region-a-3-node", {"region-a-3-node", "region-a-3-node-dc1.my.test"}},
           {NameRole::group, "", "region-a-group", {"region-a-group", "region-a-group-dc1.my.test"}},
           {NameRole::proxy_read, "", "region-a-proxy-r", {"region-a-proxy-r"}}},
      .discovery = {"region-b-group.b.test"},
      .server_certificates = {{"region-a-1", {"region-a-1-node", "lb.my.test"}}, {"region-a-3", {}}},
      .client_common_name = "streaming_replica",
      .client_secret = "replication"};
  const views::GroupNames bare{.group = "w",
                               .ns = "",
                               .nodes = {},
                               .services = {},
                               .discovery = {},
                               .server_certificates = {},
                               .client_common_name = "streaming_replica",
                               .client_secret = ""};
  check_golden("names.json", views::names_json({rich, bare}));
  check_golden("names.txt", views::names_table({rich, bare}, false));
  const std::vector<views::LintItem> items{
      {"lint-host-suffix", model::Severity::critical, "region-a", ".spec.connectivity.dns.hostSuffix", 12,
       "Suffix \".dc1\" has a dot.", "Put what follows the dot into the domain."},
      {"lint-redundant-name", model::Severity::info, "region-a",
       ".spec.connectivity.tls.serverCert.certManager.spec.dnsNames[0]", 30, "It is there already.", "Take it out."}};
  check_golden("lint.json", views::lint_json(items));
  check_golden("lint.txt", views::lint_table("group.yaml", 1, items, false) +
                               views::lint_table("group.yaml", 2, {}, false) +
                               views::lint_table("group.yaml", 1, {items[1]}, true));
  CHECK_FALSE(views::lint_passes(items));
  CHECK(views::lint_passes({items[1]}));
}

TEST_CASE("the status page") {
  check_golden("page.html", views::status_page(rich_world(), build_info(), noon()));
  check_golden("page_calm.html", views::status_page(calm_world(), build_info(), noon()));
  check_golden("page_empty.html", views::status_page(empty_world(), build_info(), noon()));
}

TEST_CASE("health answers") {
  std::string text;
  const auto show = [&](const char* title, const model::World& world, const views::HealthRequest& request) {
    const views::HealthAnswer answer = views::health(world, request);
    text += std::string("# ") + title +
            (answer.ok      ? " -> ok\n"
             : answer.found ? " -> failed\n"
                            : " -> not found\n") +
            answer.text + "\n";
  };
  using model::Gate;
  show("livez", rich_world(), {Gate::live});
  show("livez verbose", rich_world(), {Gate::live, true});
  show("startupz, passed before, verbose", rich_world(), {Gate::startup, true});
  show("readyz", rich_world(), {Gate::ready});
  show("readyz excluding one", rich_world(), {Gate::ready, false, false, {"secret-client", "nonsense", "<b>"}});
  show("readyz excluding all that fail, verbose", rich_world(),
       {Gate::ready, true, false, {"secret-client", "secret-client_ca"}});
  show("readyz/secret-server", rich_world(), {Gate::ready, false, false, {}, "secret-server"});
  show("readyz/secret-client", rich_world(), {Gate::ready, false, false, {}, "secret-client"});
  show("readyz/nothing", rich_world(), {Gate::ready, false, false, {}, "nothing\n"});
  show("readyz JSON", rich_world(), {Gate::ready, false, true, {"config"}});
  show("readyz calm", calm_world(), {Gate::ready});
  show("startupz unread configuration", empty_world(), {Gate::startup});
  check_golden("health.txt", text);
}

TEST_CASE("log lines") {
  const model::World world = rich_world();
  std::string text, json;
  for (const auto& event : world.snapshot->events) {
    text += views::text_line(*event) + "\n";
    json += views::json_line(*event) + "\n";
  }
  check_golden("log.txt", text);
  check_golden("log.json", json);
}

TEST_CASE("terminal tables") {
  check_golden("verify.txt", views::verify_table(verify_report(), false));
  check_golden("verify_colour.txt", views::verify_table(verify_report(), true));
  check_golden("resolve.txt", views::resolve_table(resolved_names(), false));
  check_golden("check.txt", views::check_table(rich_world(), false));
  check_golden("check_calm.txt", views::check_table(calm_world(), false));
  std::string probes;
  for (const views::ProbeReport& report : probe_reports()) probes += views::probe_table(report, false) + "\n";
  check_golden("probe.txt", probes);
  check_golden("probe_colour.txt", views::probe_table(probe_reports().at(1), true));
  auto holds = rehearsal();
  holds.resize(1);
  check_golden("rehearsal.txt",
               views::rehearsal_table(rehearsal(), false) + "\n" + views::rehearsal_table(holds, true));
}

TEST_CASE("docs/findings.md is what the code says") {
  check_file("docs/findings.md", views::findings_markdown());
  check_golden("explain.txt",
               views::explain(model::catalogue().at(static_cast<std::size_t>(model::Code::key_mismatch))));
}
