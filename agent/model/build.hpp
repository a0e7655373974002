// What this program was built as and with what it runs.
#pragma once
#include <string>

namespace model {

struct BuildInfo {
  std::string version;
  std::string revision;
  std::string openssl;  ///< of the library loaded, e.g. "3.0.19"
  std::string cares;    ///< likewise, e.g. "1.18.1"
};

}  // namespace model
