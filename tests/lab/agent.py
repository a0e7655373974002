"""The agent under test: its configuration as a mounted ConfigMap, its process, what it says by HTTP and by log."""
import http.client
import json
import os
import re
import signal
import time
from datetime import datetime, timezone

from kubelet import Volume
from processes import Child, free_port
from waiting import Hopeless

_SERIES = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def http_request(host, port, path, timeout=2.0, headers=None, method="GET"):
    """(status, headers, body text) of one request on a connection of its own."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode("utf-8", "replace")
    except http.client.HTTPException as error:
        raise OSError(f"no HTTP from {host}:{port}: {error!r}") from error
    finally:
        connection.close()


def http_get(host, port, path, timeout=2.0):
    """(status, body text)."""
    status, _, body = http_request(host, port, path, timeout)
    return status, body


def http_json(host, port, path, timeout=5.0):
    _, _, body = http_request(host, port, path, timeout, {"Accept": "application/json"})
    return json.loads(body)


class Metrics:
    """A parsed exposition: series are (labels, value) by metric name."""

    def __init__(self, text):
        self.text = text
        self.by_name = {}
        for line in text.splitlines():
            match = _SERIES.match(line)
            if match:
                labels = {
                    name: re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value)
                    for name, value in _LABEL.findall(match[2] or "")
                }
                self.by_name.setdefault(match[1], []).append((labels, float(match[3])))

    def series(self, name, **labels):
        """[(labels, value)] of the metric whose labels include these."""
        return [(found, value) for found, value in self.by_name.get(name, []) if labels.items() <= found.items()]

    def value(self, name, **labels):
        """The only such series' value, or None."""
        found = self.series(name, **labels)
        return found[0][1] if len(found) == 1 else None

    def total(self, name, **labels):
        return sum(value for _, value in self.series(name, **labels))

    def findings(self, *severities, **labels):
        """Codes of the findings there are, sorted: "server/expired"."""
        return sorted(
            f"{found['area']}/{found['code']}"
            for found, value in self.series("pgd_agent_findings", **labels)
            if value > 0 and (not severities or found["severity"] in severities)
        )


def to_toml(config):
    """A nested dict as TOML: scalars first, then one table each."""
    lines = [f"{key} = {_toml_value(value)}" for key, value in config.items() if not isinstance(value, dict)]
    for key, table in config.items():
        if isinstance(table, dict):
            lines += ["", f"[{key}]"] + [f"{name} = {_toml_value(value)}" for name, value in table.items()]
    return "\n".join(lines) + "\n"


def _toml_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml_value(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


class Agent:
    """`pgd-agent run` with the configuration in a ConfigMap volume below `home`."""

    def __init__(self, program_path, home):
        self.program = os.path.abspath(program_path)
        self.home = str(home)
        self.port = free_port()
        os.makedirs(self.home, exist_ok=True)
        self.config_map = Volume(os.path.join(self.home, "config"), mode=0o644)
        self.log_path = os.path.join(self.home, "agent.log")
        self.child = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self.child.pid

    @property
    def config_path(self):
        return os.path.join(self.config_map.path, "config.toml")

    def configure(self, config):
        """Swaps the ConfigMap; `config` is a nested dict or the text itself."""
        text = config if isinstance(config, str) else to_toml(config)
        return self.config_map.write({"config.toml": text})

    def start(self, config_path=None):
        """Starts it and returns at once; `config_path` in place of the ConfigMap's."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PGD_AGENT_")}
        environment.update({"POD_NAME": "region-a-1-1", "NAMESPACE": "lab", "NO_COLOR": "1"})
        # Sanitizers: the first report ends the program with a code of its own, so that it can't pass for a clean exit.
        environment.setdefault("ASAN_OPTIONS", "exitcode=99:detect_leaks=1:abort_on_error=0")
        environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1:exitcode=99")
        self.child = Child(
            "agent", [self.program, "run", "--config", config_path or self.config_path], self.log_path, environment
        )

    def stop(self):
        """The exit code after SIGTERM, None where it never ran."""
        return self.child.stop() if self.child is not None else None

    def running(self):
        return self.child is not None and self.child.running()

    def reload(self):
        self.child.signal(signal.SIGHUP)

    # What it says by HTTP.

    def get(self, path, timeout=2.0):
        """(status, body); Hopeless once the process has ended."""
        self._expect_running()
        return http_get("127.0.0.1", self.port, path, timeout)

    def status(self):
        self._expect_running()
        return http_json("127.0.0.1", self.port, "/status.json")

    def metrics(self):
        status, text = self.get("/metrics", 5.0)
        if status != 200:
            raise ValueError(f"/metrics answers {status}")
        return Metrics(text)

    def ready(self):
        return self.get("/readyz")[0] == 200

    def started(self):
        return self.get("/startupz")[0] == 200

    def live(self):
        return self.get("/livez")[0] == 200

    def explanation(self, path="/readyz"):
        """The verbose answer, or why there is none: what a timed-out wait shows."""
        try:
            return self.get(path + "?verbose")[1].strip()
        except Hopeless as error:
            return str(error)

    def _expect_running(self):
        if not self.running():
            code = self.child.process.poll() if self.child else None
            raise Hopeless(f"the agent is not running (exit code {code}); the end of its log:\n{self.log_tail()}")

    def findings_text(self):
        """Every finding as it words them, one line each."""
        return "\n".join(f"{found['severity']} {found['code']}: {found['message']}" for found in self.findings())

    def findings(self, code=None):
        """Every finding of /status.json, wherever it stands there: dicts with code, severity, message, remedy."""
        found, seen = [], set()
        for entry in _dicts(self.status()):
            if {"code", "severity", "message"} <= entry.keys() and (code is None or entry["code"] == code):
                key = (entry["code"], entry["severity"], entry.get("subject"), entry["message"])
                if key not in seen:
                    seen.add(key)
                    found.append(entry)
        return found

    def events(self, **fields):
        """Events whose members equal `fields`, oldest first."""
        newest_first = self.status()["events"]
        return [
            event for event in reversed(newest_first) if all(event.get(name) == value for name, value in fields.items())
        ]

    # What it says by log.

    def log_lines(self, *words):
        """Lines holding every one of the words."""
        text = self.child.log_text() if self.child else ""
        return [line for line in text.splitlines() if all(word in line for word in words)]

    def log_tail(self, lines=12):
        """Its last lines; of a sanitizer's report what is telling."""
        return "\n".join(self.sanitizer_reports()[:12]) or (self.child.log_tail(lines) if self.child else "")

    def sanitizer_reports(self):
        """Error, first frames and summary of sanitizer reports, [] where there is none."""
        lines = self.log_lines()
        if not any("Sanitizer" in line or "runtime error:" in line for line in lines):
            return []
        telling = re.compile(r"Sanitizer|runtime error:|^ +#[0-9] ")
        return [line for line in lines if telling.search(line)]

    # What the kernel says of it.

    def context_switches(self):
        """(voluntary, involuntary, threads) over all threads."""
        voluntary = involuntary = threads = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/status", encoding="ascii") as file:
                fields = dict(line.split(":", 1) for line in file if ":" in line)
            voluntary += int(fields["voluntary_ctxt_switches"])
            involuntary += int(fields["nonvoluntary_ctxt_switches"])
            threads += 1
        return voluntary, involuntary, threads

    def resident_bytes(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def peak_resident_bytes(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))

    def open_descriptors(self):
        """Of the kernel where we may ask (the agent is not dumpable: only root may), else by the agent's own metric."""
        try:
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        except PermissionError:
            return int(self.metrics().value("process_open_fds"))

    def sanitized(self):
        """Built with AddressSanitizer: its memory figures mean nothing."""
        with open(self.program, "rb") as file:
            return b"__asan_init" in file.read()


def log_time(line):
    """The moment a log line bears, in seconds since the epoch, or None."""
    match = _TIME.search(line)
    return parse_time(match[0]) if match else None


def parse_time(text):
    """RFC 3339 UTC to seconds since the epoch."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    moment = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return moment.timestamp() + (float("0." + fraction) if fraction else 0.0)


def clock_text(seconds):
    return time.strftime("%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}"


def _dicts(value):
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _dicts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _dicts(item)
