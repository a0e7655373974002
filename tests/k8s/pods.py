"""Pods as the operator makes them for PGD nodes, and what must not change in them.

The operator is closed; this is the shape that CloudNativePG's source and the vendor's documentation show. Values are made up."""

import copy
import json
import re

GROUP_LABEL, NODE_LABEL = "k8s.pgd.enterprisedb.io/group", "k8s.enterprisedb.io/cluster"
OPTED_IN, NOT_ASKED, OPTED_OUT = "opted-in", "not-asked", "opted-out"
NAMESPACES = {OPTED_IN: {"pgd-agent.io/inject": "enabled"}, NOT_ASKED: {}, OPTED_OUT: {"pgd-agent.io/inject": "disabled"}}

OWN_SECURITY = {
    "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "privileged": False, "readOnlyRootFilesystem": True,
    "runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"},
}
OWN_MOUNTS = [
    {"name": "pgdata", "mountPath": "/var/lib/postgresql/data"},
    {"name": "scratch-data", "mountPath": "/run"},
    {"name": "scratch-data", "mountPath": "/controller"},
    {"name": "shm", "mountPath": "/dev/shm"},
    {"name": "projected", "mountPath": "/projected"},
]


def resources(cpu, memory):
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu, "memory": memory}}


def bare_pod(namespace=OPTED_IN, labels=None, name="region-a-1-1"):
    """Only what makes it a node's pod: the needed labels and a container."""
    pod = {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"containers": [{"name": "postgres", "image": "registry.example.net/postgres:18"}]},
    }
    if labels is None:
        labels = {GROUP_LABEL: "region-a", NODE_LABEL: "region-a-1", "k8s.enterprisedb.io/podRole": "instance"}
    if labels:
        pod["metadata"]["labels"] = dict(labels)
    return pod


def operator_pod(namespace=OPTED_IN, annotations=None):
    """A data node's pod, Guaranteed."""
    pod = bare_pod(namespace)
    pod["metadata"]["labels"] |= {
        "k8s.enterprisedb.io/instanceName": "region-a-1-1", "k8s.enterprisedb.io/instanceRole": "primary", "role": "primary",
        "k8s.pgd.enterprisedb.io/type": "node", "k8s.pgd.enterprisedb.io/workloadType": "pgd-node-data",
        "app.kubernetes.io/managed-by": "cloudnative-pg",
    }
    image = "registry.example.net/postgres:18"
    pod["spec"] = {
        "hostname": "region-a-1-1", "serviceAccountName": "region-a-1", "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1800,
        "securityContext": {"runAsUser": 26, "runAsGroup": 26, "fsGroup": 26, "runAsNonRoot": True,
                            "seccompProfile": {"type": "RuntimeDefault"}},
        "initContainers": [{
            "name": "bootstrap-controller", "image": "registry.example.net/operator:1.28.4",
            "command": ["/manager", "bootstrap", "/controller/manager"], "resources": resources("2", "4Gi"),
            "securityContext": OWN_SECURITY, "volumeMounts": OWN_MOUNTS,
        }],
        "containers": [{
            "name": "postgres", "image": image, "command": ["/controller/manager", "instance", "run"],
            "env": [{"name": "PGDATA", "value": "/var/lib/postgresql/data/pgdata"}, {"name": "POD_NAME", "value": "region-a-1-1"},
                    {"name": "NAMESPACE", "value": namespace}, {"name": "CLUSTER_NAME", "value": "region-a-1"}],
            "ports": [{"name": "postgresql", "containerPort": 5432, "protocol": "TCP"},
                      {"name": "metrics", "containerPort": 9187, "protocol": "TCP"},
                      {"name": "status", "containerPort": 8000, "protocol": "TCP"}],
            "startupProbe": {"httpGet": {"path": "/startupz", "port": 8000, "scheme": "HTTPS"}, "failureThreshold": 360},
            "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8000, "scheme": "HTTPS"}},
            "resources": resources("2", "4Gi"), "securityContext": OWN_SECURITY, "volumeMounts": OWN_MOUNTS,
        }],
        "volumes": [
            {"name": "pgdata", "persistentVolumeClaim": {"claimName": "region-a-1-1"}},
            {"name": "scratch-data", "emptyDir": {}},
            {"name": "shm", "emptyDir": {"medium": "Memory"}},
            {"name": "projected", "projected": {"sources": [{"configMap": {"name": "anything"}}]}},
        ],
    }
    pod["metadata"]["annotations"] = {
        "k8s.enterprisedb.io/nodeSerial": "1", "k8s.enterprisedb.io/operatorVersion": "1.28.4",
        # What the operator compares with the spec it would make now.
        "k8s.enterprisedb.io/podSpec": json.dumps(pod["spec"], separators=(",", ":")),
    } | {f"pgd-agent.io/{key}": value for key, value in (annotations or {}).items()}
    return pod


def changed(pod, *path, to):
    """A copy in which the value at `path` (keys and indexes) is another; None removes it."""
    pod = copy.deepcopy(pod)
    at = pod
    for key in path[:-1]:
        at = at.setdefault(key, {}) if isinstance(at, dict) else at[key]
    if to is None:
        at.pop(path[-1])
    else:
        at[path[-1]] = to
    return pod


# ── What must hold of a pod ───────────────────────────────────────────────────────────────────────────────────────────

SCALE = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def amount(quantity):
    number, suffix = re.fullmatch(r"([0-9.]+)([a-zA-Z]*)", str(quantity)).groups()
    return float(number) * SCALE[suffix]


def canonical_cpu(quantity):
    """0.5 is written 500m, as an API server does."""
    return f"{round(amount(quantity) * 1000)}m" if "." in quantity else quantity


def qos(pod):
    """Kubernetes' rule (pkg/apis/core/v1/helper/qos): all containers, init containers too; cpu and memory."""
    requests, limits, every_limit = {}, {}, True
    for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
        wanted = container.get("resources", {})
        for sums, kind in ((requests, "requests"), (limits, "limits")):
            for name in ("cpu", "memory"):
                value = amount(wanted.get(kind, {}).get(name, 0))
                if value:
                    sums[name] = sums.get(name, 0) + value
        every_limit = every_limit and all(amount(wanted.get("limits", {}).get(name, 0)) for name in ("cpu", "memory"))
    if not requests and not limits:
        return "BestEffort"
    return "Guaranteed" if every_limit and requests == limits else "Burstable"


def what_the_operator_compares(pod):
    """Images of its two containers, the volume `projected`, PVCs and where they are mounted, its own copy of the spec."""
    spec = pod["spec"]
    named = {c["name"]: c for c in spec.get("initContainers", []) + spec["containers"]}
    claims = [v for v in spec.get("volumes", []) if "persistentVolumeClaim" in v]
    claimed = {v["name"] for v in claims}
    return {
        "images": {name: named[name]["image"] for name in ("postgres", "bootstrap-controller") if name in named},
        "projected": [v for v in spec.get("volumes", []) if v["name"] == "projected"],
        "claims": claims,
        "claim mounts": [m for c in named.values() for m in c.get("volumeMounts", []) if m["name"] in claimed],
        "podSpec": pod["metadata"].get("annotations", {}).get("k8s.enterprisedb.io/podSpec"),
    }
