"""A DNS server that does what no real one can be made to do, name by name: half answers, garbage, silence, lies."""
import asyncio
import ipaddress
import socket
import struct
import threading

A, CNAME, SOA, AAAA = 1, 5, 6, 28
_AUTHORITATIVE, _TRUNCATED, _RECURSION = 0x0400, 0x0200, 0x0080
_ERRORS = {"formerr": 1, "servfail": 2, "nxdomain": 3, "notimp": 4, "refused": 5}
_TTL = 5
_MANY = 100
_PATIENCE = 1.5
_SLOW = 1.6


class ScriptedDns:
    """Plays a behaviour for each question, by the first label of the name: `ok-silent.s.test` answers A and says nothing to
    AAAA. A name under one of `domains` ({suffix: behaviour of A and AAAA}) is played by that, and everything by `always`
    where it is given. `number` makes its addresses: 192.0.2.<number>, 2001:db8::<number>. Without `tcp` that port is
    closed. What behaviours there are: _reply."""

    def __init__(self, address, port=53, number=1, domains=None, always=None, tcp=True):
        self.where = (address, port)
        self.number = number
        self.domains = domains or {}
        self.always = always
        self.tcp = tcp

    def behaviour(self, name, kind):
        pair = self.always
        for domain, does in self.domains.items():
            if pair is None and (name == domain or name.endswith("." + domain)):
                pair = does
        pair = (pair or name.split(".")[0]).split("-")
        return pair[0] if kind == A or len(pair) == 1 else pair[1]

    def reply(self, question, tcp):
        """The datagrams or messages to send, [] for silence; None closes a TCP connection."""
        name, kind, end = read_question(question)
        return _reply(question[:2], question[12:end], self.behaviour(name.lower(), kind), kind, self.number, tcp)


class ScriptedServers:
    """Several of them in one thread. A context."""

    def __init__(self, servers):
        self.servers = servers
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def _listen(self):
        for server in self.servers:
            await self.loop.create_datagram_endpoint(lambda of=server: _Datagrams(of), server.where)
            if server.tcp:
                await asyncio.start_server(lambda r, w, of=server: _serve(of, r, w), *server.where)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server):
        self.server = server
        self.transport = None

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def datagram_received(self, data, addr):
        name, kind, _ = read_question(data)
        later = _SLOW if self.server.behaviour(name.lower(), kind) == "slow" else 0
        for message in self.server.reply(data, tcp=False) or ():
            asyncio.get_running_loop().call_later(later, self.transport.sendto, message, addr)


async def _serve(server, reader, writer):
    try:
        while True:
            length = struct.unpack("!H", await reader.readexactly(2))[0]
            replies = server.reply(await reader.readexactly(length), tcp=True)
            if not replies:  # who waits for more by TCP, waits until somebody closes
                await asyncio.sleep(0 if replies is None else _PATIENCE)
                break
            for message in replies:
                writer.write(struct.pack("!H", len(message)) + message)
            await writer.drain()
    except (asyncio.IncompleteReadError, OSError):
        pass
    writer.close()


def read_question(message):
    """(name, type, where the question ends)"""
    labels, at = [], 12
    while message[at]:
        labels.append(message[at + 1 : at + 1 + message[at]].decode("ascii", "replace"))
        at += 1 + message[at]
    return ".".join(labels), struct.unpack("!H", message[at + 1 : at + 3])[0], at + 5


def _wire(name):
    return b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split(".") if label) + b"\0"


def _record(owner, kind, data):
    """`owner` as wire text, or b"" for the name asked."""
    return (owner or b"\xc0\x0c") + struct.pack("!HHIH", kind, 1, _TTL, len(data)) + data


def _addresses(kind, number, count=1):
    base = ipaddress.ip_address("192.0.2.0" if kind == A else "2001:db8::")
    return [(base + (number + other) % 256).packed for other in range(count)]


def _soa():
    numbers = struct.pack("!IIIII", 1, 3600, 600, 86400, 1)
    return _record(_wire("test"), SOA, _wire("ns.test") + _wire("host.test") + numbers)


def _chain(kind, number, links):
    """The name asked, by so many aliases, to an address."""
    names = [b""] + [_wire(f"c{link}.s.test") for link in range(links)]
    records = [_record(owner, CNAME, target) for owner, target in zip(names, names[1:])]
    return records + [_record(names[-1], kind, _addresses(kind, number)[0])]


def _message(identity, question, answers=(), rcode=0, flags=_RECURSION, authority=(), questions=1):
    counts = struct.pack("!HHHH", questions, len(answers), len(authority), 0)
    return identity + struct.pack("!H", 0x8100 | flags | rcode) + counts + question + b"".join([*answers, *authority])


def _reply(identity, question, does, kind, number, tcp):
    def say(answers=(), **rest):
        return [_message(identity, question, answers, **rest)]

    def address(owner=b"", of=kind):
        return _record(owner, of, _addresses(of, number)[0])

    target = _wire("target.s.test")
    if does in _ERRORS:
        return say(rcode=_ERRORS[does], authority=[_soa()] if does == "nxdomain" else ())
    if does == "many" and not tcp:
        return say(flags=_TRUNCATED | _RECURSION)
    if does in ("trunc", "truncclosed", "truncservfail", "truncpart") and not tcp:
        return say([address()] if does == "truncpart" else (), flags=_TRUNCATED | _RECURSION)
    if does == "truncclosed":
        return None
    plays = {
        "ok": lambda: say([address()]),
        "slow": lambda: say([address()]),  # by UDP after _SLOW seconds
        "authoritative": lambda: say([address()], flags=_AUTHORITATIVE),
        "trunc": lambda: say([address()]),
        "truncpart": lambda: say([_record(b"", kind, one) for one in _addresses(kind, number, 3)]),
        "truncservfail": lambda: say(rcode=2),
        "three": lambda: say([_record(b"", kind, one) for one in _addresses(kind, number, 3)]),
        "many": lambda: say([_record(b"", kind, one) for one in _addresses(kind, number, _MANY)]),
        "twice": lambda: say([address(), address()]),
        "repeated": lambda: say([address()]) * 2,
        "nodata": lambda: say(authority=[_soa()]),
        "empty": say,
        "lame": lambda: say(flags=0, authority=[_record(_wire("test"), 2, _wire("ns.test"))]),
        "silent": lambda: [],
        "short": lambda: [identity + b"\x81\x80"],
        "bareformerr": lambda: [_message(identity, b"", rcode=1, questions=0)],
        "wrongid": lambda: [_message(b"\0\0", question, [address()])],
        "wrongquestion": lambda: [_message(identity, _wire("other.s.test") + question[-4:], [address()])],
        "garbage": lambda: [_message(identity, question, [b"\xff" * 20])],
        "cutoff": lambda: [_message(identity, question, [address()])[:-3]],
        "badlength": lambda: say([_record(b"", kind, b"\1\2\3")]),
        "alias": lambda: say([_record(b"", CNAME, target), address(target)]),
        "chain": lambda: say(_chain(kind, number, 8)),
        "longchain": lambda: say(_chain(kind, number, 20)),
        "dangling": lambda: say([_record(b"", CNAME, target)], authority=[_soa()]),
        "danglingnx": lambda: say([_record(b"", CNAME, target)], rcode=3, authority=[_soa()]),
        "danglingservfail": lambda: say([_record(b"", CNAME, target)], rcode=2),
        "loop": lambda: say([_record(b"", CNAME, target), _record(target, CNAME, target)]),
        "elsewhere": lambda: say([address(target)]),
        "backwards": lambda: say([address(target), _record(b"", CNAME, target)]),
        "bothkinds": lambda: say([address(), address(of=A + AAAA - kind)]),
        "othertype": lambda: say([_record(b"", 16, b"\4text")]),
    }
    # What nobody wrote a behaviour for does not exist.
    return plays[does]() if does in plays else say(rcode=3, authority=[_soa()])
