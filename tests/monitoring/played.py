"""What happens in real life, as input for promtool: a region's outage seen by nine agents, and what a real agent exposed while
a certificate was renewed and a CA rotated (recorded/), replayed for three nodes in each of three clusters, slower."""
import pathlib
import re

import rules

HERE = pathlib.Path(__file__).resolve().parent
GROUPS = {"k1": "region-a", "k2": "region-b", "k3": "region-c"}  # by cluster
# How much longer the mounted server certificate lasts than the one Postgres serves.
_LEAF = 'pgd_agent_certificate_not_after_timestamp_seconds{secret="server",position="leaf",source="'
BEHIND = f'{_LEAF}mounted"}} - on (instance) {_LEAF}served"}}'
FIRED = 'ALERTS{alertstate="firing"}'


def labelled(name, labels):
    return name + "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"


def runs(values):
    """promtool's notation: ["1", "1", "_"] → "1x1 _x1"; a number is followed by so many more, an absence is so many."""
    text, at = [], 0
    while at < len(values):
        end = at
        while end < len(values) and values[end] == values[at]:
            end += 1
        count = end - at
        text.append(f"_x{count}" if values[at] == "_" else f"{values[at]}x{count - 1}" if count > 1 else values[at])
        at = end
    return " ".join(text)


def agent_labels(cluster, node):
    return {"cluster": cluster, "namespace": "pgd", "pod": f"{node}-1", "instance": f"{node}:9188"}


class Recording:
    def __init__(self, name):
        lines = (HERE / "recorded" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        self.samples = sum(int(line.split()[1]) for line in lines if line.startswith("#"))
        self.series = {}
        for line in lines:
            if line.startswith("#"):
                continue
            key, _, rest = line.partition("} ") if "} " in line else line.partition(" ")
            key += "}" if "{" in key else ""
            values = []
            for run in rest.split():
                value, count = run.split("*")
                values += [value] * int(count)
            if len(values) != self.samples:
                raise ValueError(f"{name}: {key} has {len(values)} of {self.samples} samples")
            self.series[key] = values

    def of(self, cluster, group, number, step, lead, total, frozen=False):
        """The series of node `number` of a group: each sample `step` times, after `lead` and until `total`."""
        node = f"{group}-{number}"
        own = agent_labels(cluster, node)
        found = []
        for key, values in self.series.items():
            name, _, labels = key.rstrip("}").partition("{")
            labels = swapped(labels, "region-a", group)
            labels = swapped(labels, f"{group}-1", node)
            drawn = [values[0]] * lead + ([] if frozen else [value for value in values for _ in range(step)])
            drawn += [drawn[-1]] * (total - len(drawn))
            text = ",".join([f'{key}="{value}"' for key, value in own.items()] + ([labels] if labels else []))
            found.append({"series": f"{name}{{{text}}}", "values": runs(drawn)})
        found.append(
            {"series": labelled("up", {"job": "pgd-agent-system/pgd-agent", **own}), "values": runs(["1"] * total)}
        )
        return found


def swapped(text, one, other):
    """Both names exchanged."""
    return re.sub(rf"\b({re.escape(one)}|{re.escape(other)})(?!\d)", lambda m: other if m[1] == one else one, text)


def mesh(total):
    """Each agent knows the nodes of the other groups, as from one manifest."""
    found = []
    for cluster, group in GROUPS.items():
        for number in (1, 2, 3):
            for target in GROUPS.values():
                if target == group:
                    continue
                for peer in (1, 2, 3):
                    labels = {
                        **agent_labels(cluster, f"{group}-{number}"),
                        "fqdn": f"{target}-{peer}-node.mesh",
                        "role": "node",
                        "target_group": target,
                        "target_node": f"{target}-{peer}",
                    }
                    found.append({"series": labelled("pgd_agent_dns_up", labels), "values": runs(["1"] * total)})
    return found


def replay(name, interval, step, apart, tail, frozen=(), tests=()):
    """Nine agents, the regions `apart` and the nodes a tenth of that after each other."""
    recording = Recording(name)
    lead = 20
    total = lead + recording.samples * step + apart * 2 + apart // 10 * 2 + tail
    series = mesh(total)
    for place, (cluster, group) in enumerate(GROUPS.items()):
        for number in (1, 2, 3):
            begin = lead + apart * place + apart // 10 * (number - 1)
            series += recording.of(cluster, group, number, step, begin, total, frozen=group in frozen)
    seconds = total * interval
    checks = [
        {"expr": expr.replace("ALL", f"{seconds}s"), "eval_time": f"{seconds - interval}s", "exp_samples": samples}
        for expr, samples in tests
    ]
    return test(f"{name}, {', '.join(frozen) or 'everywhere'}", interval, series, checks)


def test(name, interval, series, checks):
    return {
        "rule_files": ["bare.yaml"],
        "evaluation_interval": f"{interval}s",
        "group_eval_order": rules.Rules().groups,
        "tests": [{"name": name, "interval": f"{interval}s", "input_series": series, "promql_expr_test": checks}],
    }


def one(labels="{}"):
    return [{"labels": labels, "value": 1}]


def renewal():
    """At two thirds of its life, two minutes from the Secret to Postgres."""
    return replay(
        "renewal",
        interval=30,
        step=1,
        apart=20,
        tail=60,
        tests=[
            (f"count_over_time({FIRED}[ALL])", []),
            # It was a renewal: on all nine nodes the copies differed, and then they did not.
            (f"count(max_over_time(({BEHIND})[ALL:30s]) > 0) == bool 9", one()),
            (f"count({BEHIND} == 0) == bool 9", one()),
        ],
    )


def ca_rotation():
    """The five safe steps, region after region, a quarter of an hour apart."""
    return replay(
        "ca_rotation",
        interval=60,
        step=2,
        apart=15,
        tail=70,
        tests=[
            (f"count_over_time({FIRED}[ALL])", []),
            # Trust was mixed for a while, not for an hour.
            ('group(count_over_time(ALERTS{alertname="PGDTrustMixed"}[ALL]))', one()),
            (
                "count(count by (instance) (count by (instance, fingerprint_sha256) ("
                'count_over_time(pgd_agent_certificate_info{secret="server_ca",position="anchor"}[ALL]))) == 2) == bool 9',
                one(),
            ),
        ],
    )


def ca_rotation_forgotten():
    """The same without region-c."""
    return replay(
        "ca_rotation",
        interval=60,
        step=2,
        apart=15,
        tail=70,
        frozen=("region-c",),
        tests=[
            (f"group by (alertname) (count_over_time({FIRED}[ALL]))", one('{alertname="PGDTrustMixed"}')),
        ],
    )


def region_outage(names_fail):
    """region-b goes away at minute 10, as nine agents of region-a and three of region-c see it, each in its own time."""
    total, series, agents = 100, [], []
    agents += [("k1", "region-a", number) for number in range(1, 10)]
    agents += [("k3", "region-c", number) for number in range(1, 4)]
    for order, (cluster, group, number) in enumerate(agents):
        own = agent_labels(cluster, f"{group}-{number}")
        info = {**own, "pgd_group": group, "pgd_node": f"{group}-{number}", "tls_mode": "verify-full", "domain": "x"}
        series.append({"series": labelled("pgd_agent_info", info), "values": runs(["1"] * total)})
        for suffix in ("", "-far", "-dc1", "-dc2"):
            names = [(f"region-b-{n}-node", "node", f"region-b-{n}") for n in (1, 2, 3)]
            names += [(f"region-b-{role}", role.replace("-r", "_read"), "") for role in ("group", "proxy", "proxy-r")]
            for service, role, node in names:
                where = {"fqdn": f"{service}{suffix}.x"}
                target = {"role": role, "target_group": "region-b", "target_node": node}
                down = 10 + order % 3
                series.append(
                    {
                        "series": labelled("pgd_agent_dns_last_success_timestamp_seconds", {**own, **where}),
                        "values": runs(["0"] * total),
                    }
                )
                series.append(
                    {
                        "series": labelled("pgd_agent_dns_up", {**own, **where, **target}),
                        "values": runs(["1"] * down + ["0" if names_fail else "1"] * (total - down)),
                    }
                )
                if role != "node":
                    continue
                down = 11 + order % 6
                where["port"] = "5432"
                series.append(
                    {
                        "series": labelled("pgd_agent_tls_probe_up", {**own, **where, **target, "scope": "peer"}),
                        "values": runs(["1"] * down + ["0"] * (total - down)),
                    }
                )
                series.append(
                    {
                        "series": labelled("pgd_agent_tls_probe_status", {**own, **where, "status": "connect_timeout"}),
                        "values": runs(["_"] * down + ["1"] * (total - down)),
                    }
                )
    for number in (1, 2, 3):
        up = {"job": "pgd-agent-system/pgd-agent", **agent_labels("k2", f"region-b-{number}")}
        series.append({"series": labelled("up", up), "values": runs(["1"] * 10 + ["0"] * (total - 10))})
    page = "PGDGroupNotResolving" if names_fail else "PGDPeerTLSFailing"
    at = {"eval_time": "95m"}
    failing = "count(pgd_agent_tls_probe_up == 0)" + (" + count(pgd_agent_dns_up == 0)" if names_fail else "")
    return test(
        "region-b goes away" + ("" if names_fail else ", its names do not"),
        60,
        series,
        [
            {"expr": f"{failing} >= bool {300 if names_fail else 144}", **at, "exp_samples": one()},
            {"expr": f"max(count by (cluster) (count_over_time({FIRED}[95m]))) <= bool 2", **at, "exp_samples": one()},
            {
                "expr": f"group by (cluster, alertname, severity, target_group) ({FIRED})",
                **at,
                "exp_samples": [
                    {
                        "labels": f'{{cluster="k1", alertname="{page}", severity="critical", target_group="region-b"}}',
                        "value": 1,
                    },
                    {
                        "labels": f'{{cluster="k3", alertname="{page}", severity="critical", target_group="region-b"}}',
                        "value": 1,
                    },
                    {"labels": '{cluster="k2", alertname="PGDAgentDown", severity="warning"}', "value": 1},
                ],
            },
        ],
    )


def files():
    """Names and contents of the test files made here."""
    return {
        "played_renewal": renewal(),
        "played_ca_rotation": ca_rotation(),
        "played_ca_forgotten": ca_rotation_forgotten(),
        "played_outage": region_outage(True),
        "played_outage_names_stay": region_outage(False),
    }
