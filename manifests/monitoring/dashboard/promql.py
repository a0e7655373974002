"""What the queries have in common: the selection by the dashboard's variables, whose series it is, where a name leads.

The agent's series say what a node sees, pgd_agent_info says which node that is; the labels of the target tie them.
"""

SELECTED = 'cluster=~"$cluster",namespace=~"$namespace"'
AGENTS = f'pgd_agent_info{{{SELECTED},pgd_group=~"$group",pgd_node=~"$node"}}'
TARGET = "cluster, namespace, pod, instance"
# One an instance, also where two jobs scrape it: the join stays many-to-one.
WHOSE = f"topk by ({TARGET}) (1, {AGENTS})"
WINDOW = "$__rate_interval"
DAY = 86400


def series(metric, labels="", window=""):
    inside = f"{SELECTED},{labels}" if labels else SELECTED
    return f"{metric}{{{inside}}}" + (f"[{window}]" if window else "")


def of_nodes(expression):
    """The expression's series, as far as they are of selected nodes, with pgd_group and pgd_node."""
    return f"{expression} * on ({TARGET}) group_left (pgd_group, pgd_node) {WHOSE}"


def gauge(metric, labels=""):
    return of_nodes(series(metric, labels))


def rate(metric, labels="", window=WINDOW):
    return of_nodes(f"rate({series(metric, labels, window)})")


def increase(metric, labels="", window=WINDOW):
    return of_nodes(f"increase({series(metric, labels, window)})")


def quantile(share, metric, by, window=WINDOW):
    by = ", ".join(("le", *by))
    return f"histogram_quantile({share}, sum by ({by}) ({rate(metric + '_bucket', '', window)}))"


def or_none(expression):
    """0 instead of nothing, as long as there is an agent to ask."""
    return f"{expression} or 0 * count({AGENTS})"


def label(expression, name, source, pattern, text="$1"):
    return f'label_replace({expression}, "{name}", "{text}", "{source}", "{pattern}")'


def constant(expression, name, text):
    return f'label_replace({expression}, "{name}", "{text}", "", "")'


def with_target(expression):
    """`target`: the node or service a name leads to. The agent says it of its own group; of the names of other groups,
    which it only resolves, the service's name does: <node>-node, <group>-group, <group>-proxy, <group>-proxy-r."""
    rest = "(?:-[^.]*)?(?:[.].*)?"
    expression = label(expression, "target", "fqdn", "([^.]+).*")
    expression = label(expression, "target", "fqdn", "([^.]+)-(group|proxy(?:-r)?)" + rest, "$1 $2")
    expression = label(expression, "target", "fqdn", "([^.]+)-node" + rest)
    return label(expression, "target", "target_node", "(.+)")


# Certificates: what is left, as share of the lifetime and judged by the agent's thresholds.

NOT_AFTER = "pgd_agent_certificate_not_after_timestamp_seconds"
NOT_BEFORE = "pgd_agent_certificate_not_before_timestamp_seconds"
LEAF = 'position="leaf"'
CA = 'position=~"intermediate|anchor"'


def left(labels=""):
    """Seconds."""
    return f"({series(NOT_AFTER, labels)} - time())"


def lifetime(labels=""):
    return f"({series(NOT_AFTER, labels)} - {series(NOT_BEFORE, labels)})"


def share_left(labels=""):
    return of_nodes(f"({left(labels)} / {lifetime(labels)})")


def expiry_state(labels, warning, critical):
    """0 fine, 1 warning, 2 critical, 3 expired. `warning`, `critical`: (divisor of the lifetime, at most days)."""

    def below(divisor, days):
        return f"({left(labels)} < bool clamp_max({lifetime(labels)} / {divisor}, {days * DAY}))"

    return of_nodes(f"({below(*warning)} + {below(*critical)} + ({left(labels)} <= bool 0))")
