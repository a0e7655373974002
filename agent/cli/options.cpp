#include "agent/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>

#include "agent/cli/options_webhook.hpp"

namespace cli {
namespace {

constexpr auto examples =
    "\nExamples:\n"
    "  pgd-agent run                                    the sidecar, with the configuration of the pod\n"
    "  pgd-agent check                                  every check once, as the sidecar sees it now\n"
    "  pgd-agent check --at 2026-12-24T00:00:00Z        what would be wrong on Christmas Eve\n"
    "  pgd-agent verify --cert tls.crt --key tls.key --ca ca.crt --host region-a-1-node.example.com\n"
    "  pgd-agent resolve region-a-group.example.com --server 10.96.0.10\n"
    "  pgd-agent probe region-b-1-node.example.com      what its Postgres serves, and whether it takes our "
    "certificate\n"
    "  pgd-agent check --ca-next new-ca.crt             what would fail if that file became the CA now\n"
    "  pgd-agent names --group pgdgroup.yaml            every service, name and required certificate name of a group\n"
    "  pgd-agent lint --group pgdgroup.yaml             what is wrong with its connectivity section\n"
    "  pgd-agent explain ca-key-changed                 what a finding means and what to do\n"
    "\nExit codes: 0 fine; 1 checked and found wrong (a critical finding, a name not up; lint: a warning too); 2 wrong "
    "usage,\nunreadable input or invalid configuration. wait: 124 time is up.\n";

constexpr auto config_help = "Configuration file (default: $PGD_AGENT_CONFIG, else /etc/pgd-agent/config.toml)";

std::string check_time(const std::string& text) {
  const auto time = common::parse_rfc3339(text);
  return time ? "" : time.error().message;
}
std::string check_duration(const std::string& text) {
  const auto duration = common::parse_duration(text);
  return duration ? "" : duration.error().message;
}

void output_option(CLI::App& app, Output& output) {
  static const std::map<std::string, Output> words{{"table", Output::table}, {"json", Output::json}};
  app.add_option("--output", output, "table or json")
      ->transform(CLI::CheckedTransformer(words, CLI::ignore_case))
      ->option_text("FORMAT");
}

void group_option(CLI::App& app, std::string& path) {
  app.add_option("--group", path, "Manifest with one PGDGroup or more, YAML or JSON; other kinds are passed over")
      ->required()
      ->option_text("FILE");
}

const std::map<std::string, model::Purpose>& purposes() {
  static const std::map<std::string, model::Purpose> words{{"server", model::Purpose::server},
                                                           {"client", model::Purpose::client}};
  return words;
}

const std::map<std::string, model::TlsMode>& modes() {
  static const std::map<std::string, model::TlsMode> words{{"verify-full", model::TlsMode::verify_full},
                                                           {"verify-ca", model::TlsMode::verify_ca},
                                                           {"require", model::TlsMode::require},
                                                           {"required", model::TlsMode::require}};
  return words;
}

/// "host", "host:5433", "[::1]:5433", "::1"; "" where it is well formed, else why not.
std::string split_target(const std::string& text, std::string& host, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  const bool brackets = text.starts_with('[');
  const bool bare_v6 = !brackets && text.find(':') != colon;
  host = text;
  if (colon != std::string::npos && !bare_v6 && !text.ends_with(']')) {
    const std::string digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port == 0) {
      return "\"" + text + "\": expected a port from 1 to 65535 after the colon";
    }
    host = text.substr(0, colon);
  }
  if (brackets) {
    if (!host.ends_with(']')) return "\"" + text + "\": expected \"]\" after the address";
    host = host.substr(1, host.size() - 2);
  }
  return host.empty() ? "expected HOST or HOST:PORT" : "";
}

/// The texts that need a second look after CLI11 has read them.
struct Raw {
  std::string at, timeout, target;
};

/// libpq's `require` without a root file verifies nothing; Postgres verifies a client in every mode.
bool needs_no_ca(const Verify& verify) {
  return verify.mode == model::TlsMode::require && verify.purpose == model::Purpose::server;
}

std::optional<common::WallTime> time_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return *common::parse_rfc3339(text);
}

}  // namespace

Command parse(int argc, const char* const* argv, const std::string& default_config) {
  CLI::App app{
      "Connectivity agent for EDB Postgres Distributed: resolves the group's names, watches its certificates, says "
      "what is wrong and what to do.",
      "pgd-agent"};
  app.require_subcommand(1);
  app.footer(examples);
  app.set_help_flag("-h,--help", "Print this help and exit");
  Command command = Stop{};
  Raw raw;

  Run run{default_config};
  auto* run_app = app.add_subcommand("run", "The sidecar: watches until SIGTERM; never exits on bad input");
  run_app->add_option("--config", run.config, config_help)->option_text("FILE");

  Check check;
  check.config = default_config;
  auto* check_app = app.add_subcommand("check", "Every check once, as the sidecar would see it now");
  check_app->add_option("--config", check.config, config_help)->option_text("FILE");
  check_app->add_option("--at", raw.at, "Judge certificates as of this time (RFC 3339)")
      ->check(check_time)
      ->option_text("TIME");
  auto* next_option = check_app->add_option("--ca-next", check.ca_next,
                                            "Rehearse: what would fail if this file became the CA now, peer by peer");
  next_option->option_text("FILE");
  check_app->add_option("--ca-next-of", check.ca_next_of, "The file is the CA of server or of client alone")
      ->needs(next_option)
      ->transform(CLI::CheckedTransformer(purposes()))
      ->option_text("PURPOSE");
  output_option(*check_app, check.output);

  CheckConfig check_config{default_config};
  auto* config_app = app.add_subcommand("check-config", "Print the effective configuration, or every error in it");
  config_app->add_option("file", check_config.config, config_help)->option_text("FILE");
  config_app->add_option("--config", check_config.config, "The same")->option_text("FILE");

  Verify verify;
  auto* verify_app = app.add_subcommand("verify", "Judge certificate files as Postgres and libpq would");
  verify_app->add_option("--cert", verify.cert, "Certificate, and what else the server would send with it")
      ->required()
      ->option_text("FILE");
  verify_app->add_option("--key", verify.key, "Its private key")->option_text("FILE");
  verify_app
      ->add_option("--ca", verify.ca,
                   "The CA's certificates to trust, and only these; server and require can do without")
      ->option_text("FILE");
  verify_app->add_option("--purpose", verify.purpose, "server (default) or client")
      ->transform(CLI::CheckedTransformer(purposes()))
      ->option_text("PURPOSE");
  verify_app->add_option("--mode", verify.mode, "verify-full (default with --host), verify-ca or require")
      ->transform(CLI::CheckedTransformer(modes()))
      ->option_text("MODE");
  verify_app->add_option("--host", verify.hosts, "A name the certificate must cover; may be repeated")
      ->allow_extra_args(false)
      ->option_text("NAME");
  verify_app->add_option("--cn", verify.common_name, "The common name a client certificate must have")
      ->option_text("NAME");
  verify_app->add_option("--at", raw.at, "Judge as of this time (RFC 3339)")->check(check_time)->option_text("TIME");
  output_option(*verify_app, verify.output);

  Resolve resolve;
  auto* resolve_app = app.add_subcommand("resolve", "The DNS truth table of each name: who answered what");
  resolve_app->add_option("names", resolve.names, "Names as they would be given to libpq")
      ->required()
      ->option_text("NAME...");
  resolve_app
      ->add_option("--server", resolve.servers, "Ask this server instead of those of resolv.conf; may be repeated")
      ->allow_extra_args(false)
      ->option_text("IP[:PORT]");
  resolve_app->add_option("--timeout", raw.timeout, "For each name altogether (default 5s)")
      ->check(check_duration)
      ->option_text("D");
  output_option(*resolve_app, resolve.output);

  Probe probe;
  probe.config = default_config;
  auto* probe_app = app.add_subcommand("probe", "One Postgres TLS probe of each address of a name, every phase");
  probe_app->add_option("target", raw.target, "Name or address, with another port than 5432 where it has one")
      ->required()
      ->check([](const std::string& text) {
        std::string host;
        std::uint16_t port = 0;
        return split_target(text, host, port);
      })
      ->option_text("HOST[:PORT]");
  probe_app->add_option("--mode", probe.mode, "verify-full, verify-ca or require (default: the configuration's)")
      ->transform(CLI::CheckedTransformer(modes()))
      ->option_text("MODE");
  probe_app->add_option("--ca", probe.ca, "CA file to judge the served chain by (default: the configured server CA)")
      ->option_text("FILE");
  auto* cert_option = probe_app->add_option("--cert", probe.cert, "Client certificate (default: the mounted one)");
  cert_option->option_text("FILE");
  auto* key_option = probe_app->add_option("--key", probe.key, "Its private key");
  key_option->option_text("FILE")->needs(cert_option);
  cert_option->needs(key_option);
  static const std::map<std::string, model::ClientCertificate> levels{
      {"off", model::ClientCertificate::off},
      {"handshake", model::ClientCertificate::handshake},
      {"login", model::ClientCertificate::login}};
  probe_app
      ->add_option("--client-certificate", probe.level,
                   "off, handshake (default: offered in TLS) or login (a StartupMessage with replication=true too)")
      ->transform(CLI::CheckedTransformer(levels))
      ->option_text("LEVEL");
  static const std::map<std::string, model::Negotiation> negotiations{{"postgres", model::Negotiation::postgres},
                                                                      {"direct", model::Negotiation::direct}};
  probe_app->add_option("--negotiation", probe.negotiation, "postgres (default: SSLRequest) or direct (PostgreSQL 17)")
      ->transform(CLI::CheckedTransformer(negotiations))
      ->option_text("HOW");
  probe_app->add_option("--user", probe.user, "The role of level login (default streaming_replica)")
      ->option_text("NAME");
  probe_app->add_option("--server", probe.servers, "Ask this DNS server; may be repeated")->option_text("IP[:PORT]");
  probe_app->add_option("--timeout", raw.timeout, "For each address (default 10s)")
      ->check(check_duration)
      ->option_text("D");
  probe_app->add_option("--config", probe.config, config_help)->option_text("FILE");
  output_option(*probe_app, probe.output);

  Names names;
  auto* names_app = app.add_subcommand("names", "Services, names and certificate names that follow from a PGDGroup");
  group_option(*names_app, names.group);
  names_app->add_option("--node", names.node, "Only what concerns this node")->option_text("NODE");
  output_option(*names_app, names.output);

  Lint lint;
  auto* lint_app = app.add_subcommand("lint", "What is wrong with a PGDGroup's connectivity section");
  group_option(*lint_app, lint.group);
  output_option(*lint_app, lint.output);

  Render render;
  auto* render_app = app.add_subcommand("render", "A preview of what the operator makes of a PGDGroup");
  static const std::map<std::string, Rendered> rendered{{"services", Rendered::services},
                                                        {"certificates", Rendered::certificates},
                                                        {"config", Rendered::config},
                                                        {"sidecar", Rendered::sidecar}};
  render_app
      ->add_option("what", render.what,
                   "services, certificates, config (the agent's own) or sidecar (what is injected)")
      ->required()
      ->transform(CLI::CheckedTransformer(rendered))
      ->option_text("WHAT");
  group_option(*render_app, render.group);
  render_app->add_option("--node", render.node, "Only what concerns this node")->option_text("NODE");
  render_app->add_option("--settings", render.settings, "sidecar: directory of the installation's settings")
      ->option_text("DIR");
  render_app->add_option("--image", render.image, "sidecar: the agent's image")->option_text("IMAGE");

  WaitOptions wait(argc, argv, default_config);
  auto* wait_app = wait.add_to(app);

  Explain explain;
  auto* explain_app = app.add_subcommand("explain", "What a finding means, where it comes from and what to do");
  explain_app->add_option("code", explain.code, "A finding's code, such as ca-key-changed; none lists them all")
      ->option_text("CODE");

  Webhook webhook;
  auto* webhook_app = add_webhook(app, webhook);

  auto* version_app = app.add_subcommand("version", "Version, revision and library versions");
  app.add_flag_callback("--version", [&] { throw CLI::Success(); }, "The same as the version command");

  try {
    app.parse(wait.argc(), argv);
    if (*verify_app && verify.ca.empty() && !needs_no_ca(verify)) throw CLI::RequiredError("--ca");
  } catch (const CLI::CallForHelp& help) {
    for (const auto* sub : app.get_subcommands()) return Stop{0, sub->help()};
    return Stop{0, app.help()};
  } catch (const CLI::CallForAllHelp&) {
    return Stop{0, app.help("", CLI::AppFormatMode::All)};
  } catch (const CLI::Success&) {
    return Version{};
  } catch (const CLI::ParseError& error) {
    if (auto going_on = wait.despite(error.what())) return *std::move(going_on);
    const auto subs = app.get_subcommands();
    const std::string which = subs.empty() ? "" : subs.front()->get_name() + ": ";
    return Stop{2, "pgd-agent: " + which + error.what() + "\nRun \"pgd-agent " +
                       (subs.empty() ? "" : subs.front()->get_name() + " ") + "--help\" for what can be given.\n"};
  }
  if (*run_app) return run;
  if (*check_app) {
    check.at = time_of(raw.at);
    return check;
  }
  if (*config_app) return check_config;
  if (*verify_app) {
    verify.at = time_of(raw.at);
    return verify;
  }
  if (*resolve_app) {
    if (!raw.timeout.empty()) resolve.timeout = *common::parse_duration(raw.timeout);
    return resolve;
  }
  if (*probe_app) {
    (void)split_target(raw.target, probe.host, probe.port);
    if (!raw.timeout.empty()) probe.timeout = *common::parse_duration(raw.timeout);
    return probe;
  }
  if (*names_app) return names;
  if (*lint_app) return lint;
  if (*render_app) return render;
  if (*wait_app) return wait.value();
  if (*explain_app) return explain;
  if (*webhook_app) return webhook;
  if (*version_app) return Version{};
  return command;
}

}  // namespace cli
