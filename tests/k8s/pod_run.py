"""One pod run by the pod runner (minipod.py of the Kubernetes test tools): composed as the operator makes it, with what
the agent injects, watched line by line."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

try:
    import yaml

    CAN_COMPOSE = True
except ImportError:  # whoever wants to run a pod says so
    CAN_COMPOSE = False

GROUP, NODE, NAMESPACE = "region-a", "region-a-1", "pgd"
IMAGE, OPERATOR_IMAGE = "pgd-agent:0.1.0", "postgres:18"
# As manifests/base has it: every path comes from what is mounted.
CONFIG = """\
[group]
manifest = "/etc/pgd-agent/config/pgdgroup.yaml"
[secrets]
server = "${PGD_AGENT_SERVER:-}"
server_ca = "${PGD_AGENT_SERVER_CA:-}"
client = "${PGD_AGENT_CLIENT:-}"
client_ca = "${PGD_AGENT_CLIENT_CA:-}"
written = "${PGD_AGENT_WRITTEN:-}"
[gates]
startup_max_wait = "${PGD_AGENT_GATE_MAX_WAIT:-60s}"
"""
MANIFEST = f"""\
apiVersion: pgd.k8s.enterprisedb.io/v1beta1
kind: PGDGroup
metadata: {{name: {GROUP}, namespace: {NAMESPACE}}}
spec:
  instances: 3
  pgd: {{parentGroup: {{name: world, create: true}}}}
  connectivity:
    dns: {{domain: example.test}}
    tls:
      mode: verify-full
      serverCert: {{caCertSecret: region-a-ca, certManager: {{spec: {{issuerRef: {{name: i}}}}}}}}
      clientCert: {{caCertSecret: region-a-client-ca, certManager: {{spec: {{issuerRef: {{name: i}}}}}}}}
"""
SECRETS = {"server-secret": "{node}-server", "server-ca-secret": "{group}-ca",
           "client-secret": "{group}-client", "client-ca-secret": "{group}-client-ca"}
# "Postgres": says that it starts, ends when told to, by SIGTERM or by a file; a line each second shows that it lives.
POSTGRES = """\
echo postgres starts as $(id -u)
trap 'echo postgres stops; exit 0' TERM
n=0
while ! [ -e /controller/stop ]; do sleep 0.1; n=$((n + 1)); [ $((n % 10)) = 0 ] && echo alive; done
echo postgres stops
"""
_LINE = re.compile(r"\[ *([0-9.]+)\] (.*)")


def rootfs(home, programs):
    """A root file system of these programs, {path inside: path here}, and the libraries they need."""
    home = pathlib.Path(home)
    for inside, outside in programs.items():
        target = home / inside.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(outside, target)
        said = subprocess.run(["ldd", outside], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"(/\S+) \(0x", said):
            copy = home / library.lstrip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not copy.exists():
                shutil.copy(library, copy)
    return str(home)


def rendered(agent, home, settings):
    """What is injected into the node's pod, as `render sidecar` prints it."""
    directory = pathlib.Path(home, "settings")
    directory.mkdir(parents=True)
    for key, value in ({"image": IMAGE} | settings).items():
        (directory / key).write_text(value + "\n", encoding="ascii")
    group = pathlib.Path(home, "pgdgroup.yaml")
    group.write_text(MANIFEST, encoding="ascii")
    done = subprocess.run(
        [agent, "render", "sidecar", "--group", group, "--node", NODE, "--settings", directory],
        capture_output=True, text=True, timeout=60, check=False,
    )
    if done.returncode:
        raise ValueError(f"render sidecar: {done.stderr.strip()}")
    return yaml.safe_load(done.stdout)


def operators_pod(uid):
    """A node's pod, as far as this needs it (CloudNativePG, pkg/specs/pods.go)."""
    labels = {"k8s.pgd.enterprisedb.io/group": GROUP, "k8s.enterprisedb.io/cluster": NODE,
              "k8s.enterprisedb.io/podRole": "instance", "k8s.enterprisedb.io/instanceName": f"{NODE}-1"}
    mount = [{"name": "scratch-data", "mountPath": "/controller"}]
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True,
                "runAsNonRoot": True}
    common = {"image": OPERATOR_IMAGE, "securityContext": security, "volumeMounts": mount}
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": f"{NODE}-1", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "securityContext": {"runAsUser": uid, "runAsGroup": uid, "fsGroup": uid, "runAsNonRoot": True},
            "initContainers": [{"name": "bootstrap-controller", "command": ["sh", "-c", "echo copied"], **common}],
            "containers": [{"name": "postgres", "command": ["sh", "-c", POSTGRES], **common}],
            "volumes": [{"name": "scratch-data", "emptyDir": {}}],
            "terminationGracePeriodSeconds": 5,
        },
    }


def inject(pod, fragment):
    """The pod with what is added: lists are appended to, as the patch does."""
    pod["metadata"].setdefault("annotations", {}).update(fragment["metadata"]["annotations"])
    for key, more in fragment["spec"].items():
        pod["spec"].setdefault(key, []).extend(more)
    return pod


def container(pod, name):
    every = pod["spec"]["initContainers"] + pod["spec"]["containers"]
    return next(found for found in every if found["name"] == name)


def secret(name, payload):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": payload}


def config_map():
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "pgd-agent"},
            "data": {"config.toml": CONFIG, "pgdgroup.yaml": MANIFEST}}


class PodRun:
    """The runner with one pod: its lines with the time at which they came, volumes, processes, HTTP within the pod."""

    def __init__(self, runner, documents, images, home, timeout=200):
        path = pathlib.Path(home, "pod.yaml")
        path.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
        arguments = [f"--image={name}={directory}" for name, directory in images.items()]
        self.process = subprocess.Popen(
            ["/usr/bin/python3", runner, path, *arguments, "--print-volumes", "--timeout", str(timeout)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )
        self.lines = []  # (monotonic time of arrival, text without the runner's stamp)
        self.volumes = {}
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            match = _LINE.match(line)
            text = match[2] if match else line.rstrip()
            self.lines.append((time.monotonic(), text))
            if text.startswith("volume "):
                name, _, directory = text[7:].partition("=")
                self.volumes[name] = directory

    def text(self):
        return "\n".join(text for _, text in list(self.lines))

    def at(self, *beginnings):
        """When the first line that begins so came, None where none did."""
        return next((when for when, text in list(self.lines) if text.startswith(beginnings)), None)

    def said(self, name, *words):
        """Lines of a container that hold all the words."""
        return [text for _, text in list(self.lines)
                if text.startswith(name + "| ") and all(word in text for word in words)]

    def started(self, name):
        """How often a container was started."""
        return sum(text.startswith(f"start {name} ") for _, text in list(self.lines))

    def identity(self, name):
        """The runner's name of a container's newest start, None before it."""
        names = [text.split()[2] for _, text in list(self.lines) if text.startswith(f"start {name} ")]
        return names[-1] if names else None

    def network(self):
        """The pod's network namespace."""
        return "/run/netns/" + self.identity("bootstrap-controller").rsplit("-bootstrap-controller-", 1)[0]

    def get(self, path):
        """(status, body) from the agent, by the pod's loopback."""
        done = subprocess.run(
            ["nsenter", "--net=" + self.network(), "curl", "-sS", "-m", "5", "-w", "\n%{http_code}",
             "http://127.0.0.1:9188" + path],
            capture_output=True, text=True, timeout=10, check=False,
        )
        if done.returncode:
            raise OSError(done.stderr.strip())
        body, _, status = done.stdout.rpartition("\n")
        return int(status), body

    def flood(self):
        """Sixty requests at once, each with a long head."""
        subprocess.run(
            ["nsenter", "--net=" + self.network(), "curl", "-sS", "-m", "5", "-Z", "--parallel-max", "60",
             "-o", "/dev/null", "-H", "X-Long: " + "x" * 7000, "http://127.0.0.1:9188/metrics?[1-60]"],
            capture_output=True, timeout=20, check=False,
        )

    def pid(self, name):
        """Of a container's newest start; ValueError while there is none."""
        cgroup = f"/minipod/{self.identity(name)}\n"
        for directory in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if cgroup in (directory / "cgroup").read_text(encoding="ascii"):
                    return int(directory.name)
            except OSError:
                continue
        raise ValueError(f"no process of {name}")

    def memory_files(self, name):
        """The files with the limit and the use of a container's memory."""
        for limit, usage in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
            for path in pathlib.Path("/sys/fs/cgroup").rglob(f"minipod/{self.identity(name)}/{limit}"):
                return path, path.with_name(usage)
        raise OSError(f"no memory limit of {name} is found")

    def memory(self, name):
        """(limit, in use), bytes."""
        return tuple(int(path.read_text(encoding="ascii")) for path in self.memory_files(name))

    def swap(self, volume, payload, gid):
        """Another version of a Secret's volume, by a rename of ..data as kubelet does; when that was."""
        directory = pathlib.Path(self.volumes[volume])
        old = os.readlink(directory / "..data")
        fresh = directory / f"..{time.monotonic_ns()}"
        fresh.mkdir()
        os.chown(fresh, -1, gid)
        for name, text in payload.items():
            (fresh / name).write_text(text, encoding="ascii")
            os.chown(fresh / name, -1, gid)
            os.chmod(fresh / name, 0o440)
        os.symlink(fresh.name, directory / "..data_tmp")
        os.rename(directory / "..data_tmp", directory / "..data")
        renamed = time.monotonic()
        for name in payload:
            if not os.path.lexists(directory / name):
                os.symlink(f"..data/{name}", directory / name)
        shutil.rmtree(directory / old)
        return renamed

    def end_main(self):
        """Postgres ends by itself; the runner stops the rest."""
        pathlib.Path(self.volumes["scratch-data"], "stop").touch()

    def finish(self, within=40):
        """The runner's exit code."""
        code = self.process.wait(within)
        self.reader.join(5)
        return code

    def close(self):
        """Ends the pod whatever its state; the runner cleans up behind it."""
        for end in (self.end_main, self._kill_what_is_waited_for, lambda: self.process.send_signal(signal.SIGINT)):
            if self.process.poll() is not None:
                return
            try:
                end()
                self.process.wait(12)
            except (OSError, KeyError, subprocess.TimeoutExpired):
                pass
        self.process.kill()
        self.process.wait()

    def _kill_what_is_waited_for(self):
        """What keeps the runner from going on: a main or an init container, not a sidecar, which it would restart."""
        for name in ("pgd-agent-gate", "postgres", "bootstrap-controller"):
            with contextlib.suppress(ValueError, OSError):
                os.kill(self.pid(name), signal.SIGKILL)
