#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <iostream>

#include "agent/app/hosts.hpp"
#include "agent/app/manifest.hpp"
#include "agent/app/observe_once.hpp"
#include "agent/app/probe_targets.hpp"
#include "agent/app/resolve.hpp"
#include "agent/app/run_probes.hpp"
#include "agent/app/secret_places.hpp"
#include "agent/cli/commands.hpp"
#include "agent/cli/pem_files.hpp"
#include "agent/rules/host_match.hpp"
#include "agent/rules/judge_probe.hpp"
#include "agent/rules/observe.hpp"
#include "agent/views/status_json.hpp"
#include "agent/views/tables.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds longest_lookup{5};

/// What is to be asked, after the configuration filled in what the command line left open.
struct Plan {
  config::Config config;
  model::ResolverConfig resolver;
  model::BundleRef ca;
  sources::IdentityRef identity;
  model::CertificatePolicy policy;
};

/// The pod's configuration, or one without any secret where there is no file.
std::optional<config::Config> base_config(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    config::Config none;
    none.secrets.server = none.secrets.server_ca = none.secrets.client = none.secrets.client_ca = "";
    none.group.spelled.mode = model::TlsMode::verify_full;
    return none;
  }
  auto written = load_config(path);
  if (!written) return std::nullopt;
  auto whole = app::with_manifest(std::move(*written));
  if (whole) return std::move(*whole);
  fail("manifest", whole.error().message);
  return std::nullopt;
}

common::Result<sources::IdentityRef> identity_of(const Probe& options) {
  auto files = read_pem_files({options.cert, options.key, ""});
  if (!files) return files.error();
  files->directory = options.cert;
  return sources::Identity::load(std::move(*files));
}

/// Nothing after saying on standard error why not.
std::optional<Plan> plan(const Probe& options) {
  auto config = base_config(options.config);
  if (!config) return std::nullopt;
  Plan plan;
  plan.config = std::move(*config);
  auto& probe = plan.config.probe;
  probe.client_certificate = options.level.value_or(model::ClientCertificate::handshake);
  if (options.negotiation) probe.negotiation = *options.negotiation;
  probe.timeout = options.timeout;
  if (!options.user.empty()) plan.config.secrets.client_common_name = options.user;
  for (const auto& text : options.servers) {
    const auto server = model::parse_server(text);
    if (!server) return fail("probe", "--server: " + server.error().message), std::nullopt;
    plan.config.dns.servers.push_back(*server);
  }
  plan.resolver = app::choose_resolver(plan.config.dns, {}).config;
  plan.policy = config::policy(plan.config).certificates;
  if (options.mode) plan.policy.mode = *options.mode;

  if (!options.ca.empty()) {
    auto ca = read_ca_file(options.ca, model::SecretRole::server_ca);
    if (!ca) return fail("probe", "--ca: " + ca.error().message), std::nullopt;
    plan.ca = *ca;
  } else {
    // As rules::root_file: mounted places come first.
    const auto places = app::secret_places(plan.config.secrets);
    const auto root = std::find_if(places.begin(), places.end(),
                                   [](const auto& place) { return place.role == model::SecretRole::server_ca; });
    if (root != places.end()) plan.ca = app::read_bundle(*root);
  }
  if (!options.cert.empty()) {
    auto identity = identity_of(options);
    if (!identity) return fail("probe", identity.error().message), std::nullopt;
    plan.identity = *identity;
  } else {
    plan.identity = app::load_identity(plan.config.secrets);
  }
  return plan;
}

boost::asio::awaitable<model::ProbeObservation> observe(const Probe& options, const Plan& plan) {
  model::ProbeObservation probe;
  probe.target.host = options.host;
  probe.target.port = options.port;
  std::vector<std::string> addresses;
  if (rules::is_ip_address(options.host)) {
    addresses.push_back(options.host);
  } else if (auto listed = rules::addresses_in(app::read_hosts(), options.host); !listed.empty()) {
    addresses = std::move(listed);
  } else {
    app::Servers servers(co_await boost::asio::this_coro::executor, plan.resolver);
    const auto deadline = std::chrono::steady_clock::now() + longest_lookup;
    const auto lookup = co_await app::resolve(servers, plan.resolver, options.host, deadline);
    for (const auto family : model::all_families) {
      for (const auto& address : lookup.of(family).addresses) addresses.push_back(address.text);
    }
  }
  auto jobs =
      app::probe_jobs(probe.target, addresses, plan.config.probe.client_certificate, plan.config, plan.identity);
  std::vector<model::ProbeResultRef> results;
  const app::ProbeFound found = [&results](const model::ProbeTarget&, model::ProbeResultRef result) {
    results.push_back(std::move(result));
  };
  const common::WallClock clock = [] { return common::WallTime{std::chrono::system_clock::now()}; };
  co_await app::run_probes(std::move(jobs), plan.config.probe.concurrency, clock, found);
  co_return rules::observe(probe, addresses, results, clock());
}

}  // namespace

int probe(const Probe& options) {
  const auto planned = plan(options);
  if (!planned) return 2;
  boost::asio::io_context io{1};
  views::ProbeReport report;
  boost::asio::co_spawn(io, observe(options, *planned),
                        [&report](const std::exception_ptr& error, model::ProbeObservation seen) {
                          if (error) std::rethrow_exception(error);
                          report.probe = std::move(seen);
                        });
  io.run();
  const common::WallTime now = std::chrono::system_clock::now();
  report.verdict = rules::judge_probe({report.probe, planned->ca.get(), planned->policy, now}).verdict;
  std::cout << (options.output == Output::json ? views::probe_json(report) : views::probe_table(report, colour()));
  return report.verdict.status == model::ProbeStatus::ok ? 0 : 1;
}

}  // namespace cli
