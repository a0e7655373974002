// What do the files of a Secret hold at this moment? One generation, read through pinned directories, or why not. Never
// judges the content; a private key leaves here in SecretBytes alone.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "agent/model/pki.hpp"

namespace sources {

struct SecretRequest {
  std::string directory;
  bool leaf = true;  ///< certificate and key wanted, the CA optional; otherwise the CA alone
  std::string cert_file = "tls.crt";
  std::string key_file = "tls.key";
  std::string ca_file = "ca.crt";            ///< leaf: "" = no copy of the CA is looked for
  std::size_t limit = std::size_t{1} << 20;  ///< bytes a file
};

/// Reads at once and blocks only as long as the disk does (a Secret is tmpfs and a few kB: below 0.1 ms). Layouts:
/// kubelet's volume, links into one from elsewhere (however many), plain files, a subPath mount. All files behind one
/// `..data` are of one generation. A version replaced while being read is read again, a few times; then the one problem
/// is `unstable`, and the caller should keep what it had.
///
/// Problems: `missing` directory (file "") or wanted file, also a dangling or circular link; `permission`; `too_large`;
/// `not_a_file` for a directory, FIFO, socket or device in its place; `io` for the rest. An absent CA file of a leaf
/// role is none.
model::SecretFiles read_secret(const SecretRequest& request);

/// The files that read_secret looks for, in its order: what a watch on the directory should be told of.
std::vector<std::string> wanted_files(const SecretRequest& request);

}  // namespace sources
