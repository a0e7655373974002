"""The steps of the demo: what is looked for in each, and those about the whole, its names and who scrapes it."""
import time

import topology
from lab import SECRETS
from prom import check_metrics

LOST_NAME = topology.OWN_GROUP.node_names(topology.OWN_GROUP.nodes[1])[0]


class Looking:
    """What the steps look for."""

    def __init__(self, lab, report):
        self.lab = lab
        self.agent = lab.agent
        self.report = report

    def _wait(self, what, look, timeout=10.0, detail=None, path="/readyz"):
        return self.report.wait_for(what, look, timeout, detail=detail, instead=lambda: self._instead(path))

    def _instead(self, path):
        said = self.agent.explanation(path)
        if self.agent.running():
            said += "\n" + (self.agent.findings_text() or "no findings")
        return said

    def _has(self, code, severity="critical"):
        return any(
            labels["severity"] == severity for labels, _ in self.agent.metrics().series("pgd_agent_findings", code=code)
        )

    def _gone(self, code):
        return not self.agent.metrics().series("pgd_agent_findings", code=code)

    def _drift(self, between):
        return self.agent.metrics().value("pgd_agent_certificate_drift", secret="server", between=between)

    def _event(self, kind, subject=None):
        """The newest event of the kind, as a sentence."""
        events = [event for event in self.agent.events(kind=kind) if subject in (None, event["subject"])]
        return f"{events[-1]['subject']}: {events[-1]['message']}" if events else "no such event"

    def _say_findings(self, code):
        for found in self.agent.findings(code):
            self.report.says(f"{found['severity']} {found['code']}: {found['message']}")
            if found.get("remedy"):
                self.report.says(f"remedy: {found['remedy']}")


class Surroundings(Looking):
    """The steps about the whole, its names and who scrapes it."""

    def all_well(self):
        report, agent, expected = self.report, self.agent, topology.expected_names()
        report.step("All well")
        report.did(f"knotd answers for {' and '.join(topology.DOMAINS)} on {self.lab.dns.address}")
        report.did("four Secrets mounted as kubelet mounts them, each leaf for its names, signed by its own CA")
        self.lab.start_own_postgres()
        report.did(
            f"PostgreSQL {self.lab.own_postgres.address}:{self.lab.own_postgres.port} serves this node's certificate"
        )
        self.lab.start_prometheus(wait=False)
        report.did(f"Prometheus scrapes the agent every second, on {self.lab.prometheus.url}")
        began = time.monotonic()
        self.lab.start_agent()
        report.did(f"started {agent.program} run as {topology.OWN_NODE}, pid {agent.pid}")
        self._wait("it is ready", agent.ready, detail=lambda _: f"{time.monotonic() - began:.2f} s after its start")
        self._wait("the startup gate is open", agent.started, path="/startupz", detail=lambda _: "/startupz 200")
        self._wait(
            f"all {len(expected)} names are up",
            lambda: self._names_up() == expected,
            detail=lambda _: "A and AAAA of own and peer nodes, groups, proxies, discovery hosts",
        )
        self._wait(
            "all four Secrets are loaded and watched", self._secrets_watched, detail=lambda _: ", ".join(SECRETS)
        )
        self._wait(
            "its Postgres serves what is mounted, and takes its client certificate",
            lambda: self._drift("mounted_served") == 0
            and agent.metrics().value("pgd_agent_client_certificate_accepted", level="handshake") == 1,
            detail=lambda _: "mounted = written = served",
        )
        self._wait("nothing critical, no warning", lambda: not agent.metrics().findings("critical", "warning"))
        report.says(agent.get("/readyz?verbose")[1].strip())

    def _names_up(self):
        return sorted(labels["fqdn"] for labels, value in self.agent.metrics().series("pgd_agent_dns_up") if value == 1)

    def _secrets_watched(self):
        metrics = self.agent.metrics()
        return all(
            metrics.total(name, secret=role) >= 1
            for role in SECRETS
            for name in ("pgd_agent_secret_loaded", "pgd_agent_secret_watch_active")
        )

    def name_lost(self):
        lab, report = self.lab, self.report
        report.step("A name lost")
        self._wait("Prometheus has it as up", lambda: self._prometheus_has(1), 20)
        gone = lab.dns.remove(LOST_NAME)
        try:
            report.did(f"removed {LOST_NAME} from its zone")
            removed = time.monotonic()
            failures = lab.config["dns"]["down_after"]
            self._wait(
                f"it is down after {failures} failures in a row",
                lambda: self.agent.metrics().value("pgd_agent_dns_up", fqdn=LOST_NAME) == 0,
                25,
                detail=lambda _: f"{time.monotonic() - removed:.1f} s",
            )
            self._wait("critical: not-resolving", lambda: self._has("not-resolving"))
            self._say_findings("not-resolving")
            self._wait(
                "the metrics tell why",
                lambda: self.agent.metrics().value(
                    "pgd_agent_dns_status", fqdn=LOST_NAME, family="ipv4", status="nxdomain"
                )
                == 1,
                detail=lambda _: "nxdomain",
            )
            self._wait("still ready: peers never decide that", self.agent.ready)
            self._wait("Prometheus has it as down", lambda: self._prometheus_has(0))
        finally:
            lab.dns.add(gone)
        report.did("put it back")
        back = time.monotonic()
        self._wait(
            "up after one success",
            lambda: self.agent.metrics().value("pgd_agent_dns_up", fqdn=LOST_NAME) == 1,
            15,
            detail=lambda _: f"{time.monotonic() - back:.1f} s",
        )
        self._wait("not-resolving is gone", lambda: self._gone("not-resolving"))
        report.says(self._event("cleared", LOST_NAME))

    def _prometheus_has(self, value):
        """What its last scrape says of the name that is lost."""
        return [last for _, last in self.lab.prometheus.query(f'pgd_agent_dns_up{{fqdn="{LOST_NAME}"}}')] == [value]

    def prometheus(self):
        report, server = self.report, self.lab.prometheus
        report.step("What Prometheus has of it")

        def ask(what, query, accept, detail, timeout=10):
            report.wait_for(
                what,
                lambda: accept(server.query(query)),
                timeout,
                0.2,
                server.target_trouble,
                lambda _: detail(server.query(query)),
            )

        ask(
            "the target is up",
            "up",
            lambda found: [value for _, value in found] == [1],
            lambda _: f"scraped by {server.url}",
        )
        expected = len(topology.expected_names())
        ask(
            "pgd_agent_dns_up is answered",
            "pgd_agent_dns_up",
            lambda found: sum(value for _, value in found) == expected,
            lambda found: f"{len(found)} names, all 1",
        )
        ask(
            "its history has the lost name",
            f'min_over_time(pgd_agent_dns_up{{fqdn="{LOST_NAME}"}}[5m])',
            lambda found: [value for _, value in found] == [0],
            lambda _: f"min_over_time(… {LOST_NAME} …) = 0",
        )
        not_after = (
            'pgd_agent_certificate_not_after_timestamp_seconds{secret="server",source="mounted",position="leaf"}'
        )
        ask(
            "pgd_agent_certificate_not_after_timestamp_seconds is answered",
            not_after,
            lambda found: found and found[0][1] > time.time() + 86400,
            lambda found: "server leaf: " + time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(found[0][1])),
        )
        metrics = self.agent.metrics()
        clean, said = check_metrics(metrics.text)
        report.expect("promtool check metrics: clean", clean, f"{sum(map(len, metrics.by_name.values()))} series", said)
