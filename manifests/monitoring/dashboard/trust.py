"""Who trusts which CA, and whether the copies of a certificate agree."""
from grafana import BAD, NOTE, OK, WARN, lines, matrix, override, row, runbook, steps, table, words
from promql import CA, DAY, NOT_AFTER, TARGET, gauge, label, series


def generation(expression):
    """`generation`: an anchor told from others of its name, by the begin of its fingerprint."""
    short = label(expression, "short", "fingerprint_sha256", "(.{8}).*")
    short = label(short, "name", "subject", "(?:.*,)?CN=([^,]+).*")
    return f'label_join({short}, "generation", " ", "short", "name")'


def anchors(role):
    """1 mounted, 2 written, 3 both, for each node and generation."""

    def of(source):
        labels = f'secret="{role}",source="{source}",position="anchor"'
        return f"max by (pgd_node, generation) ({generation(gauge('pgd_agent_certificate_info', labels))})"

    mounted, written = of("mounted"), of("written")
    return f"{mounted} + {written} * 2 or {mounted} or {written} * 2"


TRUST = {3: ("mounted, written", OK), 1: ("mounted", NOTE), 2: ("written only", WARN)}


def generations_row():
    every = generation(gauge("pgd_agent_certificate_info", 'position="anchor",source=~"mounted|written"'))
    by = "secret, subject, serial, fingerprint_sha256"
    nodes = f"count by ({by}) (count by (pgd_node, {by}) ({every}))"
    one = f"{TARGET}, secret, source, position, index"
    remaining = f"max by ({one}) ({series(NOT_AFTER, CA)} - time()) * on ({one}) group_right () {every}"
    return row(
        204,
        "CA generations: who trusts which",
        [
            *(
                matrix(
                    number,
                    f"{title}: node × generation",
                    f"{what} A column is a CA certificate: the begin of its fingerprint and its name. At rest there is "
                    "one column and no gap. "
                    "During a rotation: first both columns full everywhere, only then new leaves, only then the old "
                    "one dropped. · in the new column: that node rejects leaves of the new CA.",
                    anchors(role),
                    "pgd_node",
                    "generation",
                    (12, 9),
                    runbook("PGDTrustMixed"),
                    wide=120,
                    mappings=words(TRUST),
                )
                for number, title, role, what in (
                    (40, "Server CA", "server_ca", "By whom this node lets servers be vouched for."),
                    (41, "Client CA", "client_ca", "By whom this node's Postgres lets clients be vouched for."),
                )
            ),
            table(
                42,
                "Generations",
                "Each CA certificate that some node trusts, by how many nodes, and when it expires. A generation with "
                "fewer nodes than the others: a rotation on its way, or one that stuck.",
                [nodes, f"min by ({by}) ({remaining}) / {DAY}"],
                (24, 6),
                {
                    "secret": "secret",
                    "subject": "subject",
                    "serial": "serial",
                    "fingerprint_sha256": "fingerprint",
                    "Value #A": "nodes",
                    "Value #B": "days left",
                },
                ("secret", False),
                [override("days left", decimals=0)],
                runbook("PGDTrustMixed", "PGDCAExpiringSoon"),
            ),
            lines(
                43,
                "Nodes that trust each generation, over time",
                "Steps of a rotation: a line rises to the number of nodes, later the old one falls to none. They must "
                "never cross while leaves of the old CA are served.",
                [
                    (
                        f"count by (secret, generation) (count by (pgd_node, secret, generation) ({every}))",
                        "{{secret}} {{generation}}",
                    )
                ],
                (24, 7),
                "none",
                step=True,
                links=runbook("PGDTrustMixed"),
                decimals=0,
            ),
        ],
    )


def drift_row():
    drift = gauge("pgd_agent_certificate_drift")
    pair = 'label_join(%s, "pair", " ", "secret", "between")' % drift
    since = gauge("pgd_agent_certificate_drift_since_timestamp_seconds")
    return row(
        205,
        "Drift: mounted, written, served",
        [
            matrix(
                50,
                "Do the copies agree?",
                "mounted: the Secret as this pod sees it; written: the files Postgres was given; served: what it "
                "presents. mounted_written differs: the instance manager did not copy. Only …_served differs: "
                "Postgres was not reloaded, or kept the old certificate because the new files are no good.",
                f"max by (pgd_node, pair) ({pair})",
                "pgd_node",
                "pair",
                (24, 8),
                runbook("PGDCertificateDrift"),
                wide=180,
                mappings=words({0: ("same", OK), 1: ("differs", BAD)}),
            ),
            table(
                51,
                "Differing, and since when",
                "What differs now. Up to two minutes is kubelet's normal delay; the agent warns after 5 minutes and "
                "calls it critical after 30, or sooner when the served leaf is about to expire.",
                [f"max by (pgd_node, secret, between, port) (time() - {since})"],
                (24, 6),
                {"pgd_node": "node", "secret": "secret", "between": "between", "port": "port", "Value #A": "for"},
                ("for", True),
                [
                    override(
                        "for",
                        unit="s",
                        decimals=0,
                        thresholds=steps(NOTE, (300, WARN), (1800, BAD)),
                        custom__cellOptions={"type": "color-background", "mode": "basic"},
                    )
                ],
                runbook("PGDCertificateDrift"),
            ),
        ],
    )
