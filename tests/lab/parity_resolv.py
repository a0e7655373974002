"""The cases of dns_parity: which servers there are, and for each resolv.conf the names that are looked up under it."""
import itertools
from collections import namedtuple

from scripted_dns import ScriptedDns

KNOT, KNOT_OTHER, UNBOUND, DNSMASQ, KNOT_SIX = "127.0.0.50", "127.0.0.51", "127.0.0.52", "127.0.0.53", "::1"
FIRST, SECOND, UDP_ONLY, DEAD = "127.0.0.60", "127.0.0.61", "127.0.0.62", "127.0.0.63"

# Servers with one answer to everything.
ALWAYS = {
    does: f"127.0.0.{number}"
    for number, does in enumerate(
        (
            "silent",
            "servfail",
            "refused",
            "notimp",
            "formerr",
            "bareformerr",
            "short",
            "garbage",
            "cutoff",
            "lame",
            "empty",
            "nodata",
            "nxdomain",
            "wrongid",
            "wrongquestion",
            "truncclosed",
            "truncservfail",
            "ok-silent",
            "silent-ok",
            "ok-servfail",
            "servfail-ok",
            "refused-nodata",
            "nodata-servfail",
            "ok-nxdomain",
            "servfail-silent",
            "silent-servfail",
            "silent-nxdomain",
            "nxdomain-silent",
        ),
        100,
    )
}

# What a domain of the search list says to whatever is asked in it.
DOMAINS = {
    "wild.test": "ok",
    "nx.test": "nxdomain",
    "nodata.test": "nodata",
    "fail.test": "servfail",
    "refused.test": "refused",
    "silent.test": "silent",
    "six.test": "nodata-ok",
    "dangling.test": "dangling",
    "half.test": "servfail-nxdomain",
    "formerr.test": "formerr",
    "text.test": "othertype",
    "elsewhere.test": "elsewhere",
    "loop.test": "loop",
    "badlength.test": "badlength",
    "badsix.test": "nodata-badlength",
    "badfour.test": "badlength-ok",
    "garbage.test": "garbage",
    "garbagefour.test": "garbage-ok",
    "garbagesix.test": "nxdomain-garbage",
    "halfgarbage.test": "servfail-garbage",
    "empty.test": "empty",
    "danglingnx.test": "danglingnx",
}


def scripted_servers():
    servers = [ScriptedDns(FIRST, domains=DOMAINS), ScriptedDns(SECOND, number=2, domains=DOMAINS)]
    servers.append(ScriptedDns(UDP_ONLY, number=3, tcp=False))
    return servers + [ScriptedDns(address, number=4, always=does) for does, address in ALWAYS.items()]


# Zones of knot; the other one knows less and says otherwise.
ZONES = ("lab.test", "far.test", "wild.lab")
LONG = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 44]) + ".lab.test"
_CHAIN = [(f"c{link}.lab.test", "CNAME", f"c{link + 1}.lab.test.") for link in range(11)]
RECORDS = [
    ("both.lab.test", "A", "192.0.2.10"),
    ("both.lab.test", "AAAA", "2001:db8::10"),
    ("four.lab.test", "A", "192.0.2.11"),
    ("six.lab.test", "AAAA", "2001:db8::11"),
    ("three.lab.test", "A", "192.0.2.12"),
    ("three.lab.test", "A", "192.0.2.13"),
    ("three.lab.test", "A", "192.0.2.14"),
    ("text.lab.test", "TXT", '"nothing else"'),
    ("deep.er.lab.test", "A", "192.0.2.15"),
    ("_under_score.lab.test", "A", "192.0.2.16"),
    ("x--y.lab.test", "A", "192.0.2.17"),
    ("-front.lab.test", "A", "192.0.2.18"),
    ("back-.lab.test", "A", "192.0.2.18"),
    ("123.lab.test", "A", "192.0.2.19"),
    (LONG, "A", "192.0.2.20"),
    ("alias.lab.test", "CNAME", "both.lab.test."),
    ("alias4.lab.test", "CNAME", "four.lab.test."),
    ("across.lab.test", "CNAME", "both.far.test."),
    ("dangling.lab.test", "CNAME", "gone.lab.test."),
    ("outside.lab.test", "CNAME", "gone.example."),
    ("totext.lab.test", "CNAME", "text.lab.test."),
    ("loop.lab.test", "CNAME", "loop2.lab.test."),
    ("loop2.lab.test", "CNAME", "loop.lab.test."),
    ("c11.lab.test", "A", "192.0.2.21"),
    *_CHAIN,
    *[("many4.lab.test", "A", f"198.51.100.{number}") for number in range(1, 61)],
    *[("many6.lab.test", "AAAA", f"2001:db8:1::{number:x}") for number in range(1, 61)],
    ("many6.lab.test", "A", "192.0.2.22"),
    ("both.far.test", "A", "192.0.2.30"),
    ("both.far.test", "AAAA", "2001:db8::30"),
    ("*.wild.lab", "A", "192.0.2.40"),
    ("mapped.lab.test", "AAAA", "::ffff:192.0.2.50"),
    ("linklocal.lab.test", "AAAA", "fe80::1"),
    ("zero.lab.test", "A", "0.0.0.0"),
]
OTHER_RECORDS = [("both.lab.test", "A", "203.0.113.10"), ("only.lab.test", "A", "203.0.113.11")]

REAL = [
    "both four six three text gone deep.er er _under_score x--y -front back- 123 alias alias4 across dangling outside totext",
    "loop c0 c5 many4 many6 mapped linklocal zero BOTH AlIaS",
]
NAMES = [label + ".lab.test" for line in REAL for label in line.split()] + [
    "lab.test",
    "far.test",
    "both.far.test",
    "any.wild.lab",
    "any.thing.wild.lab",
    "wild.lab",
    "refused.example",
    "both.lab.test.",
    "gone.lab.test.",
    "BOTH.LAB.TEST.",
    LONG,
]

# Names that are none, or none for DNS.
ODD = [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "::1",
    "::ffff:192.0.2.1",
    "fe80::1%lo",
    "192.0.2.256",
    "1.2.3.4.5",
    "both.lab.test..",
    ".both.lab.test",
    "both..lab.test",
    ".",
    "a" * 64 + ".lab.test",
    "x." * 126 + "x",
    "x." * 127 + "x",
    "x." * 140 + "lab.test",
    "sp ace.lab.test",
    "a*b.lab.test",
    "a/b.lab.test",
    "a@b.lab.test",
    "a\\.b.lab.test",
    "both.lab.test\\",
    "*.lab.test",
    "-",
    "_",
]

HALVES = "ok nodata nxdomain servfail refused notimp formerr silent lame dangling garbage trunc".split()
WHOLES = (
    "three many twice repeated empty short bareformerr wrongid wrongquestion cutoff badlength alias chain longchain "
    "danglingnx danglingservfail loop elsewhere backwards bothkinds othertype authoritative truncclosed truncservfail "
    "truncpart ok-many many-ok ok-truncclosed truncclosed-ok ok-bareformerr bareformerr-ok garbage-badlength "
    "ok-badlength badlength-ok ok-danglingnx danglingnx-ok danglingnx-nxdomain alias-dangling ok-loop loop-ok "
    "ok-elsewhere elsewhere-ok ok-othertype othertype-nodata three-three chain-nodata nodata-many empty-ok ok-empty "
    "ok-cutoff cutoff-ok truncservfail-ok ok-truncservfail nodata-truncclosed truncclosed-nodata"
).split()

HOSTS = """\
127.0.0.1\tlocalhost
# a comment 192.0.2.99 commented.lab.test
192.0.2.60 hosts4.lab.test short4 # 192.0.2.61 behind.lab.test
2001:db8::60   hosts6.lab.test\tshort6
192.0.2.62 twice.lab.test
192.0.2.63 twice.lab.test
2001:db8::62 twice.lab.test
192.0.2.64 BOTH.lab.test
  192.0.2.65 leading.lab.test
not-an-address bad.lab.test
192.0.2.256 bad2.lab.test
192.0.2 bad3.lab.test
192.0.2.66
::ffff:192.0.2.67 mapped4.lab.test
fe80::1%lo scoped.lab.test
fe80::2 linklocal.lab.test
192.0.2.68 canonical.lab.test alias1.lab.test Alias2.lab.test
192.0.2.69 dotted.lab.test.
192.0.2.70 same.lab.test same.lab.test
192.0.2.70 same.lab.test
192.0.2.71\vvertical.lab.test
192.0.2.72 carriage.lab.test\r
::1 six.lab.test
0x7f.1 hex.lab.test
010.0.0.1 octal.lab.test
127.1 short.lab.test
192.0.2.73 four.lab.test
::1 localhost6
::1 looped.lab.test
127.0.0.1 loop4.lab.test
[::1] bracket.lab.test
192.0.2.74/24 mask.lab.test
0.0.0.0 zero.lab.test
192.0.2.75 last.lab.test"""
HOSTS_NAMES = (
    "localhost hosts4.lab.test HOSTS4.LAB.TEST hosts4 short4 Short4 hosts6.lab.test short6 twice.lab.test both.lab.test "
    "BOTH.LAB.TEST leading.lab.test bad.lab.test bad2.lab.test bad3.lab.test mapped4.lab.test scoped.lab.test "
    "linklocal.lab.test canonical.lab.test alias1.lab.test alias2.lab.test dotted.lab.test dotted.lab.test. "
    "hosts4.lab.test. both.lab.test. same.lab.test vertical.lab.test carriage.lab.test six.lab.test hex.lab.test "
    "octal.lab.test short.lab.test four.lab.test localhost6 looped.lab.test loop4.lab.test bracket.lab.test "
    "mask.lab.test zero.lab.test last.lab.test commented.lab.test behind.lab.test both four localhost. ip6-localhost "
    "three.lab.test gone.lab.test"
).split()

# `meant`: why the two may differ (ADR 12), "" where they must not.
Variant = namedtuple("Variant", "group resolv_conf names hosts host meant", defaults=("127.0.0.1 localhost\n", "", ""))
ROTATED = "`rotate` begins with a server taken at random, and these disagree"
LATE = "glibc takes an answer that comes while it waits for another round, the agent one that comes in its time"
PATIENT = "without `timeout:` glibc waits 5 s for a server, the agent dns.query_timeout"


def resolv_conf(servers, *lines, options="timeout:1 attempts:1"):
    return "".join(f"nameserver {server}\n" for server in servers) + "".join(
        line + "\n" for line in (*lines, f"options {options}") if line
    )


def variants():
    """Every variant; a case is a name of it."""
    one = resolv_conf([FIRST])
    pairs = [f"{four}-{six}.s.test" for four, six in itertools.product(HALVES, repeat=2)]
    yield Variant("replies, family by family", one, pairs)
    yield Variant("replies, odd ones", one, [f"{whole}.s.test" for whole in WHOLES])
    yield from _options()
    yield from _real()
    yield from _fail_over()
    yield from _slow()
    yield from _search()
    yield Variant("hosts file", resolv_conf([KNOT], "search lab.test"), HOSTS_NAMES, HOSTS)
    yield Variant(
        "hosts file", resolv_conf([KNOT], "search lab.test", options="ndots:5"), ["both", "four.lab.test"], HOSTS
    )
    yield Variant("hosts file", resolv_conf([DEAD], options="no-aaaa"), ["twice.lab.test", "hosts6.lab.test"], HOSTS)
    yield Variant("hosts file", resolv_conf([KNOT]), ["both.lab.test", "localhost", "localhost."], "")
    yield Variant("odd names", resolv_conf([KNOT], "search lab.test"), ODD)


def _options():
    few = [
        "ok-ok",
        "ok-nodata",
        "nodata-ok",
        "ok-servfail",
        "servfail-ok",
        "many-many",
        "trunc-ok",
        "silent-ok",
        "ok-silent",
    ]
    names = [f"{pair}.s.test" for pair in few]
    slow = [name for name in names if "silent" not in name]
    for option in (
        "use-vc",
        "edns0",
        "trust-ad",
        "single-request",
        "single-request-reopen",
        "no-aaaa",
        "rotate",
        "debug",
    ):
        known = slow if option == "use-vc" else names  # over TCP glibc waits without end
        yield Variant("options", resolv_conf([FIRST], options=f"timeout:1 attempts:1 {option}"), known)
    more = ["servfail-nodata", "nxdomain-ok", "refused-servfail", "nodata-nxdomain", "truncclosed-ok"]
    for option in ("single-request", "no-aaaa", "use-vc", "use-vc no-aaaa"):
        names = [f"{pair}.s.test" for pair in more]
        yield Variant("options", resolv_conf([FIRST, SECOND], options=f"timeout:1 attempts:1 {option}"), names)
    for servers in ([ALWAYS["servfail"], SECOND], [UDP_ONLY, SECOND], [DEAD, SECOND]):
        for option in ("use-vc", "single-request", "no-aaaa", "rotate"):
            known = ["ok-ok.s.test", "nodata-ok.s.test", "many-ok.s.test"] if option != "rotate" else ["ok-ok.s.test"]
            meant = ROTATED if option == "rotate" and UDP_ONLY in servers else ""
            conf = resolv_conf(servers, options=f"timeout:1 attempts:1 {option}")
            yield Variant("options", conf, known, meant=meant)
    spelt = (
        "options ndots:3\noptions  timeout:1\tattempts:1 ndots:x\n;options ndots:0\n#search nx.test\n options ndots:0\n"
    )
    yield Variant("options", f"nameserver {FIRST}\n{spelt}search wild.test\n", ["ok-ok.s.test", "gone.s.test", "gone"])
    yield Variant(
        "options",
        f"nameserver {FIRST} trailing\nnameserver nonsense\nnameserver\t{SECOND}\noptions timeout:1",
        ["ok.s.test"],
    )
    yield Variant(
        "options",
        f"NAMESERVER {DEAD}\nnameserver {FIRST}\nOptions use-vc\nsearch\toptions",
        ["ok.s.test", "gone.s.test"],
    )


def _real():
    for server in (KNOT, KNOT_SIX, UNBOUND, DNSMASQ):
        yield Variant("real servers", resolv_conf([server]), NAMES)
    yield Variant("real servers", resolv_conf([KNOT], options="timeout:1 attempts:1 use-vc"), NAMES)
    yield Variant("real servers", resolv_conf([UNBOUND], options="timeout:1 attempts:1 edns0"), NAMES)
    disagree = ["both.lab.test", "only.lab.test", "four.lab.test"]
    for servers in ([KNOT, KNOT_OTHER], [KNOT_OTHER, KNOT], [DEAD, KNOT_OTHER, KNOT], [KNOT_SIX, KNOT_OTHER]):
        yield Variant("servers that disagree", resolv_conf(servers), disagree)


def _fail_over():
    names = ["ok-ok.s.test", "ok-nodata.s.test", "gone.s.test"]
    for does, address in ALWAYS.items():
        few = names if "silent" not in does else names[:2]
        yield Variant("fail-over", resolv_conf([address, SECOND]), few)
        yield Variant("fail-over", resolv_conf([address, DEAD], "search wild.test"), ["ok.s.test"])
    for servers in ([DEAD, SECOND], [DEAD, DEAD, SECOND], [ALWAYS["silent"], DEAD, SECOND], [DEAD], [ALWAYS["silent"]]):
        yield Variant("fail-over", resolv_conf(servers), names[:2])
        yield Variant("fail-over", resolv_conf(servers, options="timeout:1 attempts:2"), names[:1])
    yield Variant("fail-over", resolv_conf([DEAD] * 3 + [SECOND]), names[:1])
    yield Variant("fail-over", resolv_conf([ALWAYS["servfail"], ALWAYS["refused"], SECOND], "search wild.test"), names)
    for pair in (
        "servfail",
        "refused",
        "ok-servfail",
        "servfail-ok",
        "nodata-servfail",
        "servfail-nodata",
        "nodata-refused",
    ):
        yield Variant("fail-over", resolv_conf([FIRST, KNOT_OTHER]), [f"{pair}.s.test"])


def _slow():
    # Answers after 1.6 s.
    names = [
        f"{pair}.s.test" for pair in ("slow-slow", "slow-ok", "ok-slow", "slow-nodata", "slow-servfail", "slow-silent")
    ]
    for servers in ([FIRST], [FIRST, SECOND], [DEAD, FIRST]):
        yield Variant("slow servers", resolv_conf(servers, options="timeout:3 attempts:1"), names)
        yield Variant("slow servers", resolv_conf(servers, options="timeout:1 attempts:1"), names[:1])
    yield Variant("slow servers", resolv_conf([FIRST], options="timeout:1 attempts:1"), names[1:2], meant=LATE)
    yield Variant("slow servers", resolv_conf([FIRST], options="timeout:1 attempts:2"), names[:2], meant=LATE)
    yield Variant("slow servers", f"nameserver {FIRST}\n", names[:2], meant=PATIENT)


def _search():
    names = ["ok-ok.s.test", "gone.s.test", "word", "two.words", "a.b.c.d.e", "ok-ok.s.test.", "gone.s.test.", "word."]
    lists = (
        "wild.test",
        "nx.test wild.test",
        "nodata.test wild.test",
        "fail.test wild.test",
        "refused.test wild.test",
        "formerr.test wild.test",
        "half.test six.test",
        "dangling.test wild.test",
        "six.test wild.test",
        "nx.test nodata.test fail.test",
        ". wild.test",
        "nx.test . wild.test",
        "wild.test. nx.test",
        "a b c d e f g h wild.test",
    )
    for domains, ndots in itertools.product(lists, (0, 1, 2, 5)):
        some = names if ndots in (1, 5) else names[:4]
        options = f"timeout:1 attempts:1 ndots:{ndots}"
        yield Variant("search lists", resolv_conf([FIRST], f"search {domains}", options=options), some)
    for lines in (
        ("domain wild.test",),
        ("domain nx.test", "search wild.test"),
        ("search wild.test", "domain nx.test"),
        ("search",),
    ):
        yield Variant("search lists", resolv_conf([FIRST], *lines), ["word", "gone.s.test"])
    for domain in sorted(DOMAINS):
        yield Variant("search lists", resolv_conf([FIRST], f"search {domain} wild.test"), ["word"])
    for host in ("pod", "pod.wild.test", "pod.nx.test"):
        yield Variant("search lists", resolv_conf([FIRST]), ["word", "gone.s.test"], host=host)
    yield Variant("search lists", resolv_conf([FIRST], "search nx.test"), ["word"], host="pod.wild.test")
    for domains in ("", "search nx.test", "search wild.test"):
        options = "timeout:1 attempts:1 no-tld-query"
        yield Variant(
            "search lists", resolv_conf([FIRST], domains, options=options), ["ok-ok", "word", "ok-ok.s.test", "ok-ok."]
        )
    long_names = ["x" * 60 + "." + "y" * 60 + ".wild.test", ".".join(["z" * 60] * 4)]
    yield Variant("search lists", resolv_conf([FIRST], "search " + "w" * 60 + ".wild.test wild.test"), long_names)
