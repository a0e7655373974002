// The commands: each does its work and answers with its exit code (0 fine, 1 found wrong, 2 bad usage or input).
// Results go to standard output, errors to standard error.
#pragma once
#include "agent/cli/options.hpp"
#include "agent/config/parse.hpp"
#include "agent/model/build.hpp"

namespace cli {

int run(const Run& options);
int check(const Check& options);
int check_config(const CheckConfig& options);
int verify(const Verify& options);
int resolve(const Resolve& options);
int probe(const Probe& options);
int names(const Names& options);
int lint(const Lint& options);
int render(const Render& options);
/// Does not return where it runs a command in its place.
int wait(const Wait& options);
int explain(const Explain& options);
int webhook(const Webhook& options);
int version();

/// Reads, parses and dispatches: what main does.
int main(int argc, const char* const* argv);

/// What this program was built as, and the libraries it runs with.
model::BuildInfo build_info();
/// The process environment.
config::Environment environment();
/// The configuration in `path`, or nothing after saying on standard error why not.
std::optional<config::Config> load_config(const std::string& path);
/// Standard output is a terminal and NO_COLOR (https://no-color.org) is unset or empty.
bool colour();
/// "pgd-agent: <what>: <where and why>" on standard error; returns 2.
int fail(const std::string& what, const std::string& why);

}  // namespace cli
