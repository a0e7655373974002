#include "agent/cli/options_webhook.hpp"

#include <CLI/CLI.hpp>

namespace cli {
namespace {

void endpoint_option(CLI::App& app, const char* name, config::Endpoint& to, const char* about) {
  app.add_option_function<std::string>(
         name, [&to](const std::string& text) { to = *config::parse_endpoint(text); }, about)
      ->check([](const std::string& text) {
        const auto endpoint = config::parse_endpoint(text);
        return endpoint ? "" : endpoint.error().message;
      })
      ->option_text("ADDRESS:PORT");
}

}  // namespace

CLI::App* add_webhook(CLI::App& app, Webhook& to) {
  auto* webhook = app.add_subcommand(
      "webhook", "The admission webhook that injects the sidecar: runs until SIGTERM; never exits on bad input");
  endpoint_option(*webhook, "--listen", to.listen,
                  "Where reviews are answered by TLS, POST /inject (default [::]:9443)");
  webhook->add_option("--tls", to.tls, "Directory of tls.crt and tls.key, watched (default /etc/pgd-agent/webhook)")
      ->option_text("DIRECTORY");
  webhook
      ->add_option("--settings", to.settings,
                   "Directory of the injection settings, a file a key, watched (default /etc/pgd-agent/injection)")
      ->option_text("DIRECTORY");
  endpoint_option(*webhook, "--status-listen", to.status_listen,
                  "Where /livez, /readyz and /metrics are, plain (default [::]:9188)");
  return webhook;
}

}  // namespace cli
