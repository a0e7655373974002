"""Certificates: how long they last, and when renewal is due."""
from grafana import BAD, DUE, OK, WARN, bars, lines, matrix, override, row, runbook, steps, table, words
from promql import CA, DAY, LEAF, NOT_AFTER, expiry_state, gauge, left, of_nodes, share_left

LEAF_SHARE = steps(BAD, (1 / 15, WARN), (1 / 6, DUE), (1 / 3, OK))
CA_SHARE = steps(BAD, (1 / 12, WARN), (1 / 4, OK))
LEAF_STATE = expiry_state(LEAF, (6, 30), (15, 7))
CA_STATE = expiry_state(CA, (4, 180), (12, 30))
STATE = {0: ("fine", OK), 1: ("expires soon", WARN), 2: ("critical", BAD), 3: ("expired", "dark-red")}
ONE = "pgd_node, secret, source, position, index"
EXPIRY = ("PGDCertificateExpiringSoon", "PGDCertificateExpired")


def timeline_row():
    return row(
        203,
        "Certificates: what is left of their lifetime",
        [
            bars(
                30,
                "Leaves: share of the lifetime left",
                "The twenty with the least. Yellow: below a third, renewal is due. Orange: below a sixth. Red: below "
                "a fifteenth. For a lifetime over 105 days the thresholds end at 30 and 7 days: see the state in the "
                "table.",
                f"sort(bottomk(20, min by (pgd_node, secret, source) ({share_left(LEAF)})))",
                "{{pgd_node}} {{secret}} {{source}}",
                (8, 10),
                LEAF_SHARE,
                "percentunit",
                runbook(*EXPIRY),
                max=1,
            ),
            bars(
                31,
                "CAs: share of the lifetime left",
                "The twenty with the least. Orange: below a quarter, at most 180 days. Red: below a twelfth, at most "
                "30 days. A CA needs weeks to be rotated in the right order: begin in the orange.",
                f"sort(bottomk(20, min by (pgd_node, secret, source, index) ({share_left(CA)})))",
                "{{pgd_node}} {{secret}} {{source}} #{{index}}",
                (8, 10),
                CA_SHARE,
                "percentunit",
                runbook("PGDCAExpiringSoon"),
                max=1,
            ),
            bars(
                32,
                "Peers: days until what they serve expires",
                "The twenty with the least, as seen on the wire: also of peers without an agent. Colours are those of "
                "a 90-day certificate. Less here than in the peer's Secret: its Postgres was not reloaded.",
                f"sort(bottomk(20, min by (fqdn, port) ({gauge('pgd_agent_peer_certificate_not_after_timestamp_seconds')} - time()) / {DAY}))",
                "{{fqdn}}:{{port}}",
                (8, 10),
                steps(BAD, (6, WARN), (15, DUE), (30, OK)),
                "suffix: d",
                runbook(*EXPIRY),
                decimals=1,
            ),
            table(
                33,
                "Every certificate",
                "What each node has mounted, what its Postgres was given (written) and what it serves, judged by the "
                "agent's thresholds. Sort by a heading. Missing here: not mounted, or unreadable, which “Findings” "
                "says.",
                [
                    f"min by ({ONE}) ({of_nodes(left())}) / {DAY}",
                    f"min by ({ONE}) ({share_left()})",
                    f"max by ({ONE}) ({LEAF_STATE} or {CA_STATE})",
                    f"min by ({ONE}) ({gauge(NOT_AFTER)}) * 1000",
                ],
                (24, 9),
                {
                    "pgd_node": "node",
                    "secret": "secret",
                    "source": "source",
                    "position": "position",
                    "index": "index",
                    "Value #A": "days left",
                    "Value #B": "lifetime left",
                    "Value #C": "state",
                    "Value #D": "expires",
                },
                ("days left", False),
                [
                    override("days left", decimals=1),
                    override("lifetime left", unit="percentunit", decimals=0),
                    override(
                        "state",
                        mappings=words(STATE),
                        custom__cellOptions={"type": "color-background", "mode": "basic"},
                    ),
                    override("expires", unit="dateTimeAsIso"),
                ],
                runbook(*EXPIRY, "PGDCAExpiringSoon"),
            ),
            lines(
                34,
                "Share of the lifetime left, over time",
                "The least of each kind. A healthy leaf is a saw: it falls to a third and jumps up. A line that falls "
                "through the orange threshold was not renewed; one that jumps only for some sources is a drift.",
                [(f"min by (secret, source, position) ({share_left()})", "{{secret}} {{position}} {{source}}")],
                (12, 8),
                "percentunit",
                colours=steps("transparent", (1 / 15, BAD), (1 / 6, WARN)),
                links=runbook("PGDCertificateRenewalOverdue"),
                max=1,
            ),
            matrix(
                35,
                "Days until renewal is due",
                "By cert-manager's rule, or renew_before where it is set. Below zero: due, and not done yet (orange). "
                "The agent calls it overdue after a tenth of that time more, at most 3 days (red): look at the "
                "Certificate and its issuer.",
                f"min by (pgd_node, secret) ({gauge('pgd_agent_certificate_renewal_due_timestamp_seconds')} - time()) / {DAY}",
                "pgd_node",
                "secret",
                (12, 8),
                runbook("PGDCertificateRenewalOverdue"),
                wide=100,
                decimals=1,
                thresholds=steps(BAD, (-3, WARN), (0, OK)),
            ),
        ],
    )
