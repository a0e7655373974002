"""The first row: is anything wrong, and where to look."""
from grafana import BAD, DUE, OK, WARN, row, runbook, stat, steps
from promql import AGENTS, DAY, gauge, or_none

CRITICAL = gauge("pgd_agent_findings", 'severity="critical"')
PEER_UP = gauge("pgd_agent_tls_probe_up", 'scope="peer"')
ZERO_IS_FINE = steps(OK, (1, BAD))


def overview():
    known = "count by (cluster, namespace, pgd_group, pgd_node)"
    recent = f"last_over_time({AGENTS}[6h])"
    expiries = (
        f"{gauge('pgd_agent_certificate_effective_not_after_timestamp_seconds')} - time() or "
        f"{gauge('pgd_agent_peer_certificate_not_after_timestamp_seconds')} - time()"
    )
    return row(
        201,
        "Overview",
        [
            stat(
                10,
                "Nodes watched",
                "Nodes of the selected groups, as their configuration lists them. More than “Agents up”: on some node "
                "no agent runs, or it is not scraped.",
                f"sum(max by (cluster, namespace, pgd_group) ({gauge('pgd_agent_group_nodes')}))",
                steps("blue"),
                links=runbook("PGDAgentNotInjected"),
            ),
            stat(
                11,
                "Agents up",
                "Agents that Prometheus scrapes now. Compare with “Nodes watched”.",
                f"count({AGENTS})",
                steps(BAD, (1, "blue")),
                links=runbook("PGDAgentDown"),
            ),
            stat(
                12,
                "Agents gone silent",
                "Nodes whose agent was scraped within six hours and is not any more. The database may be well: look "
                "at the pod first, then at the scrape target. A node that was removed counts for six hours.",
                f"count({known} ({recent}) unless {known} ({AGENTS})) or 0 * count({recent})",
                steps(OK, (1, WARN)),
                links=runbook("PGDAgentDown"),
            ),
            stat(
                13,
                "Critical findings",
                "What fails now or at the next reconnect, over all agents: one broken name is found by every node "
                "that needs it. “Findings” below says which codes, the mesh says where.",
                or_none(f"sum({CRITICAL})"),
                ZERO_IS_FINE,
            ),
            stat(
                14,
                "Names down",
                "Distinct names that at least one agent can't resolve any more. “Names that are not fine” lists them.",
                f"sum(min by (fqdn) ({gauge('pgd_agent_dns_up')}) == bool 0)",
                ZERO_IS_FINE,
                links=runbook("PGDNameNotResolving", "PGDGroupNotResolving"),
            ),
            stat(
                15,
                "Peers failing",
                "Distinct Postgres endpoints of other nodes to which at least one agent gets no connection as PGD "
                "would make it. “Peers that fail” lists them with the reason.",
                f"sum(min by (fqdn, port) ({PEER_UP}) == bool 0)",
                ZERO_IS_FINE,
                links=runbook("PGDPeerTLSFailing"),
            ),
            stat(
                16,
                "Copies that differ",
                "Pairs of certificate copies (mounted, written, served) that are not the same at present. A minute or "
                "two after a rotation is normal; what stays is in “Drift”.",
                f"sum({gauge('pgd_agent_certificate_drift')})",
                steps(OK, (1, WARN)),
                links=runbook("PGDCertificateDrift"),
            ),
            stat(
                17,
                "Nearest expiry",
                "Days until the first certificate expires that a node depends on or a peer serves. Colours are those "
                "of a 90-day leaf (warning below 15, critical below 6); “Certificates” judges each by its own "
                "lifetime.",
                f"min({expiries}) / {DAY}",
                steps(BAD, (6, WARN), (15, DUE), (30, OK)),
                unit="suffix: d",
                decimals=1,
                links=runbook("PGDCertificateExpiringSoon"),
            ),
        ],
    )
