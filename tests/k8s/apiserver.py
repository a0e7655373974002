"""An API server of a test's own, and what is needed for one.

The Kubernetes test tools are a directory named by $PGD_AGENT_K8S_TOOLS: `apiserver start|stop`, which prints
`export KUBECONFIG=…` and keeps to the ports and the directory it is told by the environment; `crds/`; `schemas/` and
`schemas.py`. kubectl is $KUBECTL, else build/k8s/kubectl (`./dev setup k8s`), else that of PATH."""

import base64
import contextlib
import http.client
import importlib.util
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parents[2]


def add_tools_option(parser):
    parser.add_argument("--tools", default=os.environ.get("PGD_AGENT_K8S_TOOLS", ""), metavar="DIR", type=pathlib.Path,
                        help="Kubernetes test tools: apiserver, crds/ (default: $PGD_AGENT_K8S_TOOLS)")


def kubectl_path():
    own = ROOT / "build/k8s/kubectl"
    return os.environ.get("KUBECTL") or (str(own) if own.exists() else shutil.which("kubectl"))


def what_is_missing(tools, modules=()):
    """What of etcd, kubectl, the tools and Python's `modules` is not there, as a list of names."""
    missing = [name for name in ("etcd", "curl", "openssl", "xz") if not shutil.which(name)]
    missing += [f"python3-{name}" for name in modules if not importlib.util.find_spec(name)]
    if not kubectl_path():
        missing.append("kubectl (./dev setup k8s)")
    if not tools.name or not os.access(tools / "apiserver", os.X_OK):
        missing.append("directory of Kubernetes test tools ($PGD_AGENT_K8S_TOOLS)")
    return missing


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Cluster:
    """An API server with some CRDs of the tools' `crds/`, for the time of a `with`."""

    def __init__(self, tools, home, crds=()):
        self.tools, self.home, self.crds = pathlib.Path(tools).resolve(), pathlib.Path(home), crds
        self.kubectl_path = kubectl_path()
        self.environment = dict(os.environ, RIG_RUN=str(home), HOME=str(home))
        for variable, port in zip(("APISERVER_PORT", "ETCD_PORT", "ETCD_PEER_PORT"), free_ports(3)):
            self.environment[variable] = str(port)

    def __enter__(self):
        with open(self.home / "start.log", "w+", encoding="utf-8") as log:
            # Its children keep what they inherit: a pipe would not end with the script.
            code = subprocess.run(
                [self.tools / "apiserver", "start"],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
            ).returncode
            log.seek(0)
            said = log.read()
        found = re.search(r"export KUBECONFIG=(\S+)", said)
        if code or not found:
            self.__exit__()
            sys.exit(f"the API server did not start: {said.strip()}")
        self.environment["KUBECONFIG"] = found[1]
        try:
            for crd in self.crds:
                self.kubectl("apply", "--server-side", "-f", str(self.tools / "crds" / crd), check=True)
            self.await_crds()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run([self.tools / "apiserver", "stop"], env=self.environment, check=False)

    def kubectl(self, *arguments, text=None, check=False):
        done = subprocess.run(
            [self.kubectl_path, *arguments],
            env=self.environment, input=text, capture_output=True, text=True, timeout=300, check=False,
        )
        if check and done.returncode:
            sys.exit(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done

    def await_crds(self):
        """kubectl 1.32 takes one without any status yet for an error."""
        for last in (False, False, False, True) if self.crds else ():
            done = self.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all", check=last)
            if done.returncode == 0:
                return
            time.sleep(0.5)

    def connect(self):
        """A connection for many requests: kubectl takes 60 ms for each."""
        return Connection(self.environment["KUBECONFIG"])


class Connection:
    """JSON requests to the API server over one connection."""

    def __init__(self, kubeconfig):
        import yaml  # pylint: disable=import-outside-toplevel  # only tests that connect need it

        config = yaml.safe_load(pathlib.Path(kubeconfig).read_text(encoding="utf-8"))
        cluster, self.token = config["clusters"][0]["cluster"], config["users"][0]["user"]["token"]
        context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        host, _, port = cluster["server"].removeprefix("https://").partition(":")
        self.http = http.client.HTTPSConnection(host, int(port), context=context, timeout=60)
        self.warnings = []

    def request(self, method, path, body=None, content_type="application/json"):
        """(status, object); the warnings that came with it are in `warnings`."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, "Accept": "application/json"}
        self.http.request(method, path, None if body is None else json.dumps(body), headers)
        answer = self.http.getresponse()
        text = answer.read()
        self.warnings = answer.headers.get_all("Warning") or []
        return answer.status, json.loads(text) if text.startswith(b"{") else text.decode()

    def create_pod(self, pod, dry_run=True):
        namespace = pod["metadata"]["namespace"]
        return self.request("POST", f"/api/v1/namespaces/{namespace}/pods" + ("?dryRun=All" if dry_run else ""), pod)
