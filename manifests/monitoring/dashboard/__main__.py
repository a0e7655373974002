"""Writes dashboard.json. With --check only says whether it is what would be written."""
import json
import pathlib
import sys

sys.dont_write_bytecode = True

from agents import agents_row
from certificates import timeline_row
from grafana import SOURCE, link, place
from mesh import mesh
from overview import overview
from promql import SELECTED
from sources import dns_row, probes_row, secrets_row
from trust import drift_row, generations_row
from verdicts import findings_row, gates_row

FILE = pathlib.Path(__file__).resolve().parents[1] / "dashboard.json"
DOCS = "https://pgd-agent.io"


def variable(name, heading, selector, description):
    """One of pgd_agent_info's labels. All is ".*", which also takes series without that label."""
    ask = f"label_values(pgd_agent_info{{{selector}}}, {name})" if selector else f"label_values(pgd_agent_info, {name})"
    return {
        "name": {"pgd_group": "group", "pgd_node": "node"}.get(name, name),
        "label": heading,
        "description": description,
        "type": "query",
        "datasource": SOURCE,
        "definition": ask,
        "query": {"query": ask, "refId": "StandardVariableQuery"},
        "regex": "",
        "refresh": 2,
        "sort": 7,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "options": [],
        "hide": 0,
        "skipUrlSync": False,
    }


def variables():
    source = {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "regex": "",
        "refresh": 1,
    }
    source |= {
        "current": {"text": "default", "value": "default"},
        "options": [],
        "multi": False,
        "includeAll": False,
        "hide": 0,
        "skipUrlSync": False,
    }
    source["description"] = "The Prometheus that scrapes the agents, or what unites several: Thanos, Mimir."
    docs = {"name": "docs", "label": "Documentation", "type": "textbox", "query": DOCS, "hide": 2, "skipUrlSync": False}
    docs |= {
        "current": {"selected": True, "text": DOCS, "value": DOCS},
        "options": [{"selected": True, "text": DOCS, "value": DOCS}],
    }
    docs["description"] = "Where docs/ is published: links to runbooks and findings begin with it."
    return [
        source,
        variable(
            "cluster", "Cluster", "", "The Kubernetes cluster, by the label that Prometheus or its external_labels add."
        ),
        variable("namespace", "Namespace", 'cluster=~"$cluster"', "The namespace of the pods."),
        variable("pgd_group", "Group", SELECTED, "The PGD group of the agents whose view is shown."),
        variable(
            "pgd_node", "Node", f'{SELECTED},pgd_group=~"$group"', "The PGD node of the agents whose view is shown."
        ),
        docs,
    ]


def dashboard():
    rows = [
        overview(),
        mesh(),
        timeline_row(),
        generations_row(),
        drift_row(),
        gates_row(),
        findings_row(),
        dns_row(),
        probes_row(),
        secrets_row(),
        agents_row(),
    ]
    documents = [("Runbooks", "runbooks"), ("Findings", "findings"), ("Metrics", "metrics")]
    external = {
        "type": "link",
        "icon": "doc",
        "tooltip": "",
        "tags": [],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
    }
    return {
        "uid": "pgd-connectivity",
        "title": "PGD connectivity",
        "description": "Names, certificates and TLS between the nodes of PGD, as the agents beside them see it.",
        "tags": ["pgd", "postgres", "tls", "dns"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "",
        "timepicker": {},
        "weekStart": "",
        "fiscalYearStartMonth": 0,
        "liveNow": False,
        "links": [{**link(title, path), **external} for title, path in documents],
        "annotations": {"list": [annotation()]},
        "templating": {"list": variables()},
        "panels": place(rows),
    }


def annotation():
    return {
        "name": "Annotations & Alerts",
        "builtIn": 1,
        "type": "dashboard",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
    }


def to_text(value, indent=0):
    """JSON, with what fits into a line on one: short to read, and what `kubectl apply` takes is bounded."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(line) + indent <= 140:
        return line
    if isinstance(value, dict):
        inner, ends = [f"{json.dumps(key)}: {to_text(item, indent + 1)}" for key, item in value.items()], "{}"
    else:
        inner, ends = [to_text(item, indent + 1) for item in value], "[]"
    margin = "\n" + " " * (indent + 1)
    return ends[0] + margin + ("," + margin).join(inner) + "\n" + " " * indent + ends[1]


def main():
    text = to_text(dashboard()) + "\n"
    if sys.argv[1:] == ["--check"]:
        if not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
            sys.exit("dashboard.json is not what would be written; run: python3 manifests/monitoring/dashboard")
        return
    FILE.write_text(text, encoding="utf-8")
    print(f"{FILE}: {len(text)} bytes")


if __name__ == "__main__":
    main()
