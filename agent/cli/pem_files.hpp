// PEM files named on the command line, as a Secret would hold them. Judges nothing of what is in them.
#pragma once
#include <string>

#include "agent/model/pki.hpp"
#include "common/result.hpp"

namespace cli {

/// The files of these paths, "" = none. Error: "<path>: <why>" of the first that can't be read.
common::Result<model::SecretFiles> read_pem_files(const model::SecretFileNames& paths);

/// The file as the bundle of a CA role. Error: "<path>: <why>", also where it holds no certificate.
common::Result<model::BundleRef> read_ca_file(const std::string& path, model::SecretRole role);

}  // namespace cli
