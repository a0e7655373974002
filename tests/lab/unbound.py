"""A caching resolver (unbound) on a loopback address, in front of the lab's name server; with as little memory as wished."""
import os
import subprocess

from dns import ask
from processes import Child, free_port, program
from waiting import eventually

# As whoever started it, in the foreground, nothing read or written outside its folder. No zone of this machine's own.
_CONFIG = """\
server:
    username: ""
    chroot: ""
    directory: "{home}"
    pidfile: ""
    use-syslog: no
    logfile: ""
    log-queries: {log}
    log-time-ascii: no
    verbosity: 1
    num-threads: 1
    interface: {address}@{port}
    do-ip6: {ipv6}
    do-daemonize: no
    do-not-query-localhost: no
    module-config: "iterator"
    local-zone: "test." nodefault
    prefetch: no
    cache-min-ttl: 0
    cache-max-ttl: {longest}
    cache-max-negative-ttl: {longest_negative}
    msg-cache-size: 1m
    rrset-cache-size: 1m
    infra-host-ttl: 1
    infra-keep-probing: yes
remote-control:
    control-enable: yes
    control-interface: {home}/unbound.sock
    control-use-cert: no
{forwards}"""


class Unbound:
    """unbound for `forward_to`: {domain: server}, "." being everything; a server is (address, port). What is learned is
    kept for its TTL, at most `longest` seconds, and that a name is not there for at most `longest_negative`.
    `queries()` reads what it was asked from its log, where `log` is set."""

    def __init__(
        self, home, forward_to, address="127.0.0.1", port=None, longest=86400, longest_negative=3600, log=False
    ):
        self.home = str(home)
        self.ip = address
        self.port = port or free_port(address)
        self.child = None
        os.makedirs(self.home, exist_ok=True)
        forwards = "".join(
            f'forward-zone:\n    name: "{domain}"\n    forward-addr: {server[0]}@{server[1]}\n'
            for domain, server in forward_to.items()
        )
        with open(self._path("unbound.conf"), "w", encoding="ascii") as file:
            file.write(
                _CONFIG.format(
                    home=self.home,
                    address=self.ip,
                    port=self.port,
                    ipv6="yes" if ":" in self.ip else "no",
                    longest=longest,
                    longest_negative=longest_negative,
                    log="yes" if log else "no",
                    forwards=forwards,
                )
            )

    @property
    def address(self):
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"

    def start(self):
        self.child = Child("unbound", [program("unbound"), "-d", "-p", "-c", self._path("unbound.conf")], self._log())
        eventually("unbound to answer", self._answers, timeout=10, instead=lambda: self.child.log_tail(3))

    def stop(self):
        if self.child is not None:
            self.child.stop()

    def forget(self, domain="."):
        """Empties the cache, of one domain or altogether."""
        command = [program("unbound-control"), "-c", self._path("unbound.conf"), "flush_zone", domain]
        done = subprocess.run(command, capture_output=True, text=True, timeout=15, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"unbound-control: {done.stdout.strip()} {done.stderr.strip()}")

    def ask(self, fqdn, kind="A", timeout=1.0):
        return ask((self.ip, self.port), fqdn, kind, timeout)

    def queries(self, fqdn=None):
        """What it was asked so far: [(seconds since the epoch, name, type)]; of one name where that is given."""
        asked = []
        for line in self.child.log_text().splitlines():
            # [1700000000] unbound[77:0] info: 127.0.0.1 n1.lab.test. A IN
            words = line.split()
            if len(words) == 7 and words[2] == "info:" and words[6] == "IN" and words[0].startswith("["):
                name = words[4].rstrip(".").lower()
                if fqdn is None or name == fqdn.rstrip(".").lower():
                    asked.append((int(words[0].strip("[]")), name, words[5]))
        return asked

    def _answers(self):
        if not self.child.running():
            raise RuntimeError("unbound ended at once:\n" + self.child.log_tail())
        return self.ask("localhost", timeout=0.3)[0] == "noerror"

    def _log(self):
        return self._path("unbound.log")

    def _path(self, name):
        return os.path.join(self.home, name)
