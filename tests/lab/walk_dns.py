"""The steps of the demo about name servers: one that is silent, two that disagree, an absence remembered by a cache."""
import time

import topology
from dns import DnsServer
from unbound import Unbound
from walk import Looking

NAME = topology.OWN_GROUP.node_names(topology.OWN_GROUP.nodes[2])[0]
ABSENCE_KEPT = 4  # seconds


class NameServers(Looking):
    """The steps with two servers: a caching resolver in front of the lab's own, and a second one of the same zones."""

    def __init__(self, lab, report):
        super().__init__(lab, report)
        self.cache = self.second = None

    def silent_server(self):
        report = self.report
        report.step("The first name server falls silent")
        self._begin()
        try:
            report.did(f"two servers from now on: unbound on {self.cache.address}, which caches what knot says,")
            report.did(f"and a second knot with the same zones on {self.second.address}; no restart")
            self._wait("both answer", lambda: self._servers_up() == [1, 1])
            self.cache.pause()
            try:
                report.did("unbound stopped answering (SIGSTOP)")
                self._wait("warning: server-failing", lambda: self._has("server-failing", "warning"), 15)
                self._say_findings("server-failing")
                self._wait("every name is still up: the second server is asked instead", self._all_up)
                self._wait("still ready", self.agent.ready)
            finally:
                self.cache.resume()
            report.did("unbound answers again")
            self._wait("server-failing is gone, it is asked first again", lambda: self._gone("server-failing"), 15)
        finally:
            self._end()

    def servers_disagree(self):
        report = self.report
        report.step("Two name servers disagree")
        self._begin()
        try:
            gone = self.second.remove(NAME)
            report.did(f"removed {NAME} from the second server's zone alone")
            self._wait("warning: servers-disagree", lambda: self._has("servers-disagree", "warning"), 15)
            self._say_findings("servers-disagree")
            self._wait("the name is up all the same: the first server's word counts", self._all_up)
            self.second.add(gone)
            report.did("put it back")
            self._wait("servers-disagree is gone", lambda: self._gone("servers-disagree"), 15)
        finally:
            self._end()

    def remembered_absence(self):
        report = self.report
        report.step("A cache remembers that a name was not there")
        self._begin()
        try:
            gone = self.lab.dns.remove(NAME)
            self.second.remove(NAME)
            self.cache.forget()
            self._wait("the name is down", lambda: self._up(NAME) == 0, 20)
            self.lab.dns.add(gone)
            self.second.add(gone)
            created = time.monotonic()
            report.did(f"created {NAME} again; unbound keeps the absence for up to {ABSENCE_KEPT} s")
            self._wait(
                "it is seen once the cache forgets",
                lambda: self._up(NAME) == 1,
                ABSENCE_KEPT + 8,
                detail=lambda _: f"{time.monotonic() - created:.1f} s",
            )
            self._wait("nothing critical, no warning", lambda: not self.agent.metrics().findings("critical", "warning"))
        finally:
            self._end()

    def _begin(self):
        """Both servers run, and the agent asks them, from now on."""
        lab = self.lab
        if self.cache is None:
            zones = {domain: ("127.0.0.1", lab.dns.port) for domain in topology.DOMAINS}
            self.cache = lab.part(Unbound(lab.path("unbound"), zones, longest=1, longest_negative=ABSENCE_KEPT))
            self.second = lab.part(DnsServer(lab.path("dns-2"), topology.DOMAINS, topology.records()))
            self.cache.start()
            self.second.start()
        self._ask([self.cache.address, self.second.address])

    def _end(self):
        self._ask([self.lab.dns.address])
        self._wait("nothing critical, no warning", lambda: not self.agent.metrics().findings("critical", "warning"), 20)

    def _ask(self, servers):
        self.lab.config["dns"].update(servers=servers, compare_interval="1s")
        self.agent.configure(self.lab.config)

    def _servers_up(self):
        return [value for _, value in self.agent.metrics().series("pgd_agent_dns_server_up")]

    def _up(self, fqdn):
        return self.agent.metrics().value("pgd_agent_dns_up", fqdn=fqdn)

    def _all_up(self):
        up = [value for _, value in self.agent.metrics().series("pgd_agent_dns_up")]
        return len(up) == len(topology.expected_names()) and min(up) == 1
