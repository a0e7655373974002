"""The agents themselves: what they cost and whether they are well."""
from grafana import BAD, DUE, OK, lines, matrix, override, row, runbook, steps, table, words
from promql import AGENTS, TARGET, constant, gauge, increase, of_nodes, rate, series


def agents_row():
    descriptors = of_nodes(f"({series('process_open_fds')} / {series('process_max_fds')})")
    age = f"time() - {gauge('pgd_agent_monitor_last_run_timestamp_seconds')}"
    version = "version, openssl, cares"
    build = f"max by ({TARGET}, {version}) ({gauge('pgd_agent_build_info')})"
    descriptors = f"max by ({TARGET}) ({descriptors}) * on ({TARGET}) group_left ({version}) {build}"
    return row(
        211,
        "The agents themselves",
        [
            lines(
                110,
                "Memory",
                "Resident memory, the largest ten. Flat is normal. It grows with names and certificates, not with "
                "time; the container's limit is 64 MiB by default.",
                [(f"topk(10, max by (pgd_node) ({gauge('process_resident_memory_bytes')}))", "{{pgd_node}}")],
                (8, 7),
                "bytes",
                colours=steps("transparent", (64 * 1024 * 1024, BAD)),
                links=runbook("PGDAgentDown"),
            ),
            lines(
                111,
                "CPU",
                "Cores, the busiest ten. A few thousandths are normal. More: very many names, short intervals, or a "
                "configuration that changes all the time.",
                [(f"topk(10, max by (pgd_node) ({rate('process_cpu_seconds_total')}))", "{{pgd_node}}")],
                (8, 7),
                "none",
                decimals=3,
            ),
            lines(
                112,
                "Restarts of the process",
                "In the time shown, by node. A new pod counts none. Steps without a deployment: the container is "
                "killed, by memory or by its liveness probe; `kubectl describe pod` says which.",
                [
                    (
                        f"max by (pgd_node) ({of_nodes('changes(' + series('process_start_time_seconds', '', '$__range') + ')')})",
                        "{{pgd_node}}",
                    )
                ],
                (8, 7),
                "none",
                step=True,
                decimals=0,
                links=runbook("PGDAgentDown"),
            ),
            lines(
                113,
                "Monitors: time since their loop came round",
                "The longest of all agents. It saws up to the monitor's interval. A line that only rises is a monitor "
                "that is stuck; the agent restarts it.",
                [(f"max by (monitor) ({age})", "{{monitor}}")],
                (8, 7),
                "s",
                links=runbook("PGDAgentMonitorStuck"),
            ),
            lines(
                114,
                "Monitors restarted, log lines dropped",
                "Both should be none. Restarts: a monitor failed or was stuck, and the log says why. Dropped lines: "
                "whoever reads the container's standard error is too slow; nothing waits for it.",
                [
                    (f"sum by (monitor) ({increase('pgd_agent_monitor_restarts_total')})", "restarts of {{monitor}}"),
                    (f"sum({increase('pgd_agent_log_lines_dropped_total')})", "log lines dropped"),
                ],
                (8, 7),
                "none",
                links=runbook("PGDAgentMonitorStuck"),
            ),
            lines(
                115,
                "Requests",
                "Requests a second that the agents answer, by path and code. 503 of /readyz or /startupz is the "
                "gate's answer, not a failure of the server.",
                [(f"sum by (path, code) ({rate('pgd_agent_http_requests_total')}) > 0", "{{path}} {{code}}")],
                (8, 7),
                "reqps",
                stacked=True,
            ),
            matrix(
                116,
                "Configuration",
                "accepted: the newest configuration is in force. rejected: the one before it is, or none; the log and "
                "`pgd-agent check-config` say where the mistake is. accepted ago: since the last change that was "
                "taken.",
                configuration(),
                "pgd_node",
                "what",
                (8, 8),
                runbook("PGDAgentConfigRejected"),
                (
                    override("newest", mappings=words({1: ("accepted", OK), 0: ("rejected", BAD)})),
                    override("accepted ago", unit="s", decimals=0, thresholds=steps("transparent")),
                ),
                wide=90,
                names={"1 newest": "newest", "2 age": "accepted ago"},
            ),
            table(
                117,
                "Groups, modes and domains",
                "What the agents believe they watch. Two rows for one group: its nodes have different configurations. "
                "Empty: no group is known, the configuration is missing or rejected.",
                [f"count by (pgd_group, tls_mode, domain) ({AGENTS})"],
                (8, 8),
                {"pgd_group": "group", "tls_mode": "TLS mode", "domain": "domain", "Value #A": "agents"},
                ("group", False),
                (),
                runbook("PGDAgentGroupStale"),
            ),
            table(
                118,
                "Versions and file descriptors",
                "Agents by version and libraries, and the largest share of their file descriptors in use. Two "
                "versions are normal during an upgrade only.",
                [f"count by ({version}) ({build})", f"max by ({version}) ({descriptors})"],
                (8, 8),
                {
                    "version": "version",
                    "openssl": "OpenSSL",
                    "cares": "c-ares",
                    "Value #A": "agents",
                    "Value #B": "descriptors",
                },
                ("agents", True),
                [
                    override(
                        "descriptors",
                        unit="percentunit",
                        decimals=1,
                        thresholds=steps(OK, (0.5, DUE), (0.8, BAD)),
                        custom__cellOptions={"type": "color-text"},
                    )
                ],
            ),
        ],
        collapsed=True,
    )


def configuration():
    newest = f"min by (pgd_node) ({gauge('pgd_agent_config_last_reload_successful')})"
    age = f"max by (pgd_node) (time() - {gauge('pgd_agent_config_last_reload_success_timestamp_seconds')})"
    return f"{constant(newest, 'what', '1 newest')} or {constant(age, 'what', '2 age')}"
