// The installation's injection settings as files: one directory, a mounted ConfigMap, a file a key. What they mean is
// inject/settings.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "common/result.hpp"

namespace app {

/// Names of the files that are read: the keys there are.
const std::vector<std::string>& injection_setting_names();

/// The text of each file that is there, all of one version of the volume (through its `..data` where it has one); at
/// most 4 KiB each. Error: "<directory>[/<file>]: <why>".
common::Result<std::map<std::string, std::string>> read_injection_settings(const std::string& directory);

}  // namespace app
