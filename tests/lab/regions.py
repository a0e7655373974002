"""Nodes of several PGD groups, each with its Secrets, PostgreSQL and agent: a mesh seen from every side."""
import os

import topology
from agent import Agent
from instance_manager import InstanceManager
from kubelet import Volume
from lab import SECRETS
from processes import free_port

DOMAIN = "dc-b.lab.test"


class Node:
    """One node. Its PostgreSQL listens at the address its name leads to."""

    def __init__(self, mesh, group, name, address):
        lab = mesh.lab
        self.mesh, self.group, self.name = mesh, group, name
        self.fqdn = f"{name}-node.{DOMAIN}"
        self.home = lab.path(name)
        self.secrets = {role: Volume(os.path.join(self.home, role)) for role in SECRETS}
        self.server = lab.postgres.server(name, addresses=[address], port=mesh.port)
        self.instance_manager = lab.part(InstanceManager(self.secrets, self.server))
        self.agent = lab.part(Agent(lab.agent_path, os.path.join(self.home, "agent")))
        self.trust(lab.server_ca, lab.client_ca)
        self.serve(lab.server_ca)
        self.secrets["client"].write(lab.client_leaf.secret(lab.client_ca))

    # What an engineer does.

    def serve(self, authority, **dates):
        """A new server certificate into its Secret."""
        names = [
            f"{service}.{DOMAIN}" for service in (f"{self.name}-node", f"{self.group}-group", f"{self.group}-proxy")
        ]
        self.secrets["server"].write(authority.server_leaf(names, **dates).secret(authority))

    def trust(self, *authorities):
        """Pairs of a server and a client CA, one after the other, into the Secrets of both."""
        for role, trusted in (("server_ca", authorities[::2]), ("client_ca", authorities[1::2])):
            self.secrets[role].write({"ca.crt": "".join(one.certificate for one in trusted)})

    def start_server(self):
        self.instance_manager.write()
        self.server.start()

    def start_agent(self, **gates):
        config = self.configuration()
        config["gates"] = gates
        self.agent.configure(config)
        self.agent.start()

    def configuration(self):
        mesh = self.mesh
        others = [node.fqdn for node in mesh.nodes if node.group != self.group]
        return {
            "listen": f"127.0.0.1:{self.agent.port}",
            "group": {
                "name": self.group,
                "namespace": "pgd",
                "node": self.name,
                "nodes": [node.name for node in mesh.nodes if node.group == self.group],
                "mode": "verify-full",
                "domain": DOMAIN,
                "discovery": [f"{group}-group.{DOMAIN}" for group in mesh.groups],
                "extra_names": others,
            },
            "secrets": {
                **{role: volume.path for role, volume in self.secrets.items()},
                "written": self.server.certificates,
            },
            "dns": {**mesh.lab.config["dns"], "servers": [mesh.lab.dns.address]},
            "probe": {
                "self": [f"{self.server.address}:{self.server.port}"],
                "self_interval": "1s",
                "peer_roles": ["node", "extra"],
                "peer_port": mesh.port,
                "peer_interval": "1s",
                "drift_grace": "2s",
            },
        }


class Mesh:
    """The nodes by name. `groups`: {group: number of its nodes}; the first is at 127.0.1.1."""

    def __init__(self, lab, groups):
        self.lab, self.groups = lab, list(groups)
        self.port = free_port("127.0.1.1")
        self.nodes = []
        for number, (group, count) in enumerate(groups.items(), 1):
            for index in range(1, count + 1):
                self.nodes.append(Node(self, group, f"{group}-{index}", f"127.0.{number}.{index}"))
        lab.dns = type(lab.dns)(lab.path("names"), topology.DOMAINS, self.records())
        lab.agent = self.nodes[0].agent  # whose log is shown where something is not observed

    def __getitem__(self, name):
        return next(node for node in self.nodes if node.name == name)

    def records(self):
        found = []
        for node in self.nodes:
            found.append((node.fqdn, "A", node.server.address))
            found += [(f"{node.group}-{service}.{DOMAIN}", "A", node.server.address) for service in ("group", "proxy")]
        return found
