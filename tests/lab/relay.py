"""A UDP relay in front of a name server, in a thread: records every question with its time, and does to packets what a
fault says. TCP is not relayed."""
import random
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass

from processes import free_port

_TYPES = {1: "A", 28: "AAAA", 6: "SOA"}


@dataclass(frozen=True)
class Fault:
    """What happens to every packet, in either direction: shares are of 1, times in seconds. `up` and `down`: alternately
    so long everything passes and so long nothing does."""

    name: str = "none"
    drop: float = 0.0
    duplicate: float = 0.0
    delay: tuple = (0.0, 0.0)
    up: float = 0.0
    down: float = 0.0


class Relay:
    """Listens on a loopback address; `target` is (address, port). `questions()`: [(seconds since the epoch, name, type)]."""

    def __init__(self, target, address="127.0.0.1", port=None, seed=1):
        self.target = target
        self.ip = address
        self.port = port or free_port(address)
        self.fault = Fault()
        self.choice = random.Random(seed)
        self.asked = []
        self.passed = self.lost = 0
        self._since = time.monotonic()
        self._later = []  # (when, socket, data, address), sorted by when: reordering is what random delays make
        self._clients = {}
        self._selector = selectors.DefaultSelector()
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind((self.ip, self.port))
        self._front.setblocking(False)
        self._selector.register(self._front, selectors.EVENT_READ, None)
        self._ending = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self):
        return f"{self.ip}:{self.port}"

    def start(self):
        self._thread.start()

    def stop(self):
        self._ending = True
        if self._thread.is_alive():
            self._thread.join(2)
        for back in list(self._clients.values()):
            back.close()
        self._front.close()

    def becomes(self, fault):
        self._since = time.monotonic()
        self.fault = fault

    def questions(self, fqdn=None):
        return [entry for entry in list(self.asked) if fqdn is None or entry[1] == fqdn]

    def _run(self):
        while not self._ending:
            wait = 0.1
            if self._later:
                wait = max(0.0, min(wait, self._later[0][0] - time.monotonic()))
            for key, _ in self._selector.select(wait):
                self._read(key.fileobj, key.data)
            now = time.monotonic()
            while self._later and self._later[0][0] <= now:
                _, out, data, address = self._later.pop(0)
                self._send(out, data, address)

    def _read(self, where, client):
        for _ in range(200):
            try:
                data, sender = where.recvfrom(4096)
            except OSError:  # nothing more, or an ICMP error
                return
            if client is None:
                self.asked.append((time.time(), *_question(data)))
                self._pass_on(self._back_of(sender), data, None)
            else:
                self._pass_on(self._front, data, client)

    def _back_of(self, client):
        """A socket of its own for each port of the agent, so that replies find their way; the oldest go."""
        if client not in self._clients:
            if len(self._clients) >= 256:
                oldest = next(iter(self._clients))
                self._selector.unregister(self._clients[oldest])
                self._clients.pop(oldest).close()
            back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            back.connect(self.target)
            back.setblocking(False)
            self._selector.register(back, selectors.EVENT_READ, client)
            self._clients[client] = back
        return self._clients[client]

    def _pass_on(self, out, data, address):
        fault = self.fault
        now = time.monotonic()
        closed = fault.down > 0 and (now - self._since) % (fault.up + fault.down) >= fault.up
        if closed or self.choice.random() < fault.drop:
            self.lost += 1
            return
        for _ in range(2 if self.choice.random() < fault.duplicate else 1):
            self.passed += 1
            if fault.delay[1] == 0:
                self._send(out, data, address)
                continue
            self._later.append((now + self.choice.uniform(*fault.delay), out, data, address))
            self._later.sort(key=lambda entry: entry[0])

    def _send(self, out, data, address):
        try:
            if address is None:
                out.send(data)
            else:
                out.sendto(data, address)
        except OSError:  # closed meanwhile, or the other end is
            self.lost += 1


def _question(data):
    labels, at = [], 12
    while at < len(data) and data[at] != 0:
        labels.append(data[at + 1 : at + 1 + data[at]].decode("ascii", "replace"))
        at += 1 + data[at]
    kind = struct.unpack("!H", data[at + 1 : at + 3])[0] if at + 3 <= len(data) else 0
    return ".".join(labels).lower(), _TYPES.get(kind, str(kind))
