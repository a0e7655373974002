"""A real Prometheus that scrapes the agent every second, with its data in a directory of its own."""
import os
import signal
import subprocess
from urllib.parse import quote

from agent import http_get, http_json
from processes import Child, free_port, program
from waiting import eventually

_CONFIG = """\
global:
  scrape_interval: 1s
  scrape_timeout: 900ms
scrape_configs:
  - job_name: pgd-agent
    static_configs:
      - targets: ["{target}"]
"""


class Prometheus:
    def __init__(self, home, target):
        self.home = str(home)
        self.target = target
        self.port = free_port()
        self.child = None
        os.makedirs(self.home)
        with open(self._path("prometheus.yml"), "w", encoding="ascii") as file:
            file.write(_CONFIG.format(target=target))

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

    def query(self, expression):
        """The instant vector of a PromQL expression: [(labels, value)]."""
        answer = http_json("127.0.0.1", self.port, "/api/v1/query?query=" + quote(expression))
        if answer["status"] != "success":
            raise ValueError(answer.get("error", "query failed"))
        return [(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]

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
