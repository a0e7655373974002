"""`pgd-agent webhook` as the injector of tests/k8s/injection: the process on loopback, the shipped
MutatingWebhookConfiguration with its address in place of the Service's, certificate and settings as kubelet writes them."""

import base64
import http.client
import json
import pathlib
import re
import signal
import ssl
import sys
import threading
import time

import apiserver
import cases
import pods
import policy

sys.path.append(str(apiserver.ROOT / "tests/lab"))
# pylint: disable=wrong-import-position
from kubelet import Volume  # noqa: E402
from pki import Authority  # noqa: E402
from processes import Child  # noqa: E402
from waiting import eventually  # noqa: E402

STATUS = "pgd-agent.io/status"
ROTATIONS, CREATORS = 20, 4


class Webhook:
    name, warns = "webhook", True

    def __init__(self, cluster, agent, home):
        self.cluster, self.agent, self.home = cluster, agent, pathlib.Path(home)
        self.authority = Authority(self.home / "pki", "pgd-agent-webhook-ca")
        self.certificate, self.settings = Volume(self.home / "webhook"), Volume(self.home / "injection")
        self.rotate()
        self.settings.write(cases.IMAGE)
        self.port, self.status_port = apiserver.free_ports(2)
        self.start()
        self.configure()

    def start(self):
        self.child = Child("webhook", [
            self.agent, "webhook", "--listen", f"127.0.0.1:{self.port}", "--tls", self.certificate.path,
            "--settings", self.settings.path, "--status-listen", f"127.0.0.1:{self.status_port}",
        ], self.home / "webhook.log")
        eventually("a ready webhook", lambda: self.status("/readyz")[0] == 200, timeout=20)

    def configure(self, copies=1):
        """`copies` of the CA in the bundle are as good as one, and make the API server connect anew."""
        self.cluster.kubectl("apply", "--validate=strict", "-f", "-", text=json.dumps(self.configuration(copies)), check=True)

    def configuration(self, copies):
        """The shipped one; only where it asks differs."""
        import yaml  # pylint: disable=import-outside-toplevel

        built = self.cluster.kubectl("kustomize", str(apiserver.ROOT / "manifests/injection/webhook"), check=True).stdout
        found = next(o for o in yaml.safe_load_all(built) if o["kind"] == "MutatingWebhookConfiguration")
        bundle = base64.b64encode(self.authority.certificate.encode() * copies).decode()
        for each in found["webhooks"]:
            each["clientConfig"] = {"url": f"https://localhost:{self.port}/inject", "caBundle": bundle}
        return found

    def rotate(self):
        leaf = self.authority.server_leaf(["localhost", "pgd-agent-webhook.pgd-agent-system.svc"])
        self.certificate.write(leaf.secret(self.authority))
        return ssl.PEM_cert_to_DER_cert(leaf.certificate)

    def served(self):
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", self.port)))

    def status(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.status_port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def set(self, settings):
        self.settings.write(settings)

    def close(self):
        self.child.stop()

    def report(self):
        """Its own clock: the upper bound of the bucket in which 99 of 100 reviews ended."""
        series = r'^pgd_agent_webhook_review_duration_seconds_bucket\{le="(\S+)"\} (\S+)$'
        buckets = [(bound, float(count)) for bound, count in re.findall(series, self.status("/metrics")[1], re.M)]
        bound = next((bound for bound, count in buckets if count >= 0.99 * buckets[-1][1]), "?")
        print(f"  {buckets[-1][1]:g} reviews by the webhook's own clock: p99 within {bound} s")

    def metric(self, series):
        found = re.search("^" + re.escape(series) + r" (\S+)$", self.status("/metrics")[1], re.M)
        return float(found[1]) if found else 0.0

    def reviews_given_up(self):
        """How many times the API server let a pod pass because the webhook had not answered."""
        text = self.cluster.kubectl("get", "--raw", "/metrics", check=True).stdout
        return sum(float(n) for n in re.findall(r"^apiserver_admission_webhook_fail_open_count\{.*\} (\S+)$", text, re.M))

    # ── What the policy can't show ────────────────────────────────────────────────────────────────────────────────────

    def further(self, judge):
        self.plain_container(judge)
        self.beside_the_policy(judge)
        self.rotated_under_load(judge)
        self.silent(judge)
        self.down(judge)

    def plain_container(self, judge):
        """Before Kubernetes 1.29."""
        judge.judge_settings("sidecar: container", cases.SETTINGS["all set"] | {"sidecar": "container"}, {})

    def beside_the_policy(self, judge):
        """Where both are installed, a pod is injected once."""
        beside = policy.Policy(self.cluster)
        settings = {"image": "example.net/both", "gate": "strict"}
        beside.set(settings)
        self.set({"image": "example.net/webhook"})
        case = cases.Case("policy and webhook", pods.operator_pod())
        judge.show(judge.until(case, settings, True), "beside the policy, which comes first, a pod is injected once")
        beside.delete()
        self.set(cases.IMAGE)
        judge.show(judge.until(case, cases.IMAGE, True), "after the policy was taken away the webhook injects")

    def rotated_under_load(self, judge):
        over, made, lost, given_up = threading.Event(), [], [], self.reviews_given_up()

        def create():
            connection, pod = self.cluster.connect(), pods.operator_pod()
            while not over.is_set():
                status, got = connection.create_pod(pod)
                made.append(status)
                if status != 201 or STATUS not in got["metadata"]["annotations"]:
                    lost.append((status, got))

        creators = [threading.Thread(target=create) for _ in range(CREATORS)]
        for each in creators:
            each.start()
        try:
            for number in range(ROTATIONS):
                wanted = self.rotate()
                self.configure(copies=2 + number)
                eventually("the new certificate served", lambda wanted=wanted: self.served() == wanted, timeout=20)
        finally:
            over.set()
            for each in creators:
                each.join()
        given_up = self.reviews_given_up() - given_up
        complaint = f"{len(lost)} without; the API server gave up {given_up:g} reviews" if lost or given_up else ""
        if self.metric('pgd_agent_webhook_certificate_reloads_total{result="failed"}'):
            complaint += " a version of the certificate was not taken"
        judge.show(complaint,
                   f"{len(made)} pods made during {ROTATIONS} rotations of the certificate, each with the agent")

    def silent(self, judge):
        """A webhook that takes connections and says nothing costs a pod three seconds."""
        given_up = self.reviews_given_up()
        self.child.signal(signal.SIGSTOP)
        since = time.monotonic()
        complaint = judge.complaint(cases.Case("silent", pods.operator_pod()), {}, False)
        took = time.monotonic() - since
        self.child.signal(signal.SIGCONT)
        complaint = complaint or ("" if took < 5 else "too slow")
        complaint = complaint or ("" if self.reviews_given_up() == given_up + 1 else "the API server did not count it")
        judge.show(complaint, f"webhook silent: a pod is made as it came, after {took:.1f} s")

    def down(self, judge):
        self.child.stop()
        since = time.monotonic()
        complaint = judge.complaint(cases.Case("down", pods.operator_pod()), {}, False)
        took = time.monotonic() - since
        judge.show(complaint, f"webhook down: a pod is made as it came, after {took:.1f} s")
        self.start()
        case = cases.Case("up again", pods.operator_pod())
        judge.show(judge.until(case, cases.IMAGE, True), "webhook up again: pods are injected")

