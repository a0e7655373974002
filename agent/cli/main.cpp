#include <cstdlib>
#include <iostream>

#include "agent/app/app.hpp"
#include "agent/app/manifest.hpp"
#include "agent/app/webhook.hpp"
#include "agent/cli/commands.hpp"
#include "agent/config/effective.hpp"

namespace cli {
namespace {

int stop(const Stop& why) {
  (why.status == 0 ? std::cout : std::cerr) << why.text;
  return why.status;
}

int dispatch(const Run& options) { return run(options); }
int dispatch(const Check& options) { return check(options); }
int dispatch(const CheckConfig& options) { return check_config(options); }
int dispatch(const Verify& options) { return verify(options); }
int dispatch(const Resolve& options) { return resolve(options); }
int dispatch(const Probe& options) { return probe(options); }
int dispatch(const Names& options) { return names(options); }
int dispatch(const Lint& options) { return lint(options); }
int dispatch(const Render& options) { return render(options); }
int dispatch(const Wait& options) { return wait(options); }
int dispatch(const Explain& options) { return explain(options); }
int dispatch(const Webhook& options) { return webhook(options); }
int dispatch(const Version&) { return version(); }
int dispatch(const Stop& why) { return stop(why); }

}  // namespace

int run(const Run& options) { return app::run({options.config, environment(), build_info()}); }

int webhook(const Webhook& options) {
  return app::run_webhook({.listen = options.listen,
                           .status_listen = options.status_listen,
                           .tls = options.tls,
                           .settings = options.settings,
                           .build = build_info()});
}

int check_config(const CheckConfig& options) {
  const auto config = load_config(options.config);
  if (!config) return 2;
  std::cout << config::effective(*config);
  if (const auto whole = app::with_manifest(*config); !whole) return fail("manifest", whole.error().message);
  return 0;
}

int version() {
  const auto build = build_info();
  std::cout << "pgd-agent " << build.version << " (" << build.revision << ")\nOpenSSL " << build.openssl << "\nc-ares "
            << build.cares << '\n';
  return 0;
}

int main(int argc, const char* const* argv) {
  const char* path = std::getenv("PGD_AGENT_CONFIG");
  const auto command = parse(argc, argv, path && *path ? path : "/etc/pgd-agent/config.toml");
  const int status = std::visit([](const auto& chosen) { return dispatch(chosen); }, command);
  std::cout.flush();
  return std::cout ? status : 2;
}

}  // namespace cli
