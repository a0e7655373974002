"""A real Prometheus that scrapes the agents every second, with its data in a directory of its own."""
import json
import os
import signal
import subprocess
from urllib.parse import urlencode

from agent import http_get, http_json
from processes import Child, free_port, program
from waiting import eventually

_CONFIG = """\
global:
  scrape_interval: 1s
  scrape_timeout: 900ms
  evaluation_interval: 1s
rule_files: [rules.yaml]
scrape_configs:
  - job_name: pgd-agent
    static_configs:
"""


class Prometheus:
    """Scrapes `targets`: an address, or several with the labels each is given: {address: {name: value}}. `rules`: the text of a
    rule file, evaluated every second."""

    def __init__(self, home, targets, rules="groups: []\n"):
        self.home = str(home)
        targets = targets if isinstance(targets, dict) else {targets: {}}
        self.port = free_port()
        self.child = None
        os.makedirs(self.home)
        with open(self._path("rules.yaml"), "w", encoding="utf-8") as file:
            file.write(rules)
        with open(self._path("prometheus.yml"), "w", encoding="ascii") as file:
            file.write(_CONFIG)
            for address, own in targets.items():
                file.write(f"      - {json.dumps({'targets': [address], 'labels': own})}\n")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, wait=True):
        self.child = Child(
            "prometheus",
            [
                program("prometheus"),
                "--config.file=" + self._path("prometheus.yml"),
                "--storage.tsdb.path=" + self._path("data"),
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--log.level=warn",
            ],
            self._path("prometheus.log"),
        )
        if wait:
            self.wait_ready()

    def wait_ready(self):
        eventually(
            "Prometheus to be ready",
            lambda: http_get("127.0.0.1", self.port, "/-/ready")[0] == 200,
            timeout=20,
            instead=lambda: self.child.log_tail(3),
        )

    def stop(self):
        if self.child is not None:
            self.child.stop()

    def pause(self):
        self.child.signal(signal.SIGSTOP)

    def resume(self):
        self.child.signal(signal.SIGCONT)

    def query(self, expression, at=None):
        """The instant vector of a PromQL expression: [(labels, value)]."""
        when = {} if at is None else {"time": at}
        return [
            (series["metric"], float(series["value"][1]))
            for series in self.ask("query", query=expression, **when)["result"]
        ]

    def query_range(self, expression, start, end, step):
        """Its series over a time: [(labels, [(moment, value)])]."""
        found = self.ask("query_range", query=expression, start=start, end=end, step=step)["result"]
        return [(series["metric"], [(at, float(value)) for at, value in series["values"]]) for series in found]

    def ask(self, path, **parameters):
        """The data of an answer of /api/v1; ValueError with what Prometheus says instead."""
        answer = http_json("127.0.0.1", self.port, f"/api/v1/{path}?{urlencode(parameters)}", 30)
        if answer["status"] != "success":
            raise ValueError(answer.get("error", "query failed"))
        return answer["data"]

    def rules(self):
        """Every rule with its health, as Prometheus says."""
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def target_up(self):
        """True when the last scrape of the agent succeeded."""
        return any(value == 1 for _, value in self.query("up"))

    def target_trouble(self):
        active = http_json("127.0.0.1", self.port, "/api/v1/targets")["data"]["activeTargets"]
        return (
            "; ".join(f"{target['scrapeUrl']} {target['health']} {target['lastError']}" for target in active)
            or "no target"
        )

    def _path(self, name):
        return os.path.join(self.home, name)


def check_metrics(exposition):
    """`promtool check metrics` on the text: (clean, what it said)."""
    done = subprocess.run(
        [program("promtool"), "check", "metrics"],
        input=exposition,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    said = (done.stdout + done.stderr).strip()
    return done.returncode == 0 and not said, said
