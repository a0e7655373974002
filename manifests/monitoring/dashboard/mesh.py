"""Who reaches whom: names and TLS, from the selected nodes to everything they watch."""
from grafana import BAD, NOTE, OK, WARN, matrix, override, row, runbook, steps, table, timeline, words
from promql import TARGET, constant, gauge, label, with_target

UP = {1: ("✓", OK), 0: ("✗", BAD)}
SHARE = {"unit": "percentunit", "decimals": 0, "thresholds": steps(BAD, (0.001, WARN), (0.999, OK))}
ALL = "* all"  # the first column, as it is sorted
NAMES = ("PGDNameNotResolving", "PGDGroupNotResolving")

NAME_UP = with_target(gauge("pgd_agent_dns_up"))
PEER_UP = with_target(gauge("pgd_agent_tls_probe_up", 'scope="peer"'))
ACCEPTED = with_target(gauge("pgd_agent_client_certificate_accepted"))


def of_pairs(expression):
    """One value for each source and target: the worst of the target's names and addresses."""
    return f"min by (pgd_group, pgd_node, target) ({expression})"


def by_group(expression):
    """The share of a group's nodes that reach the target, and of all nodes."""
    every = constant(f"avg by (target) ({of_pairs(expression)})", "pgd_group", ALL)
    return f"avg by (pgd_group, target) ({of_pairs(expression)}) or {every}"


def mesh():
    return row(
        202,
        "Mesh: who reaches whom",
        [
            matrix(
                20,
                "Names, by the group that asks",
                "A row is a node or service, the worst first; a column the group that resolves it: the share of the "
                "group's nodes for which all its names are up. A red row: the name itself is gone. A red column: that "
                "group's resolver. The matrix below has the single nodes.",
                by_group(NAME_UP),
                "target",
                "pgd_group",
                (12, 10),
                runbook(*NAMES),
                wide=80,
                sort=(ALL, False),
                **SHARE,
            ),
            matrix(
                21,
                "TLS, by the group that connects",
                "A row is a node, the worst first; a column the group whose nodes connect to it: the share of them "
                "that would get through. A red row: that Postgres or its certificate. A red column: that group's CA "
                "files, client certificate or network.",
                by_group(PEER_UP),
                "target",
                "pgd_group",
                (12, 10),
                runbook("PGDPeerTLSFailing", "PGDCertificateUntrusted"),
                wide=80,
                sort=(ALL, False),
                **SHARE,
            ),
            matrix(
                22,
                "Names: source node × target",
                "A row is the node that asks, a column what it asks for: nodes and groups, its own and those of "
                "others. ✗: one of the target's names is down; · : not watched by that node. A red row: that node's "
                "resolver. A red column: the name.",
                of_pairs(with_target(gauge("pgd_agent_dns_up", 'role!~"proxy|proxy_read"'))),
                "pgd_node",
                "target",
                (24, 10),
                runbook(*NAMES),
                wide=110,
                mappings=words(UP),
            ),
            matrix(
                23,
                "TLS: source node × target node",
                "A row is the node that connects, a column the Postgres it connects to, probed as libpq would. ✗: a "
                "connection of PGD would fail now; “Peers that fail” says why. · : not probed by that node.",
                of_pairs(PEER_UP),
                "pgd_node",
                "target",
                (24, 10),
                runbook("PGDPeerTLSFailing"),
                wide=96,
                mappings=words(UP),
            ),
            table(
                24,
                "Names that are not fine",
                "A row is a family of a name that is not as it should be, why, how many agents say so, and how long "
                "ago the name last resolved for any of them. One agent alone: its resolver. All of them: the zone. "
                "nodata of one family while the other answers is normal and not listed.",
                [f"count by (fqdn, family, status) ({gauge('pgd_agent_dns_status')})", last_resolved()],
                (12, 8),
                {
                    "fqdn": "name",
                    "family": "family",
                    "status": "status",
                    "Value #A": "agents",
                    "Value #B": "last resolved",
                },
                ("agents", True),
                [override_age("last resolved"), wide("name")],
                runbook(*NAMES),
            ),
            table(
                25,
                "Peers that fail",
                "A row is an endpoint and the reason, in libpq's terms, with the number of agents that meet it and of "
                "those that probe it. untrusted or expired: the certificate served there. client_cert_…: ours, or the "
                "CA file there. connect_…, unreachable: network, or Postgres is down.",
                [f"count by (fqdn, port, status) ({failing_peers()})", probing()],
                (12, 8),
                {
                    "fqdn": "endpoint",
                    "port": "port",
                    "status": "reason",
                    "Value #A": "agents failing",
                    "Value #B": "agents probing",
                },
                ("agents failing", True),
                [wide("endpoint")],
                runbook("PGDPeerTLSFailing", "PGDClientCertificateRejected"),
            ),
            timeline(
                26,
                "Names down, over time",
                "A line for each target that was down for somebody in this time; the rest is left out. “none”: "
                "nothing was. Several lines that begin together have one cause.",
                f"min by (target) ({NAME_UP}) == 0",
                "{{target}}",
                (12, 7),
                {0: ("down", BAD)},
                runbook(*NAMES),
            ),
            timeline(
                27,
                "Peers failing, over time",
                "A line for each Postgres that was out of reach for some node in this time; the rest is left out. "
                "Compare with “Rotations” and “CA generations”.",
                f"min by (target) ({PEER_UP}) == 0",
                "{{target}}",
                (12, 7),
                {0: ("failing", BAD)},
                runbook("PGDPeerTLSFailing"),
            ),
            matrix(
                28,
                "Our client certificate: source node × server",
                "Whether each server takes the client certificate of streaming_replica from each node. ✗ in a column: "
                "the client CA file of that server. ✗ in a row: that node's client certificate. By numeric address: "
                "the node's own Postgres.",
                f"min by (pgd_node, target) ({own_by_address(ACCEPTED)})",
                "pgd_node",
                "target",
                (24, 9),
                runbook("PGDClientCertificateRejected"),
                wide=96,
                mappings=words(UP),
            ),
        ],
    )


def own_by_address(expression):
    """An endpoint given by address is the node's own."""
    return label(expression, "target", "fqdn", "[0-9.]+|.*:.*", "own")


def wide(heading):
    return override(heading, custom__minWidth=300)


def last_resolved():
    """For each row of the names that are not fine; -1 where no agent ever resolved it."""
    age = gauge("pgd_agent_dns_last_success_timestamp_seconds")
    rows = f"0 * count by (fqdn, family, status) ({gauge('pgd_agent_dns_status')})"
    known = f"{rows} + on (fqdn) group_left () min by (fqdn) (time() - {age})"
    return f"{known} or {rows} - 1"


def failing_peers():
    peers = gauge("pgd_agent_tls_probe_up", 'scope="peer"')
    return f"{gauge('pgd_agent_tls_probe_status')} and on ({TARGET}, fqdn, port) {peers}"


def probing():
    """Agents that probe the endpoint, for each row of the peers that fail."""
    peers = gauge("pgd_agent_tls_probe_up", 'scope="peer"')
    return f"0 * count by (fqdn, port, status) ({failing_peers()}) + on (fqdn, port) group_left () count by (fqdn, port) ({peers})"


def override_age(heading):
    return override(heading, unit="s", decimals=0, mappings=words({-1: ("never", NOTE)}))
