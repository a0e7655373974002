"""The table: which pod is injected, with which settings and annotations, and which is not. One for every way of injecting."""

import copy
import dataclasses

from pods import GROUP_LABEL, NODE_LABEL, NOT_ASKED, OPTED_IN, OPTED_OUT, bare_pod, changed, operator_pod, resources

INJECT = "pgd-agent.io/inject"
GUARANTEED, BURSTABLE = "Guaranteed", "Burstable"


@dataclasses.dataclass
class Case:
    name: str
    pod: dict
    qos: str = GUARANTEED  # of the pod that comes back
    warns: bool = False  # by the webhook; the policy can't


ALL_SECRETS = {
    "server-secret": "{node}-server", "server-ca-secret": "server-ca-key-pair", "client-secret": "{group}-replication",
    "client-ca-secret": "client-ca-key-pair",
}
IMAGE = {"image": "registry.example.net/pgd-agent:0.1.0"}  # without one nothing is injected
SETTINGS = {
    "image alone": {},
    "all set": ALL_SECRETS | {
        "image": "registry.example.net/tools/pgd-agent:0.1.0@sha256:" + "0" * 64, "cpu": "50m", "memory": "128Mi",
        "config": "agent-of-{group}", "written": "enabled", "gate": "strict", "gate-max-wait": "5m",
    },
    "as files have them": {
        "image": " example.net/pgd-agent:1\n", "cpu": "0.5\n", "memory": "\t96Mi\n", "config": "agent\n", "written": " enabled\n",
        "gate": "bounded \n", "gate-max-wait": "1500ms\n", "server-secret": "{node}\n", "client-secret": "\n",
    },
}
INVALID_SETTINGS = {
    "not valid": {
        "memory": "lots", "config": "Not_A_Name", "written": "\"may\\be\"\t\u00fc\n", "gate": "ajar", "gate-max-wait": "0s",
        "server-secret": "UPPER", "server-ca-secret": "a..b", "client-secret": "{cluster}", "client-ca-secret": "-a",
        "unknown": "key",
    },
    "not valid either": {
        "cpu": "-1", "memory": "1e3", "gate": "", "gate-max-wait": "1d", "config": "a" * 254, "server-secret": "a b",
    },
    "not valid at last": {"cpu": "0", "memory": "1.", "written": ""},
}
NO_IMAGE = ({}, {"image": ""}, {"image": "no image!", "gate": "strict"}, {"image": "-"}, {"image": "a" * 1025})

ANNOTATIONS = [
    {"gate": "off"}, {"gate": "bounded"}, {"gate": "strict"}, {"gate": "ajar"}, {"gate": ""}, {"gate": " off\n"}, {"gate": "OFF"},
    {"gate": "strict", "gate-max-wait": "2h"}, {"gate": "off", "gate-max-wait": "7s"},
    {"gate": "bounded", "gate-max-wait": "999999ms"},
    *({"gate": "bounded", "gate-max-wait": wait} for wait in ("5m", "0s", "-1s", "1d", "60", "1.5s", "9999999s", "", " 30s ")),
    {"config": "other"}, {"config": "{group}"}, {"config": "{node}.{group}"}, {"config": "Not_A_Name"}, {"config": ""},
    {"config": "a..b"}, {"config": "a.-b"}, {"config": "{other}"}, {"config": "a" * 253}, {"config": "a" * 254},
    {"config": "a" * 100000}, {"server-secret": "{node}" * 15000},
    ALL_SECRETS,
    {"server-secret": "{node}{node}-{group}"}, {"server-secret": ""}, {"server-ca-secret": " ca "}, {"server-ca-secret": "C_A"},
    {"client-secret": "-"}, {"client-secret": "x" * 250 + "{group}"}, {"client-ca-secret": "{group"}, {"client-ca-secret": ""},
    dict.fromkeys(ALL_SECRETS, ""),
    {"written": "enabled"}, {"written": "disabled"}, {"written": "yes"}, {"written": ""}, {"written": "enabled "},
    {"gtae": "off"},
]


def without_scratch_data(pod):
    pod = copy.deepcopy(pod)
    pod["spec"]["volumes"] = [v for v in pod["spec"]["volumes"] if v["name"] != "scratch-data"]
    for container in pod["spec"]["initContainers"] + pod["spec"]["containers"]:
        container["volumeMounts"] = [m for m in container["volumeMounts"] if m["name"] != "scratch-data"]
    return pod


def annotated():
    """Every annotation on a data node's pod; those about `written` also without the volume it is about."""
    for annotations in ANNOTATIONS:
        title = ", ".join(f"{key}: {value[:20]!r}" for key, value in annotations.items())
        yield Case(title, operator_pod(annotations=annotations))
        if "written" in annotations:
            yield Case(title + ", no scratch-data", without_scratch_data(operator_pod(annotations=annotations)))


def injected():
    """Pods that are injected, whatever the settings."""
    pod, bare = operator_pod(), bare_pod()
    yield Case("as the operator makes it", pod)
    yield Case("Burstable", changed(pod, "spec", "containers", 0, "resources", "requests", "cpu", to="1"), BURSTABLE)
    yield Case("needed labels alone; BestEffort can't stay so", bare, BURSTABLE)
    yield Case("needed labels alone, Guaranteed", changed(bare, "spec", "containers", 0, "resources", to=resources("1", "1Gi")))
    empty = changed(changed(bare, "spec", "volumes", to=[]), "spec", "initContainers", to=[])
    empty = changed(empty, "metadata", "annotations", to={})
    yield Case("empty annotations, volumes and initContainers", empty, BURSTABLE)
    yield Case("OpenShift's: no securityContext", changed(pod, "spec", "securityContext", to=None))
    nameless = changed(pod, "metadata", "name", to=None)
    yield Case("a name to be generated", changed(nameless, "metadata", "generateName", to="region-a-"))
    yield Case("owned by its Cluster", owned_by(pod, "Cluster", "postgresql.k8s.enterprisedb.io/v1"))
    yield Case("no scratch-data", without_scratch_data(pod))
    yield Case("other names", label(label(pod, GROUP_LABEL, "g"), NODE_LABEL, "g-12"))
    yield Case("names that make no Secret's name", label(pod, NODE_LABEL, "Region_A.1"))
    for namespace in (NOT_ASKED, OPTED_OUT, OPTED_IN):
        yield Case(f"opted in by its label, namespace {namespace}", label(operator_pod(namespace), INJECT, "enabled"))


def untouched():
    """Pods that come back as they came."""
    pod = operator_pod()
    yield Case("no labels, no annotations", bare_pod(labels={}))
    for key in (GROUP_LABEL, NODE_LABEL):
        yield Case(f"no label {key}", label(pod, key, None))
        yield Case(f"label {key} empty", label(pod, key, ""))
    yield Case("no podRole", label(pod, "k8s.enterprisedb.io/podRole", None))
    yield Case("another podRole", label(pod, "k8s.enterprisedb.io/podRole", "pooler"))
    yield Case("another operator's", bare_pod(labels={"cnpg.io/cluster": "c", "cnpg.io/podRole": "instance"}))
    for key in ("job-name", "batch.kubernetes.io/job-name", "k8s.enterprisedb.io/jobRole"):
        yield Case(f"a Job's, by label {key}", label(pod, key, "join"))
    yield Case("a Job's, by its owner", owned_by(pod, "Job", "batch/v1"))
    yield Case("a Job's, opted in", label(label(pod, "job-name", "join"), INJECT, "enabled"))
    for value in ("disabled", "", "true", "Enabled"):
        yield Case(f"opted out by its label {value!r}", label(pod, INJECT, value))
    yield Case("a namespace that was not asked", operator_pod(NOT_ASKED))
    yield Case("a namespace that opted out", operator_pod(OPTED_OUT))
    yield Case("injected already: status", changed(pod, "metadata", "annotations", "pgd-agent.io/status", to="injected/0.0.9"))
    for name in ("pgd-agent", "pgd-agent-gate"):
        container = {"name": name, "image": "x", "resources": resources("1", "1Gi")}
        for where in ("initContainers", "containers"):
            yield Case(f"injected already: {name} in {where}", appended(pod, where, container))
    yield Case("a volume named as ours", appended(pod, "volumes", {"name": "pgd-agent-x", "emptyDir": {}}), warns=True)


def label(pod, key, value):
    return changed(pod, "metadata", "labels", key, to=value)


def owned_by(pod, kind, version):
    owner = {"apiVersion": version, "kind": kind, "name": "owner", "uid": "11111111-2222-3333-4444-555555555555"}
    return changed(pod, "metadata", "ownerReferences", to=[owner | {"controller": True}])


def appended(pod, where, item):
    return changed(pod, "spec", where, to=pod["spec"][where] + [item])
