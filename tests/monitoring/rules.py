"""The rule files of manifests/monitoring as promtool wants them, and what they say of themselves. Text, not YAML: nothing but
Python is needed, and the files are ours."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "manifests/monitoring"
SEVERITIES = {"critical", "warning", "info"}
# Words of PromQL that are no metric's name.
WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool"}


class Rule:
    """One alert or record: its name, expression, severity and text."""

    def __init__(self, text):
        self.text = text
        self.alert = _only(r"- alert: (\S+)", text)
        self.record = _only(r"- record: (\S+)", text)
        self.name = self.alert or self.record
        block = re.search(r"^ +expr: \|\n((?: {6,}.*\n)+)", text, re.M)
        self.expr = block[1] if block else _only(r"^ +expr: (.+)", text)
        self.hold = _only(r"^ +for: (\S+)", text) or "0m"
        self.severity = _only(r"severity: (\w+)", text)
        self.runbook = _only(r"^ +runbook_url: (\S+)", text)
        self.annotations = set(re.findall(r"^ {6}(\w+):", text.partition("annotations:")[2], re.M))

    def metrics(self):
        """Names of the series the expression and the annotations' queries use."""
        quoted = re.findall(r'printf "([^"]*)"', self.text.partition("annotations:")[2])
        return set().union(*(_metrics(text) for text in [self.expr, *quoted]))


class Rules:
    """Every rule file there is."""

    def __init__(self, folder=FOLDER):
        self.files = sorted(pathlib.Path(folder).glob("rules-*.yaml"))
        self.all = [rule for file in self.files for rule in _rules(groups(file.read_text(encoding="utf-8")))]
        self.alerts = [rule for rule in self.all if rule.alert]
        self.groups = sorted(re.findall(r"^- name: (\S+)", self.text(), re.M), key=lambda name: "records" not in name)
        self.records = {rule.record for rule in self.all if rule.record}

    def agent_metrics(self):
        """What of an agent's exposition matters here."""
        used = set().union(*(rule.metrics() for rule in self.all))
        return {name for name in used if name.startswith(("pgd_agent_", "process_")) and name not in self.records}

    def text(self, annotated=True, without=None, only=None):
        """One file of rules. `without`: that rule can't fire; `only`: no alert but those of this name."""
        parts = []
        for file in self.files:
            text = groups(file.read_text(encoding="utf-8"))
            parts.append(text.partition("groups:\n")[2])
        whole = "groups:\n" + "".join(parts)
        if without is not None:
            whole = whole.replace(
                without.text, re.sub(r"expr: (\|\n(?: {6,}.*\n)+|.+\n)", "expr: vector(0) > 1\n", without.text, count=1)
            )
        if only is not None:
            for rule in self.alerts:
                if rule.alert != only:
                    whole = whole.replace(rule.text, "")
            whole = re.sub(r"^- name: .*\n  rules:\n(?=(?: *#.*\n|\n)*(?:- name|\Z))", "", whole, flags=re.M)
        return whole if annotated else re.sub(r"^ {4}annotations:\n(?: {6,}.*\n)+", "", whole, flags=re.M)


def groups(text):
    """The `groups:` of a PrometheusRule object, which is what follows `spec:`."""
    return re.sub(r"^  ", "", text.partition("\nspec:\n")[2], flags=re.M)


def _rules(text):
    """The text of each rule, comments left out."""
    found = re.findall(r"^  - (?:alert|record): .*\n(?:    .*\n)*", re.sub(r"^ *#.*\n", "", text, flags=re.M), re.M)
    return [Rule(one) for one in found]


def _only(pattern, text):
    found = re.search(pattern, text, re.M)
    return found[1] if found else ""


def _metrics(expression):
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    bare = re.sub(r"\boffset\s+\w+", " ", bare)
    names = re.findall(r"(?<![\w.])([a-zA-Z_:][\w:]*)(?!\w|\s*\()", bare)
    return {name for name in names if name not in WORDS and not re.fullmatch(r"\d\w*", name)}
