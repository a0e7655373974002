"""`pgd-agent webhook` with its certificate and settings in volumes; reviews sent to it as an API server does."""
import base64
import http.client
import json
import os
import socket
import ssl

from agent import Agent
from kubelet import Volume
from processes import Child, free_port

SERVICE = "pgd-agent-webhook.pgd-agent-system.svc"


def instance_pod(node="region-a-1"):
    """A PGD node's pod as the operator makes it, as far as injection looks at it."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": node + "-1",
            "namespace": "pgd",
            "labels": {
                "k8s.pgd.enterprisedb.io/group": node.rpartition("-")[0],
                "k8s.enterprisedb.io/cluster": node,
                "k8s.enterprisedb.io/podRole": "instance",
            },
            "annotations": {"k8s.enterprisedb.io/podSpec": json.dumps({"containers": ["x" * 4000]})},
        },
        "spec": {
            "initContainers": [{"name": "bootstrap-controller", "image": "operator:1"}],
            "containers": [{"name": "postgres", "image": "postgres:17", "env": [{"name": "A", "value": "b"}] * 40}],
            "volumes": [{"name": "pgdata"}, {"name": "scratch-data", "emptyDir": {}}],
        },
    }


def review(uid, pod, **more):
    """An AdmissionReview's text."""
    request = {
        "uid": uid,
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "namespace": "pgd",
        "operation": "CREATE",
        "object": pod,
        "oldObject": None,
        "dryRun": False,
    }
    request.update(more)
    return json.dumps({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request})


def added_containers(answer, uid):
    """Names of the init containers that the answer's patch adds; ValueError where it is no answer to that review."""
    body = json.loads(answer)
    response = body["response"]
    if (body["apiVersion"], body["kind"]) != ("admission.k8s.io/v1", "AdmissionReview"):
        raise ValueError(f"not an AdmissionReview: {answer[:200]}")
    if response["uid"] != uid or response["allowed"] is not True:
        raise ValueError(f"not allowed, or another's: {answer[:200]}")
    if "patch" not in response:
        return []
    if response["patchType"] != "JSONPatch":
        raise ValueError(f"patchType {response['patchType']}")
    patch = json.loads(base64.b64decode(response["patch"], validate=True))
    return [step["value"]["name"] for step in patch if step["path"].startswith("/spec/initContainers/")]


class Webhook(Agent):
    """The process; what an Agent answers on its port, this does on its status port."""

    def __init__(self, program_path, home):
        super().__init__(program_path, home)
        self.review_port = free_port()
        self.tls = Volume(os.path.join(self.home, "tls"))
        self.settings = Volume(os.path.join(self.home, "settings"), mode=0o644)

    def start(self, config_path=None):
        environment = dict(os.environ)
        environment.setdefault("ASAN_OPTIONS", "exitcode=99:detect_leaks=1:abort_on_error=0")
        environment.setdefault("UBSAN_OPTIONS", "print_stacktrace=1:halt_on_error=1:exitcode=99")
        self.child = Child(
            "webhook",
            [
                self.program,
                "webhook",
                "--listen",
                f"127.0.0.1:{self.review_port}",
                "--status-listen",
                f"127.0.0.1:{self.port}",
                "--tls",
                self.tls.path,
                "--settings",
                self.settings.path,
            ],
            self.log_path,
            environment,
        )

    def client(self, authority, timeout=10.0):
        return ReviewClient(self.review_port, authority, timeout)

    def reviews(self, result):
        return self.metrics().value("pgd_agent_webhook_reviews_total", result=result)

    def reloads(self, result):
        return self.metrics().value("pgd_agent_webhook_certificate_reloads_total", result=result)


class ReviewClient(http.client.HTTPSConnection):
    """One connection that verifies the webhook as an API server does: by the CA and the Service's name."""

    def __init__(self, port, authority, timeout):
        context = ssl.create_default_context(cadata=authority.certificate)
        context.set_alpn_protocols(["h2", "http/1.1"])
        super().__init__("127.0.0.1", port, timeout=timeout, context=context)
        self.tls_context = context

    def connect(self):
        plain = socket.create_connection((self.host, self.port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self.tls_context.wrap_socket(plain, server_hostname=SERVICE)

    def serial(self):
        """Of the certificate this connection was served with."""
        if self.sock is None:
            self.connect()
        return self.sock.getpeercert()["serialNumber"].lower()

    def post(self, body, content_type="application/json", path="/inject", method="POST"):
        """(status, body text)."""
        data = body.encode() if isinstance(body, str) else body
        self.request(method, path, body=data, headers={"Content-Type": content_type})
        response = self.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
