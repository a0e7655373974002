// The group a configuration's manifest describes: the file read, bounded, and the right PGDGroup of it chosen.
#pragma once
#include <string>

#include "agent/config/config.hpp"
#include "agent/pgd/manifest.hpp"
#include "common/result.hpp"

namespace app {

/// The text in the file; at most `limits.bytes`. Error: "<path>: <why>".
common::Result<std::string> read_manifest_file(const std::string& path, const pgd::YamlLimits& limits = {});

/// `config` with its group, and renew_before where that was open, as the manifest's text has it. Of several PGDGroups
/// it is the one this node belongs to; the others are its peers. What the configuration says of nodes, node, namespace
/// and extra names stays. Error:
/// "<path>:<line>:<column>: <why>".
common::Result<config::Config> with_manifest(config::Config config, const std::string& text);

/// The file read and applied; untouched where the configuration names no manifest. For commands that ask once.
common::Result<config::Config> with_manifest(config::Config config);

}  // namespace app
