// The arguments of `webhook`: what can be given, and what is wrong with it.
#pragma once
#include "agent/cli/options.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): theirs
class App;
}

namespace cli {

/// Adds the command; once parsed, `to` is what was asked for.
CLI::App* add_webhook(CLI::App& app, Webhook& to);

}  // namespace cli
