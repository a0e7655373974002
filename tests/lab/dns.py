"""A real authoritative DNS server (Knot DNS) on a loopback port, its zones changed at run time; and how to ask it."""
import ipaddress
import os
import random
import socket
import struct
import subprocess

from processes import Child, free_port, program
from waiting import eventually

_CONFIG = """\
server:
    rundir: {home}
    listen: {address}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    identity: lab
log:
  - target: stderr
    any: notice
database:
    storage: {home}/db
    journal-db-max-size: 16M
control:
    listen: {home}/knot.sock
template:
  - id: default
    storage: {home}
    zonefile-sync: -1
    zonefile-load: whole
    journal-content: none
zone:
{zones}"""

# Short lives: the lab changes its mind within seconds.
_TTL = 5
TYPES = {"A": 1, "AAAA": 28, "SOA": 6}
_RECURSION_DESIRED = 0x0100
RCODES = {0: "noerror", 2: "servfail", 3: "nxdomain", 5: "refused"}


class DnsServer:
    """knotd for the given domains. The zone file is the truth: each change writes it anew and reloads the zone."""

    def __init__(self, home, domains, records, address="127.0.0.1", port=None, negative_ttl=1):
        self.home = str(home)
        self.domains = tuple(domains)
        self.ip = address
        self.port = port or free_port(address)
        self.negative_ttl = negative_ttl
        self.serial = 1
        self.child = None
        self.zones = {domain: set() for domain in self.domains}
        for fqdn, kind, address in records:
            self.zones[self._domain_of(fqdn)].add((fqdn, kind, address))
        os.makedirs(os.path.join(self.home, "db"))
        zones = "".join(f"  - domain: {domain}\n    file: {domain}.zone\n" for domain in self.domains)
        with open(self._path("knot.conf"), "w", encoding="ascii") as file:
            file.write(_CONFIG.format(home=self.home, address=self.ip, port=self.port, zones=zones))
        for domain in self.domains:
            self._write_zone(domain)

    @property
    def address(self):
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"

    def start(self):
        self.child = Child("knotd", [program("knotd"), "-c", self._path("knot.conf")], self._path("knotd.log"))
        eventually("knotd to answer for every zone", self._answers_for_all, timeout=10, instead=self._trouble)

    def stop(self):
        if self.child is not None:
            self.child.stop()

    def remove(self, fqdn):
        """Takes a name out of its zone; returns what it had, for `add`."""
        domain = self._domain_of(fqdn)
        gone = {record for record in self.zones[domain] if record[0] == fqdn}
        self.zones[domain] -= gone
        self._reload(domain)
        return gone

    def add(self, records):
        domains = {self._domain_of(fqdn) for fqdn, _, _ in records}
        for record in records:
            self.zones[self._domain_of(record[0])].add(record)
        for domain in domains:
            self._reload(domain)

    def ask(self, fqdn, kind="A", timeout=1.0):
        return ask((self.ip, self.port), fqdn, kind, timeout)

    def _domain_of(self, fqdn):
        for domain in self.domains:
            if fqdn.endswith("." + domain):
                return domain
        raise ValueError(f"{fqdn} is in none of {', '.join(self.domains)}")

    def _write_zone(self, domain):
        lines = [
            f"{domain}. {_TTL} SOA ns.{domain}. hostmaster.{domain}. {self.serial} 3600 600 86400 {self.negative_ttl}",
            f"{domain}. {_TTL} NS ns.{domain}.",
            f"ns.{domain}. {_TTL} A 127.0.0.1",
        ]
        lines += [f"{fqdn}. {_TTL} {kind} {address}" for fqdn, kind, address in sorted(self.zones[domain])]
        temporary = self._path(domain + ".zone.tmp")
        with open(temporary, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        os.rename(temporary, self._path(domain + ".zone"))

    def _reload(self, domain):
        self.serial += 1
        self._write_zone(domain)
        if self.child is None or not self.child.running():
            return
        done = subprocess.run(
            [program("knotc"), "-b", "-t", "10", "-s", self._path("knot.sock"), "zone-reload", domain],
            capture_output=True,
            text=True,
            timeout=15,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"knotc zone-reload {domain}: {done.stdout.strip()} {done.stderr.strip()}")

    def _answers_for_all(self):
        if not self.child.running():
            raise RuntimeError("knotd ended at once:\n" + self.child.log_tail())
        return all(self.ask(domain, "SOA", timeout=0.3)[0] == "noerror" for domain in self.domains)

    def _trouble(self):
        return self.child.log_tail(3)

    def _path(self, name):
        return os.path.join(self.home, name)


class SilentServer:
    """A UDP port that takes questions and never answers: every lookup stays in flight."""

    def __init__(self):
        self.port = free_port()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def stop(self):
        self.socket.close()


def ask(server, fqdn, kind="A", timeout=1.0):
    """One question by UDP: (status word, [addresses]). OSError on silence."""
    identity = random.randrange(65536)
    question = b"".join(bytes([len(label)]) + label.encode("ascii") for label in fqdn.rstrip(".").split("."))
    question += b"\0" + struct.pack("!HH", TYPES[kind], 1)
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        udp.connect(server)
        udp.send(struct.pack("!HHHHHH", identity, _RECURSION_DESIRED, 1, 0, 0, 0) + question)
        reply = udp.recv(4096)
    answered, flags, _, answers = struct.unpack("!HHHH", reply[:8])
    if answered != identity:
        raise ValueError("a reply to another question")
    offset = 12 + len(question)
    addresses = []
    for _ in range(answers):
        offset = _skip_name(reply, offset)
        found, _, _, length = struct.unpack("!HHIH", reply[offset : offset + 10])
        data = reply[offset + 10 : offset + 10 + length]
        if found == TYPES[kind] and kind in ("A", "AAAA"):
            addresses.append(str(ipaddress.ip_address(data)))
        offset += 10 + length
    return RCODES.get(flags & 15, str(flags & 15)), sorted(addresses)


def _skip_name(message, offset):
    while message[offset] != 0:
        if message[offset] & 0xC0:
            return offset + 2
        offset += 1 + message[offset]
    return offset + 1
