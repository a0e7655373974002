"""How the agents come by what they say: DNS lookups, probes, readings of Secrets."""
from grafana import BAD, NOTE, OK, WARN, bars, lines, matrix, override, row, runbook, steps, words
from promql import DAY, TARGET, gauge, increase, label, quantile, rate, series

UP = words({1: ("✓", OK), 0: ("✗", BAD)})


def dns_row():
    asked = f"max by ({TARGET}, pgd_node) ({rate('pgd_agent_dns_queries_total')}) * 60"
    limit = f"max by ({TARGET}) ({series('pgd_agent_dns_queries_per_minute_limit')})"
    return row(
        208,
        "DNS lookups",
        [
            lines(
                80,
                "Lookups by status",
                "Lookups a second of all selected agents. noerror alone is normal, and nodata where names have no "
                "IPv6 address. nxdomain: the zone; servfail, refused, timeout: the resolver.",
                [(f"sum by (status) ({rate('pgd_agent_dns_lookups_total')})", "{{status}}")],
                (8, 8),
                "ops",
                stacked=True,
                links=runbook("PGDNameNotResolving"),
            ),
            lines(
                81,
                "Duration of a lookup",
                "Of both families together, by role of the name. Buckets end at 1, 10, 100 ms, 1 and 5 s, so values "
                "between are estimates. Near a second: the first name server does not answer.",
                [
                    (quantile(0.99, "pgd_agent_dns_lookup_duration_seconds", ["role"]), "p99 {{role}}"),
                    (quantile(0.5, "pgd_agent_dns_lookup_duration_seconds", []), "median"),
                ],
                (8, 8),
                "s",
                links=runbook("PGDResolverUnhealthy"),
            ),
            matrix(
                82,
                "Name servers: node × server",
                "✗: this node's resolver has a server that does not answer. One column: the server. One row: the "
                "node's network, such as conntrack or a network policy.",
                f"min by (pgd_node, server) ({gauge('pgd_agent_dns_server_up')})",
                "pgd_node",
                "server",
                (8, 8),
                runbook("PGDResolverUnhealthy"),
                wide=110,
                mappings=UP,
            ),
            lines(
                83,
                "Questions, as share of the agent's limit",
                "Of dns.max_queries_per_minute, the busiest agents first. Above 80 % lookups are put off soon: watch "
                "fewer names, or raise interval or limit.",
                [(f"topk(5, max by (pgd_node) ({asked} / on ({TARGET}) group_left () {limit}))", "{{pgd_node}}")],
                (8, 8),
                "percentunit",
                colours=steps("transparent", (0.8, WARN)),
            ),
            lines(
                84,
                "Lookups put off, resolvers made anew",
                "deferred: lookups put off because of that limit; should be none. The rest: resolver channels made "
                "anew, by reason. Many for timeouts: the name server's address moved, or packets are lost.",
                [
                    (f"sum({increase('pgd_agent_dns_lookups_deferred_total')})", "deferred"),
                    (f"sum by (reason) ({increase('pgd_agent_dns_resolver_rebuilds_total')})", "{{reason}}"),
                ],
                (8, 8),
                "none",
                links=runbook("PGDResolverUnhealthy"),
            ),
            bars(
                85,
                "Names whose addresses change",
                "Changes in the time shown, as the agent that saw most of them counts. A pod that restarts changes "
                "its address once; many changes are a crash loop, or a load balancer that hands out addresses in turn.",
                f"sort_desc(topk(15, max by (fqdn) ({increase('pgd_agent_dns_address_changes_total', '', '$__range')})))",
                "{{fqdn}}",
                (8, 8),
                steps(NOTE, (10, WARN)),
                "none",
                decimals=0,
            ),
        ],
        collapsed=True,
    )


def probes_row():
    own = label(gauge("pgd_agent_tls_probe_up", 'scope="self"'), "endpoint", "fqdn", "[^.]+?-node(.*)", "<node>-node$1")
    own = label(own, "endpoint", "fqdn", "[0-9.]+|.*:.*", "by address")
    return row(
        209,
        "TLS probes",
        [
            lines(
                90,
                "Probes by status",
                "Probes a second of all selected agents, one for each address. Everything but ok is a connection that "
                "PGD would not get. “Peers that fail” has it by endpoint.",
                [(f"sum by (scope, status) ({rate('pgd_agent_tls_probes_total')}) > 0", "{{scope}} {{status}}")],
                (8, 8),
                "ops",
                stacked=True,
                links=runbook("PGDPeerTLSFailing"),
            ),
            lines(
                91,
                "Duration of the phases, p99",
                "connect: the network. sslrequest: Postgres forks. handshake: TLS, the slowest. authenticate: until "
                "it takes or refuses our certificate. Buckets end at 2, 10, 100 ms and 3 s, so values between are "
                "estimates.",
                [(quantile(0.99, "pgd_agent_tls_probe_duration_seconds", ["phase"], "$__range"), "{{phase}}")],
                (8, 8),
                "s",
            ),
            matrix(
                92,
                "Own Postgres, by address and by its names",
                "Each node probes its own Postgres: by address as it is, by its names as peers come in. ✗ by name "
                "only: the name leads elsewhere, or not from inside. ✗ by address: peers can't get in either.",
                f"min by (pgd_node, endpoint) ({own})",
                "pgd_node",
                "endpoint",
                (8, 8),
                runbook("PGDPeerTLSFailing"),
                wide=190,
                mappings=UP,
            ),
        ],
        collapsed=True,
    )


def secrets_row():
    loaded, watched = gauge("pgd_agent_secret_loaded"), gauge("pgd_agent_secret_watch_active")
    sums = f"max by (pgd_node, secret) ({loaded}) * (1 + max by (pgd_node, secret) ({watched}))"
    delay = "pgd_agent_secret_rotation_detection_delay_seconds"
    return row(
        210,
        "Secrets and their rotations",
        [
            matrix(
                100,
                "Mounted Secrets",
                "watched: changes are announced by inotify and seen at once. polled: seen within resync, 60 s by "
                "default; look at the volume's kind. missing: not mounted, empty or unreadable; “Findings” says which.",
                sums,
                "pgd_node",
                "secret",
                (8, 8),
                runbook("PGDStartupGateBlocking"),
                wide=90,
                mappings=words({2: ("watched", OK), 1: ("polled", WARN), 0: ("missing", BAD)}),
            ),
            matrix(
                101,
                "Days since the last rotation",
                "Of the mounted Secret, since the agent started; · : none since. Compare the nodes: a rotation that "
                "reached some only is a Secret that was not synchronised.",
                f"min by (pgd_node, secret) (time() - {gauge('pgd_agent_secret_last_rotation_timestamp_seconds')}) / {DAY}",
                "pgd_node",
                "secret",
                (8, 8),
                wide=90,
                decimals=2,
                thresholds=steps(NOTE),
            ),
            lines(
                102,
                "Rotations",
                "Changes of mounted Secrets, by how they were noticed. poll where inotify is usual: events were lost. "
                "Many in a row: two controllers fight over a Secret.",
                [
                    (
                        f"sum by (secret, detected_by) ({increase('pgd_agent_secret_rotations_total')})",
                        "{{secret}} {{detected_by}}",
                    )
                ],
                (8, 8),
                "none",
            ),
            lines(
                103,
                "From a new version to its reading",
                "Over the time shown; without a rotation in it there is no line. Buckets end at 10, 20, 250 ms, 1, 10 "
                "and 60 s. Seconds mean polling. kubelet's own delay, up to two minutes, comes before it and is not "
                "in it.",
                [(quantile(0.99, delay, [], "$__range"), "p99"), (quantile(0.5, delay, [], "$__range"), "median")],
                (12, 7),
                "s",
            ),
            lines(
                104,
                "Failed readings",
                "missing: the Secret or a key of it is not there. permission: fsGroup or mode. too_large, not_a_file: "
                "not what a Secret is. unstable: it changed at every attempt.",
                [
                    (
                        f"sum by (secret, reason) ({increase('pgd_agent_secret_read_errors_total')})",
                        "{{secret}} {{reason}}",
                    )
                ],
                (12, 7),
                "none",
                links=runbook("PGDStartupGateBlocking"),
            ),
        ],
        collapsed=True,
    )
