#include "agent/app/harden.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace app {

void forbid_core_dumps() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
  // The leak sanitizer attaches to the process by ptrace, which this forbids.
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace app
