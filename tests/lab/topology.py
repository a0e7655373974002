"""Three PGD groups of three nodes in two DNS domains: their names, addresses and zone records. Values only.

region-a lives in dc-a.lab.test and is also known in dc-b.lab.test under the suffix -far; region-b and region-c live in
dc-b.lab.test. The agent under test is node region-a-1.
"""
from dataclasses import dataclass

DOMAINS = ("dc-a.lab.test", "dc-b.lab.test")


@dataclass(frozen=True)
class Entry:
    """One way of reaching every service of a group: <service><suffix>.<domain>."""

    domain: str
    suffix: str = ""

    def fqdn(self, service):
        return f"{service}{self.suffix}.{self.domain}"


@dataclass(frozen=True)
class Group:
    name: str
    number: int
    entries: tuple
    dual_stack: bool = False

    @property
    def nodes(self):
        return [f"{self.name}-{index}" for index in (1, 2, 3)]

    def service_names(self, service):
        return [entry.fqdn(service) for entry in self.entries]

    def node_names(self, node):
        return self.service_names(f"{node}-node")

    @property
    def group_name(self):
        """The primary name of the group service, as other groups list it for discovery."""
        return self.entries[0].fqdn(f"{self.name}-group")

    def required_names(self, node):
        """What the node's server certificate must cover, in the operator's order."""
        return [
            entry.fqdn(service)
            for entry in self.entries
            for service in (f"{node}-node", f"{self.name}-group", f"{self.name}-proxy")
        ]

    def records(self):
        """[(fqdn, type, address)] of all its services: group and proxy have the addresses of every node."""
        addresses = {node: self._addresses(index) for index, node in enumerate(self.nodes, 1)}
        everything = [address for group in addresses.values() for address in group]
        found = []
        for entry in self.entries:
            for node, own in addresses.items():
                found += [(entry.fqdn(f"{node}-node"), kind, address) for kind, address in own]
            for service in (f"{self.name}-group", f"{self.name}-proxy"):
                found += [(entry.fqdn(service), kind, address) for kind, address in everything]
        return found

    def _addresses(self, index):
        """Loopback addresses: nothing leaves the machine even if someone connects."""
        four = [("A", f"127.0.{self.number}.{index}")]
        return four + [("AAAA", f"fd00:{self.number}::{index}")] if self.dual_stack else four


GROUPS = (
    Group("region-a", 1, (Entry("dc-a.lab.test"), Entry("dc-b.lab.test", "-far")), dual_stack=True),
    Group("region-b", 2, (Entry("dc-b.lab.test"),)),
    Group("region-c", 3, (Entry("dc-b.lab.test"),)),
)
OWN_GROUP = GROUPS[0]
OWN_NODE = OWN_GROUP.nodes[0]


def records():
    return [record for group in GROUPS for record in group.records()]


def discovery_hosts():
    return [group.group_name for group in GROUPS]


def peer_node_names():
    """The node names of the other groups: watched as extra names."""
    return [
        name for group in GROUPS if group is not OWN_GROUP for node in group.nodes for name in group.node_names(node)
    ]


def expected_names():
    """Every FQDN the agent of OWN_NODE should watch, sorted."""
    names = set(discovery_hosts()) | set(peer_node_names())
    for node in OWN_GROUP.nodes:
        names.update(OWN_GROUP.required_names(node))
    return sorted(names)
