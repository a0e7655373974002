"""The whole lab in one temporary directory: certificates, Secret volumes, DNS, the agent and its configuration,
Prometheus."""
import os
import shutil
import tempfile

import topology
from agent import Agent
from dns import DnsServer
from instance_manager import InstanceManager
from kubelet import FS_GROUP, Volume
from pki import Authority
from postgres import Installation
from prom import Prometheus

SECRETS = ("server", "server_ca", "client", "client_ca")


class Lab:
    """A context: on entry certificates, Secrets and configuration are there; leaving it ends every process and removes
    every file."""

    def __init__(self, agent_path, keep=False):
        self.agent_path = agent_path
        self.keep = keep
        self.home = None
        self.dns = self.agent = self.prometheus = self.postgres = None
        self.own_postgres = self.instance_manager = None
        self.parts = []

    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="pgd-lab-")
        if FS_GROUP >= 0:
            os.chmod(self.home, 0o711)
        try:
            self._lay_out()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends what runs, in the order that nobody misses anybody; removes the files unless they are to be kept."""
        for part in (self.prometheus, self.agent, self.instance_manager, self.postgres, *self.parts, self.dns):
            if part is not None:
                part.stop()
        if self.home and not self.keep:
            shutil.rmtree(self.home, ignore_errors=True)

    def start_dns(self):
        self.dns.start()

    def start_agent(self, config_path=None):
        self.agent.configure(self.config)
        self.agent.start(config_path)

    def start_own_postgres(self):
        """This node's Postgres with an instance manager that follows the Secrets; before the agent is configured."""
        self.own_postgres = self.postgres.server("own")
        self.instance_manager = InstanceManager(self.secrets, self.own_postgres)
        self.instance_manager.start()
        self.own_postgres.start()
        self.config["secrets"]["written"] = self.own_postgres.certificates
        self.config["probe"] = {
            "self": [f"{self.own_postgres.address}:{self.own_postgres.port}"],
            "self_interval": "1s",
            "peer_roles": [],
            "drift_grace": "2s",
        }

    def part(self, server):
        """A further server, stopped when the lab is closed."""
        self.parts.append(server)
        return server

    def start_prometheus(self, wait=True):
        self.prometheus = Prometheus(self.path("prometheus"), f"127.0.0.1:{self.agent.port}")
        self.prometheus.start(wait)

    def path(self, *names):
        return os.path.join(self.home, *names)

    def new_server_leaf(self, authority=None, **dates):
        """A server certificate of the own node with every name it must cover."""
        return (authority or self.server_ca).server_leaf(topology.OWN_GROUP.required_names(topology.OWN_NODE), **dates)

    def mount_server(self, leaf, authority=None):
        """Swaps the server Secret as kubelet would; the moment of the rename."""
        return self.secrets["server"].write(leaf.secret(authority or self.server_ca))

    def _lay_out(self):
        self.server_ca = Authority(self.path("server-ca-home"), "lab server CA")
        self.client_ca = Authority(self.path("client-ca-home"), "lab client CA")
        self.server_leaf = self.new_server_leaf()
        self.client_leaf = self.client_ca.client_leaf()
        self.secrets = {role: Volume(self.path("secrets", role)) for role in SECRETS}
        self.mount_server(self.server_leaf)
        self.secrets["server_ca"].write({"ca.crt": self.server_ca.certificate})
        self.secrets["client"].write(self.client_leaf.secret(self.client_ca))
        self.secrets["client_ca"].write({"ca.crt": self.client_ca.certificate})
        self.dns = DnsServer(self.path("dns"), topology.DOMAINS, topology.records())
        self.postgres = Installation(self.path("postgres"))
        self.agent = Agent(self.agent_path, self.path("agent"))
        self.config = self.configuration()

    def configuration(self):
        """The agent's configuration as a nested dict: all names, all Secrets, short intervals. Scenarios edit it."""
        group = topology.OWN_GROUP
        primary, *additional = group.entries
        return {
            "listen": f"127.0.0.1:{self.agent.port}",
            "resync": "60s",
            "log": {"level": "info", "format": "text"},
            "group": {
                "name": group.name,
                "namespace": "lab",
                "node": topology.OWN_NODE,
                "nodes": group.nodes,
                "mode": "verify-full",
                "domain": primary.domain,
                "host_suffix": primary.suffix,
                "additional": [{"domain": entry.domain, "host_suffix": entry.suffix} for entry in additional],
                "discovery": topology.discovery_hosts(),
                "extra_names": topology.peer_node_names(),
            },
            "secrets": {role: volume.path for role, volume in self.secrets.items()},
            "dns": {
                "servers": [self.dns.address],
                "interval": "1s",
                "interval_max": "2s",
                "query_timeout": "500ms",
                "lookup_deadline": "2s",
                "sweep_deadline": "5s",
                "down_after": 3,
            },
            # No PostgreSQL here: nothing to connect to.
            "probe": {"self": [], "peer_roles": []},
        }
