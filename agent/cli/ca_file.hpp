// A CA file named on the command line, as a CA Secret would hold it.
#pragma once
#include <string>

#include "agent/model/pki.hpp"
#include "common/result.hpp"

namespace cli {

/// The file as the bundle of a CA role. Error: "<path>: <why>", also where it holds no certificate.
common::Result<model::BundleRef> read_ca_file(const std::string& path, model::SecretRole role);

}  // namespace cli
