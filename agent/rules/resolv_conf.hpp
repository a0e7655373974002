// Reads resolv.conf as glibc does (resolv/res_init.c). Never fails: what glibc skips is skipped. Reads no file, no
// environment.
#pragma once
#include <chrono>
#include <string_view>

#include "agent/model/dns.hpp"

namespace rules {

/// What counts where the file has no such option; these are glibc's (RES_TIMEOUT, RES_DFLRETRY).
struct Patience {
  std::chrono::milliseconds timeout{5000};
  int attempts = 2;
};

/// The first 3 usable `nameserver`s (none: 127.0.0.1); the last of `domain` and `search`, of any length as since
/// glibc 2.26 (at most 32 domains are kept), or where there is neither what follows the first dot of `hostname`;
/// options ndots (≤ 15), timeout (≤ 30 s), attempts (≤ 5), rotate, use-vc,
/// single-request, no-aaaa (as glibc since 2.36), no-tld-query. Lines beginning with # or ; are comments,
/// keywords start in the first column.
model::ResolverConfig parse_resolv_conf(std::string_view text, std::string_view hostname = {},
                                        Patience unless_said = {});

}  // namespace rules
