"""What the documents say of metrics, findings and alerts, read from their tables."""
import re

import rules

DOCS = rules.ROOT / "docs"


def _text(name):
    path = DOCS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def metrics():
    """Names in the first column of docs/metrics.md; of a histogram what it consists of, too."""
    names = set(re.findall(r"^\| `((?:pgd_agent|process)_\w+)`", _text("metrics.md"), re.M))
    return names | {name + part for name in names for part in ("_bucket", "_count", "_sum")}


def labels():
    """The labels of each metric in docs/metrics.md."""
    rows = re.findall(r"^\| `((?:pgd_agent|process)_\w+)` \| \w+ \| ([^|]*)\|", _text("metrics.md"), re.M)
    return {name: set(re.findall(r"`(\w+)`", columns)) for name, columns in rows}


def finding_codes():
    return set(re.findall(r"^\| \[`([a-z-]+)`\]", _text("findings.md"), re.M))


def runbooks():
    return {path.stem for path in (DOCS / "runbooks").glob("*.md")} - {"README"}


def linked_runbooks():
    return {
        name
        for name, target in re.findall(r"\[`?(\w+)`?\]\((\w+)\.md\)", _text("runbooks/README.md"))
        if name == target
    }


def alert_rows():
    """(alert, severity, for) of each row of docs/alerts.md."""
    return re.findall(r"^\| \[`(\w+)`\]\(runbooks/\1\.md\) \| (\w+) \| (\w+) \|", _text("alerts.md"), re.M)


def records():
    return set(
        re.findall(r"`(pgd_agent:\w+:\w+)`", "".join(re.findall(r"^\| `pgd_agent:[^|]*\|", _text("alerts.md"), re.M)))
    )


def codes_of_alerts():
    """Finding → alert, or "" where none is raised on purpose."""
    told = {}
    for codes, alert in re.findall(r"^\| (`[a-z`, -]+`) \| (?:`(PGD\w+)`|none)", _text("alerts.md"), re.M):
        told.update({code: alert for code in re.findall(r"`([a-z-]+)`", codes)})
    return told


def inhibition():
    """The YAML block with inhibit_rules of docs/alerts.md."""
    found = re.search(r"^```yaml\n(inhibit_rules:.*?)^```", _text("alerts.md"), re.M | re.S)
    return found[1] if found else ""
