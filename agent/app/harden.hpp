// What a process that holds private keys forbids itself.
#pragma once

namespace app {

/// Key bytes are in memory for a moment after each rotation, or for as long as they are served: they must not end in a
/// core file, nor be read by ptrace.
void forbid_core_dumps();

}  // namespace app
