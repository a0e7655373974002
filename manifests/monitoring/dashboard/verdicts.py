"""What the agents conclude: gates, checks, findings."""
from grafana import BAD, NOTE, OK, WARN, lines, link, matrix, override, row, runbook, steps, table, timeline, words
from mesh import override_age
from promql import AGENTS, constant, gauge

GATES = ("PGDStartupGateBlocking", "PGDStartupGateReleased")


def gates_row():
    columns = (
        ("1 started", "pgd_agent_started"),
        ("2 ready", "pgd_agent_ready"),
        ("3 released", "pgd_agent_startup_gate_released"),
        ("4 held", "pgd_agent_startup_gate_wait_seconds"),
    )
    gates = " or ".join(
        constant(f"max by (pgd_node) ({gauge(metric)})", "gate", heading) for heading, metric in columns
    )
    passing = gauge("pgd_agent_check_passing")
    failing = f"max by (pgd_node, gate, check) ({passing} == 0)"
    age = f"min by (pgd_node, gate, check) (time() - {gauge('pgd_agent_check_last_success_timestamp_seconds')})"
    yes_no = words({1: ("yes", OK), 0: ("no", BAD)})
    return row(
        206,
        "Gates and checks",
        [
            matrix(
                60,
                "Gates by node",
                "started: the startup gate has opened, once and for good. ready: the node's own material is usable. "
                "released: the gate opened only because its time was up, so Postgres started with material it may "
                "refuse. held: how long the gate held.",
                gates,
                "pgd_node",
                "gate",
                (12, 9),
                runbook(*GATES),
                (
                    override("started", mappings=yes_no),
                    override("ready", mappings=yes_no),
                    override("released by time", mappings=words({1: ("yes", WARN), 0: ("no", OK)})),
                    override("held", unit="s", decimals=1, thresholds=steps(OK, (5, WARN), (60, BAD))),
                ),
                wide=90,
                names={"1 started": "started", "2 ready": "ready", "3 released": "released by time", "4 held": "held"},
            ),
            table(
                61,
                "Failing checks",
                "What each agent's /readyz?verbose says is not fine. gate “startup” or “ready”: it holds that gate; "
                "“advisory”: it holds nothing back and tells where to look; “live”: a monitor is stuck.",
                [f"{age} and {failing} or {failing} - 1"],
                (12, 9),
                {"pgd_node": "node", "gate": "gate", "check": "check", "Value #A": "last passing"},
                ("node", False),
                [override_age("last passing")],
                runbook("PGDStartupGateBlocking"),
            ),
            timeline(
                62,
                "Readiness over time",
                "A line a node: green while its readiness gate passes, red while it does not, a gap while the agent "
                "is not scraped. With the default checks red means: its own mounted certificates are not usable.",
                f"min by (pgd_node) ({gauge('pgd_agent_ready')})",
                "{{pgd_node}}",
                (24, 7),
                {1: ("ready", OK), 0: ("not ready", BAD)},
                runbook("PGDStartupGateBlocking"),
            ),
        ],
    )


def findings_row():
    findings = gauge("pgd_agent_findings")
    severe = (
        override("critical", thresholds=steps(BAD)),
        override("warning", thresholds=steps(WARN)),
        override("info", thresholds=steps(NOTE)),
    )
    explained = override("code", links=[link("What ${__value.text} means, and what to do", "findings#${__value.raw}")])
    return row(
        207,
        "Findings",
        [
            matrix(
                70,
                "By code",
                "How many findings of each code there are, by severity. Click a code for its meaning, cause and "
                "remedy; on a node, `pgd-agent explain CODE` says the same and `pgd-agent status` says what it is "
                "about.",
                f"sum by (code, severity) ({findings})",
                "code",
                "severity",
                (9, 9),
                (),
                (explained, *severe),
                wide=80,
                sort=("critical", True),
                decimals=0,
            ),
            matrix(
                71,
                "By node",
                "How many findings each node has, by severity. Many nodes with the same number: one cause that all of "
                "them see. A node that is not listed has none.",
                f"sum by (pgd_node, severity) ({findings})",
                "pgd_node",
                "severity",
                (7, 9),
                (),
                severe,
                wide=80,
                sort=("critical", True),
                decimals=0,
            ),
            lines(
                72,
                "Over time",
                "All findings by severity. Steps up without a change of yours: something expires, or the network did "
                "it.",
                [
                    (
                        f"sum by (severity) ({findings}) or {constant(f'0 * count({AGENTS})', 'severity', 'critical')}",
                        "{{severity}}",
                    )
                ],
                (8, 9),
                "none",
                stacked=True,
                step=True,
                decimals=0,
            ),
        ],
    )
